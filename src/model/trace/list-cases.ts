import type { Condition, Place, Term } from '../../condition/condition.ts';
import { numberOf } from '../../kernel/json-schema.ts';
import type { Write } from '../model.ts';
import type { Branch } from './branches.ts';
import { atom } from './formula.ts';
import { keyOf } from './keys.ts';
import type { Machine, Read } from './machine.ts';
import { partAt } from './schema-parts.ts';
import { partsOf } from './terms.ts';

type Input = Term & { readonly kind: 'input' };

/** Lists of the request whose elements are looked up or stored: what a list of none comes to, and one of several. */
export function numbered(
  machine: Machine,
  { reads, writes }: { reads: readonly Read[]; writes: readonly Write[] },
): Branch[] {
  const lists = new Map<string, { list: Input; at: Place }>();
  const note = (term: Term, at: Place) => {
    const list = listOf(term);
    if (list && !lists.has(keyOf(list))) lists.set(keyOf(list), { list, at });
  };
  for (const { where, at } of [...reads, ...writes])
    for (const each of where.flatMap(termsIn)) note(each, at);
  for (const { set, at } of writes) for (const each of Object.values(set)) note(each, at);
  return [...lists.values()].flatMap(({ list, at }) => sizes(machine, list, at));
}

function termsIn(condition: Condition): Term[] {
  if (condition.kind === 'any') return condition.of.flat().flatMap(termsIn);
  return 'left' in condition ? [condition.left, condition.right] : [];
}

/** The list that a term is made of an element of. */
function listOf(term: Term): Input | undefined {
  for (const part of partsOf(term)) {
    if (part.kind !== 'input') continue;
    const at = part.path.findIndex((name) => /^\d+$/.test(name));
    if (at >= 0) return { ...part, path: part.path.slice(0, at) };
  }
  return undefined;
}

function sizes(machine: Machine, list: Input, at: Place): Branch[] {
  const schema = partAt(machine.inputs.get(list.from) ?? null, list.path);
  const least = numberOf(schema?.['minItems']) ?? 0;
  const most = numberOf(schema?.['maxItems']) ?? Number.POSITIVE_INFINITY;
  const left: Term = { kind: 'call', fn: 'length', args: [list] };
  const size = (op: '=' | '>', value: number): Branch => {
    const right: Term = { kind: 'literal', value };
    return { when: atom({ kind: 'input', is: 'compare', at, left, op, right }), alone: true };
  };
  return [...(least === 0 ? [size('=', 0)] : []), ...(most > 1 ? [size('>', 1)] : [])];
}
