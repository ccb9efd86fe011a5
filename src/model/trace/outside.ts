import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from './classes.ts';
import { mayThrow } from './errors.ts';
import { atom } from './formula.ts';
import type { Machine } from './machine.ts';
import { placeAt } from './source.ts';
import { term, unknown, type Value } from './values.ts';

/** What a third party answers; it may also fail. */
export function outside(machine: Machine, { name, node }: { name: string; node: ts.Node }): Value {
  const when = atom({ kind: 'external', at: placeAt(node), name, holds: false });
  mayThrow(machine, { when, value: builtIn(['Error'], [['message', unknown('message')]]) }, node);
  return term({ kind: 'external', name });
}
