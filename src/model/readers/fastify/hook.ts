import { parametersOf, ts } from '../../../kernel/syntax.ts';
import { passing } from '../../trace/chain.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Value } from '../../trace/values.ts';
import { nextOf } from '../express/next.ts';

interface Passing {
  readonly then: () => void;
  /** The instance, where hooks see one. */
  readonly self?: Value;
  readonly args: readonly Value[];
}

/** A hook lets requests pass by calling `done`, or where it takes none or is async by coming to its end. */
export function hook(
  machine: Machine,
  { value, node }: { readonly value: Value; readonly node: ts.Node },
  { then, self, args }: Passing,
): void {
  if (value.kind !== 'closure') {
    passing(machine, then, (next) => {
      machine.call(value, [...args, nextOf(machine, next)], node);
      if (!machine.path.dead && !machine.path.answered) machine.call(next, [], node);
    });
    return;
  }
  const own = self ? { ...value, bound: value.bound ?? { self, args: [] } } : value;
  const isAsync = value.node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  const calls = parametersOf(value.node).length > args.length && !isAsync;
  passing(machine, then, (next) => {
    machine.call(own, [...args, nextOf(machine, next)], node);
    if (!calls && !machine.path.dead && !machine.path.answered) machine.call(next, [], node);
  });
}
