import { posix } from 'node:path';
import { ts } from '../../../kernel/syntax.ts';
import type { Machine, Value } from '../../static/value.ts';
import { entryOf, plainText } from '../../static/value.ts';

interface Loaded {
  readonly file: string;
  readonly prefix: string;
}

/** The plugins `@fastify/autoload` finds in its folder, with the prefix their place gives them. */
export function autoloaded(
  machine: Machine,
  plugin: Value,
  { options, node }: { options: Value; node: ts.Node },
): Loaded[] | undefined {
  if (plugin.kind !== 'package' || plugin.package !== '@fastify/autoload') return undefined;
  const from = posix.dirname(node.getSourceFile().fileName);
  const dir = entryOf(options, 'dir')?.origin?.expression;
  const folder = dir && posix.join(from, ...pathParts(dir));
  if (!folder) return [];
  const given = entryOf(options, 'options');
  const start = plainText(entryOf(given, 'prefix')) ?? '';
  return machine.program.repo.files.flatMap(({ path }) => {
    const inside = posix.relative(folder, path);
    if (inside.startsWith('..') || !/\.[mc]?[jt]s$/.test(inside) || /\.d\.[mc]?ts$/.test(inside))
      return [];
    const place = posix.dirname(inside);
    return [{ file: path, prefix: `${start}${place === '.' ? '' : `/${place}`}` }];
  });
}

/** The literal parts of `join(__dirname, 'routes')`; where the file stands goes without saying. */
function pathParts(node: ts.Node): string[] {
  const parts: string[] = [];
  const visit = (each: ts.Node): void => {
    if (ts.isStringLiteralLike(each)) parts.push(each.text);
    if (ts.isTemplateExpression(each)) parts.push(...each.templateSpans.map((s) => s.literal.text));
    ts.forEachChild(each, visit);
  };
  visit(node);
  return parts;
}
