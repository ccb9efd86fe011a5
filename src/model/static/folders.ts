import { posix } from 'node:path';
import { regexpOf } from '../../kernel/regexp.ts';
import type { ts } from '../../kernel/syntax.ts';
import { isTest } from '../../repo/repo.ts';
import { globPattern } from '../matchers/glob-pattern.ts';
import { load } from './loaded.ts';
import { nameFor, pathAt, pathOf, placeOf, startedAt } from './places.ts';
import type { Call, Machine, Native, Semantics, Value } from './value.ts';
import { entryOf, list, literal, native, object, textOf, truthOf, UNKNOWN } from './value.ts';

const FILES = /^((node:)?fs(\/promises)?|fs-extra|graceful-fs)$/;
const GLOBS = /^(glob|fast-glob|globby|tinyglobby|tiny-glob(\/sync)?)$/;
const WHOLE = /^require-dir(ectory)?$/;
const CODE = /\.[mc]?[jt]sx?$/;

/** A file or folder as `stat` and a listing with types tell of it. */
interface Entry extends Native {
  readonly type: 'folder entry';
  readonly name: string;
  readonly folder: string;
  readonly isFolder: boolean;
}

/** What stands in the repo's folders: what lists them, and what loads all that stands in one. */
export const FOLDER_SEMANTICS: Semantics = {
  call: (machine, { package: from, path }, call) => {
    const name = path.filter((each) => each !== 'default').at(-1) ?? '';
    if (FILES.test(from)) return ofFiles(machine, name.replace(/Sync$/, ''), call);
    if (GLOBS.test(from)) return matching(machine, call);
    return WHOLE.test(from) ? wholeFolder(machine, call) : undefined;
  },
  method: (_machine, receiver, { name }) => {
    if (!isEntry(receiver)) return undefined;
    if (name === 'isDirectory') return literal(receiver.isFolder);
    return name === 'isFile' ? literal(!receiver.isFolder) : undefined;
  },
  property: (_machine, receiver, name) => {
    if (!isEntry(receiver)) return undefined;
    if (name === 'name') return literal(receiver.name);
    return /^(path|parentPath)$/.test(name) ? literal(receiver.folder) : undefined;
  },
};

function isEntry(value: Native): value is Entry {
  return value.type === 'folder entry';
}

function ofFiles(machine: Machine, name: string, call: Call): Value | undefined {
  const [first, ...rest] = call.args;
  const path = pathOf(first);
  if (path === undefined) return undefined;
  const folder = absolute(machine, path, call.node);
  if (name === 'readdir') return called(machine, call, listing(machine, folder, call));
  if (!/^(existsSync|exists|pathExists|l?stat)$/.test(name) || rest.length > 0) return undefined;
  const isFolder = inFolder(machine, folder, call.node).length > 0;
  const isFile = !isFolder && fileAt(machine, folder) !== undefined;
  if (!isFolder && !isFile) return undefined;
  if (!name.endsWith('stat')) return literal(true);
  const [own, parent] = [posix.basename(folder), posix.dirname(folder)];
  return native<Entry>({ type: 'folder entry', name: own, folder: parent, isFolder });
}

/** `readdir(folder, (error, names) => …)` beside what gives the names, now or later. */
function called(machine: Machine, call: Call, names: Value | undefined): Value | undefined {
  const back = call.args.at(-1);
  if (!names || back?.kind !== 'function') return names;
  machine.apply(back, { ...call, args: [literal(null), names], isNew: false });
  return literal(undefined);
}

function listing(machine: Machine, folder: string, { args, node }: Call): Value | undefined {
  const inside = inFolder(machine, folder, node);
  if (inside.length === 0) return undefined;
  const deep = isSet(args[1], 'recursive');
  const typed = isSet(args[1], 'withFileTypes');
  const paths = new Set(inside.flatMap((path) => (deep ? levels(path) : path.split('/', 1))));
  const files = new Set(inside);
  return list(
    [...paths].sort().map((path) => {
      if (!typed) return literal(path);
      const [name, at] = [posix.basename(path), posix.join(folder, posix.dirname(path))];
      const isFolder = !files.has(path);
      return native<Entry>({ type: 'folder entry', name, folder: at, isFolder });
    }),
  );
}

function isSet(options: Value | undefined, name: string): boolean {
  return truthOf(entryOf(options, name) ?? literal(false)) === true;
}

