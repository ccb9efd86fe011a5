import { parametersOf, ts } from '../../../kernel/syntax.ts';
import { passing } from '../../trace/chain.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Value } from '../../trace/values.ts';
import { nextOf } from '../express/next.ts';

/** A hook lets requests pass by calling `done`, or where it takes none or is async by coming to its end. */
export function hook(
  machine: Machine,
  { value, node }: { readonly value: Value; readonly node: ts.Node },
  { then, args }: { readonly then: () => void; readonly args: readonly Value[] },
): void {
  if (value.kind !== 'closure') {
    then();
    return;
  }
  const isAsync = value.node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  const calls = parametersOf(value.node).length > args.length && !isAsync;
  passing(machine, then, (next) => {
    machine.call(value, [...args, nextOf(machine, next)], node);
    if (!calls && !machine.path.dead && !machine.path.answered) machine.call(next, [], node);
  });
}
