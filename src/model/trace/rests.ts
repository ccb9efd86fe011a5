import type { ts } from '../../kernel/syntax.ts';
import { spreadFields } from './composites.ts';
import { atom, type Formula } from './formula.ts';
import { got } from './getters.ts';
import type { Machine } from './machine.ts';
import { placeAt, textOf } from './source.ts';
import { choose, fieldsCell } from './terms.ts';
import { type Fields, openCell, UNDEFINED, unknown, type Value } from './values.ts';

type ObjectValue = Value & { readonly kind: 'object' };
/** What a request carries, in whole or in part. */
type Sent = Value & { readonly kind: 'term'; readonly term: { readonly kind: 'input' } };

/** What an object has beside the fields that are known: those of what was spread into it. */
const rests = new WeakMap<object, Sent>();

/** What is sent and nobody declares: it has whatever is asked of it. */
function restIn(value: Value): Sent | undefined {
  if (value.kind === 'object') return rests.get(value.open);
  if (value.kind !== 'term' || value.term.kind !== 'input') return undefined;
  const isDeclared = value.type.schema?.['properties'] !== undefined;
  return isDeclared ? undefined : { ...value, term: value.term };
}

/** `{ ...before, ...given }`: what may be more is one thing's rest, or nobody knows whose. */
export function spreadRest(
  machine: Machine,
  made: ObjectValue,
  {
    given,
    before,
    node,
  }: { readonly given: Value; readonly before: Fields; readonly node: ts.Node },
): Fields {
  if (!spreadFields(given).open) return before;
  const rest = made.open.value ? undefined : restIn(given);
  if (!rest) {
    rests.delete(made.open);
    return before;
  }
  rests.set(made.open, rest);
  const known = given.kind === 'object' ? given.fields.value : new Map<string, Value>();
  const over = [...before].map(([name, old]): [string, Value] => {
    if (known.has(name)) return [name, old];
    return [name, choose(isSent(rest, name, node), machine.get(rest, name, node), old)];
  });
  return new Map(over);
}

function isSent({ term }: Sent, name: string, node: ts.Node): Formula {
  const { from, path } = term;
  return atom({ kind: 'input', is: 'present', at: placeAt(node), from, path: [...path, name] });
}

/** A field of an object: its own, what a getter gives, or one of its rest. */
export function fieldOf(
  machine: Machine,
  value: ObjectValue,
  { name, node }: { readonly name: string; readonly node: ts.Node },
): Value {
  const own = value.fields.value.get(name) ?? got(machine, value, name);
  if (own) return own;
  const rest = rests.get(value.open);
  if (rest) return machine.get(rest, name, node);
  return value.open.value ? unknown(textOf(node)) : UNDEFINED;
}

/** Whose rest it is can't be told any more. */
export function loseRest({ open }: ObjectValue): void {
  rests.delete(open);
}

/** A value with other fields, which has the same beside them. */
export function withFields(value: Value, fields: Fields): ObjectValue {
  const rest = restIn(value);
  const open = openCell(rest !== undefined);
  if (rest) rests.set(open, rest);
  return { kind: 'object', fields: fieldsCell(fields), open };
}

/** Those of these names that are not among the fields known, out of what is sent beside. */
export function sentBeside(
  machine: Machine,
  value: Value,
  { names, node }: { readonly names: readonly string[]; readonly node: ts.Node },
): Fields {
  const rest = restIn(value);
  if (!rest) return new Map();
  const known = value.kind === 'object' ? value.fields.value : new Map<string, Value>();
  const missing = names.filter((name) => !known.has(name));
  return new Map(missing.map((name) => [name, machine.get(rest, name, node)]));
}
