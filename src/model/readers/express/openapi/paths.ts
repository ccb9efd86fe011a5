import { posix } from 'node:path';
import { regexpOf } from '../../../../kernel/regexp.ts';
import { ts } from '../../../../kernel/syntax.ts';
import { isTest } from '../../../../repo/repo.ts';
import { propertyOf } from '../../../static/property.ts';
import type { Machine, Value } from '../../../static/value.ts';
import { entryOf, plainText, UNKNOWN } from '../../../static/value.ts';

/** What stands for one path: `/users/{id}` and what its module, or whoever makes that, gives. */
export interface PathModule {
  readonly path: string;
  readonly exported: Value;
  /** The file it stands in, where it is one. */
  readonly file: string | null;
}

/**
 * The modules of `paths`: a folder's files (`fs-routes`), several folders, or paths with their modules; those without
 * parameters first (`byRoute` of openapi-framework).
 */
export function pathModules(machine: Machine, args: Value, at: ts.Node): PathModule[] {
  const paths = entryOf(args, 'paths');
  const given = paths?.kind === 'list' ? paths.items : paths ? [paths] : [];
  const dependencies = entryOf(args, 'dependencies');
  const found = given.flatMap((each): PathModule[] => {
    const path = plainText(entryOf(each, 'path'));
    const module = entryOf(each, 'module');
    if (path === undefined || !module) return inFolder(machine, each, { at, args });
    return [{ path, exported: module, file: null }];
  });
  return found
    .map((each) => ({ ...each, exported: injected(machine, each.exported, dependencies) }))
    .sort(byRoute);
}

function byRoute({ path: a }: PathModule, { path: b }: PathModule): number {
  const [left, right] = [a.indexOf('{') > 0, b.indexOf('{') > 0];
  return left === right ? -a.localeCompare(b) : left ? 1 : -1;
}

function inFolder(
  machine: Machine,
  folder: Value,
  { at, args }: { readonly at: ts.Node; readonly args: Value },
): PathModule[] {
  const ignored = entryOf(args, 'pathsIgnore');
  const ignore = ignored?.kind === 'regex' ? regexpOf(ignored.source, ignored.flags) : null;
  const parts = folder.origin ? textsIn(folder.origin.expression) : [plainText(folder) ?? ''];
  return filesIn(machine, parts, at.getSourceFile().fileName).flatMap(({ file, inside }) => {
    const path = `/${inside.replace(/(?:index)?\.[mc]?[jt]s$/, '')}`;
    if (isTest(inside) || ignore?.test(path)) return [];
    const whole: Value = { kind: 'module', file, origin: null };
    const own = propertyOf(machine, whole, 'default');
    return [
      { path, exported: own.kind === 'unknown' || own.kind === 'literal' ? whole : own, file },
    ];
  });
}

/** Files of the folder, which stands beside the code that names it or where the app is started. */
function filesIn(machine: Machine, parts: readonly string[], from: string) {
  const files = machine.program.repo.files.map(({ path }) => path);
  for (let base = posix.dirname(from); ; base = posix.dirname(base)) {
    const folder = posix.join(base, ...parts);
    const found = files.flatMap((file) => {
      const inside = posix.relative(folder, file);
      const isCode = /\.[mc]?[jt]s$/.test(inside) && !/\.d\.[mc]?ts$/.test(inside);
      return isCode && !inside.startsWith('..') ? [{ file, inside }] : [];
    });
    if (found.length > 0 || base === '.' || base === '/') return found;
  }
}

/** The literal parts of `path.resolve(__dirname, 'paths')`. */
function textsIn(node: ts.Node): string[] {
  const parts: string[] = [];
  const visit = (each: ts.Node): void => {
    if (ts.isStringLiteralLike(each)) parts.push(each.text);
    ts.forEachChild(each, visit);
  };
  visit(node);
  return parts;
}

/** A module that is a function is given what its parameters name of the dependencies. */
function injected(machine: Machine, exported: Value, dependencies: Value | undefined): Value {
  if (exported.kind !== 'function') return exported;
  const given = exported.node.parameters.map(
    ({ name }): Value => entryOf(dependencies, name.getText()) ?? UNKNOWN,
  );
  return machine.invoke(exported, given);
}
