import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import type { Registered } from '../../reader.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Special, Value } from '../../trace/values.ts';
import type { Called } from './writes.ts';

type Extensions = ReadonlyMap<string, Registered>;

const known = new WeakMap<Program, Extensions>();

/** What a method gives that the app adds to all builders (`QueryBuilder.extend('name', function () { … })`); undefined for any other. */
export function extension(
  machine: Machine,
  builder: Special,
  { method, args, node }: Called,
): Value | undefined {
  const added = extensionsOf(machine.deps.program).get(method);
  const fn = added && machine.standing(added);
  if (fn?.kind !== 'closure') return undefined;
  return machine.call({ ...fn, bound: { self: builder, args: [] } }, args, node);
}

function extensionsOf(program: Program): Extensions {
  const before = known.get(program);
  if (before) return before;
  const found = new Map<string, Registered>();
  for (const { path } of program.repo.files) {
    const source =
      /\.[mc]?[jt]s$/.test(path) && program.matches(path, /QueryBuilder\s*\.\s*extend\(/)
        ? program.source(path)
        : undefined;
    if (source) note(source, { file: path, found });
  }
  known.set(program, found);
  return found;
}

function note(
  node: ts.Node,
  { file, found }: { file: string; found: Map<string, Registered> },
): void {
  if (ts.isCallExpression(node) && /QueryBuilder\s*\.\s*extend$/.test(node.expression.getText())) {
    const [name, expression] = node.arguments;
    if (name && expression && ts.isStringLiteralLike(name))
      found.set(name.text, { file, expression });
  }
  ts.forEachChild(node, (each) => note(each, { file, found }));
}