/** A path and the folders it stands in, below where it starts. */
function levels(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

/** The paths of the app's code below a folder, from there. */
function inFolder(machine: Machine, folder: string, node: ts.Node): string[] {
  const forTests = isTest(node.getSourceFile().fileName);
  const within = posix.join(folder, '/');
  return codeOf(machine).flatMap(({ place, ofTests }) =>
    place.startsWith(within) && (forTests || !ofTests)
      ? [nameFor(node, place.slice(within.length))]
      : [],
  );
}

interface Code {
  readonly place: string;
  readonly ofTests: boolean;
}

const codes = new WeakMap<Machine['program']['repo'], readonly Code[]>();

/** The repo's files but declarations, by where they stand; found once. */
function codeOf(machine: Machine): readonly Code[] {
  const { repo } = machine.program;
  const known =
    codes.get(repo) ??
    repo.files
      .filter(({ path }) => !/\.d\.[mc]?ts$/.test(path))
      .map(({ path }) => ({ place: placeOf(machine, path), ofTests: isTest(path) }));
  codes.set(repo, known);
  return known;
}

function absolute(machine: Machine, path: string, node: ts.Node): string {
  return posix.resolve(startedAt(machine, node.getSourceFile().fileName), path);
}

function fileAt(machine: Machine, place: string): string | undefined {
  const path = pathAt(machine, place);
  return path && machine.program.resolve('.', `./${path}`);
}

/** `glob.sync(pattern, { cwd, ignore })`: the files that fit, as the pattern names them. */
function matching(machine: Machine, call: Call): Value | undefined {
  const [first, options] = call.args;
  const given = textsOf(first);
  const ignored = ['ignore', 'exclude'].flatMap((name) => textsOf(entryOf(options, name)));
  if ([...given, ...ignored].includes(undefined)) return undefined;
  const folder = absolute(machine, pathOf(entryOf(options, 'cwd')) ?? '.', call.node);
  const whole = isSet(options, 'absolute');
  const fits = (pattern: string) => {
    const source = globPattern(posix.resolve(folder, pattern));
    return source ? regexpOf(`^(?:${source})$`) : null;
  };
  const known = given.filter((pattern) => pattern !== undefined);
  const without = [
    ...known.flatMap((pattern) => (pattern.startsWith('!') ? [pattern.slice(1)] : [])),
    ...ignored.filter((pattern) => pattern !== undefined),
  ].map(fits);
  const places = inFolder(machine, '/', call.node)
    .map((path) => `/${path}`)
    .filter((path) => !without.some((pattern) => pattern?.test(path)));
  const found = known.flatMap((pattern) => {
    const own = pattern.startsWith('!') ? null : fits(pattern);
    const named = (path: string) =>
      whole || pattern.startsWith('/') ? path : posix.relative(folder, path);
    return places.filter((path) => own?.test(path)).map(named);
  });
  if (found.length === 0) return undefined;
  return called(machine, call, list([...new Set(found)].map((path) => literal(path))));
}

/** A text, or those of a list; undefined for each that is not known. */
function textsOf(value: Value | undefined): (string | undefined)[] {
  if (!value) return [];
  return (value.kind === 'list' ? value.items : [value]).map(textOf);
}

/** `requireDirectory(module, './routes')`, `requireDir('./routes')`: what each file exports, by its name. */
function wholeFolder(machine: Machine, { args, node }: Call): Value | undefined {
  const given = args.map(textOf).find((text) => text !== undefined) ?? '.';
  const own = placeOf(machine, node.getSourceFile().fileName);
  const folder = posix.resolve(posix.dirname(own), given);
  const made = object();
  for (const inside of inFolder(machine, folder, node).sort()) {
    const place = posix.join(folder, inside);
    const file = fileAt(machine, place);
    if (!CODE.test(inside) || !file || place === nameFor(node, own)) continue;
    const parts = inside.replace(CODE, '').split('/');
    put(made, parts, load(machine, file));
  }
  return made.entries.size > 0 ? made : UNKNOWN;
}

function put(
  owner: Value & { kind: 'object' },
  [name = '', ...rest]: readonly string[],
  value: Value,
): void {
  if (rest.length === 0) {
    owner.entries.set(name, value);
    return;
  }
  const known = owner.entries.get(name);
  const inner = known?.kind === 'object' ? known : object();
  owner.entries.set(name, inner);
  put(inner, rest, value);
}
