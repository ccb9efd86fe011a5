import type { ts } from '../../kernel/syntax.ts';
import { arrayOf } from './composites.ts';
import { takesBody } from './input-facts.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import type { Value } from './values.ts';

type Whole = Value & { readonly kind: 'term'; readonly term: { readonly kind: 'input' } };

/** A part of the request as a whole: its body, its query. */
export function isPart(value: Value): value is Whole {
  return value.kind === 'term' && value.term.kind === 'input' && value.term.path.length === 0;
}

const keyOf = ({ term }: Whole) => `laid over ${term.from}`;

/** `Object.assign(request.body, request.query)`: from here on the one has what the other carries. */
export function layOver(machine: Machine, target: Whole, parts: readonly Value[]): Value {
  const before = laid(machine, target);
  const items = [...before, ...parts].map((value) => ({ value, when: null }));
  const { variables } = machine;
  set(machine, variables, new Map([...variables.value, [keyOf(target), arrayOf(items)]]));
  return target;
}

/**
 * A field of what was laid over a part of the request. Of a body that can be sent and the query, whoever asks may use
 * either: the body is what is asked for.
 */
export function laidOver(
  machine: Machine,
  owner: Value,
  { name, node }: { readonly name: string; readonly node: ts.Node },
): Value | undefined {
  if (!isPart(owner)) return undefined;
  for (const part of laid(machine, owner).toReversed()) {
    const isQuery = isPart(part) && part.term.from === 'query';
    if (isQuery && owner.term.from === 'body' && takesBody(machine)) continue;
    const value = machine.get(part, name, node);
    if (value.kind !== 'undefined') return value;
  }
  return undefined;
}

function laid({ variables }: Machine, of: Whole): readonly Value[] {
  const kept = variables.value.get(keyOf(of));
  return kept?.kind === 'array' ? kept.items.value.map(({ value }) => value) : [];
}
