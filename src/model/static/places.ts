import { posix } from 'node:path';
import { ts } from '../../kernel/syntax.ts';
import { isInside } from '../../repo/repo.ts';
import { entryOf, literal, type Machine, object, textOf, type Value } from './value.ts';

/** Where the checkout stands, as far as code that asks is told. */
const CHECKOUT = '/checkout';
const FILE_URL = 'file://';

type Asking = Pick<Machine, 'program'>;

/** Where a file of the repo stands on disk. */
export function placeOf({ program }: Asking, file: string): string {
  return posix.join(CHECKOUT, program.repo.place ?? '', file);
}

/** The same as a path of the repo; undefined for what is no place on disk. */
export function pathAt({ program }: Asking, place: string): string | undefined {
  const path = place.startsWith(FILE_URL) ? place.slice(FILE_URL.length) : place;
  if (!path.startsWith(`${CHECKOUT}/`)) return undefined;
  return posix.relative(posix.join(CHECKOUT, program.repo.place ?? ''), path) || '.';
}

/** Where the package that a file is part of is started from. */
export function startedAt(machine: Asking, file: string): string {
  const roots = machine.program.repo.packages
    .map(({ root }) => root)
    .filter((root) => isInside(file, root))
    .sort((a, b) => b.length - a.length);
  return placeOf(machine, roots[0] ?? '.');
}

const BUILT: Readonly<Record<string, string>> = {
  '.ts': '.js',
  '.tsx': '.js',
  '.mts': '.mjs',
  '.cts': '.cjs',
};

const speaking = new WeakMap<ts.SourceFile, boolean>();

function speaksOfSources(file: ts.SourceFile): boolean {
  const known = speaking.get(file) ?? /(?<!\.d)\.[mc]?ts\b|['"`]ts['"`]/.test(file.text);
  speaking.set(file, known);
  return known;
}

/** A file's name as code finds it: what the build makes of it, unless the code itself speaks of sources. */
export function nameFor(node: ts.Node, name: string): string {
  if (speaksOfSources(node.getSourceFile())) return name;
  const ending = posix.extname(name);
  return name.slice(0, name.length - ending.length) + (BUILT[ending] ?? ending);
}

/** `__dirname`, `__filename`, and what `import.meta` says of the same; undefined for other names. */
export function ownPlace(machine: Asking, node: ts.Node): Value | undefined {
  const isName = ts.isIdentifier(node) && /^__(dir|file)name$/.test(node.text);
  if (!isName && !ts.isMetaProperty(node)) return undefined;
  const filename = nameFor(node, placeOf(machine, node.getSourceFile().fileName));
  const dirname = posix.dirname(filename);
  if (isName) return literal(node.text === '__dirname' ? dirname : filename);
  return object([
    ['dirname', literal(dirname)],
    ['filename', literal(filename)],
    ['url', literal(FILE_URL + filename)],
  ]);
}

/** A path, or the URL of a file, as a path; undefined where nobody knows it. */
export function pathOf(value: Value | undefined): string | undefined {
  const text = textOf(value) ?? textOf(entryOf(value, 'href'));
  return text?.startsWith(FILE_URL) ? text.slice(FILE_URL.length) : text;
}

/** The URL of a file. */
export function fileUrl(path: string): Value {
  return object([
    ['href', literal(FILE_URL + path)],
    ['pathname', literal(path)],
  ]);
}
