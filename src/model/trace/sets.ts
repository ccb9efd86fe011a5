import type { ts } from '../../kernel/syntax.ts';
import { arrayOf } from './composites.ts';
import { all, type Formula, isFalse, isTrue, not, TRUE } from './formula.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import { compareValues } from './truth.ts';
import { type Item, UNDEFINED, type Value } from './values.ts';

type ArrayValue = Value & { kind: 'array' };

/** Items are compared with so few others alone: there are as many comparisons as pairs. */
const COMPARED = 6;

/** `new Set(values)`: an array of what is in it, an item where none before it is the same. */
export function setOf(values: Value, node: ts.Node): Value {
  if (values.kind === 'undefined') return arrayOf([]);
  if (values.kind !== 'array') return values;
  const items = values.items.value;
  // What is added to the set is not added to the list.
  if (items.length > COMPARED) return arrayOf(items);
  return arrayOf(
    items.flatMap((item, index) => within(item, { before: items.slice(0, index), node })),
  );
}

/** `values.add(value)`. */
export function addTo(
  machine: Machine,
  values: ArrayValue,
  { args: [value = UNDEFINED], node }: { args: readonly Value[]; node: ts.Node },
): Value {
  const items = values.items.value;
  const before = items.length < COMPARED ? items : [];
  set(machine, values.items, [...items, ...within({ value, when: null }, { before, node })]);
  return values;
}

/** `values.delete(value)`. */
export function deleteFrom(
  machine: Machine,
  values: ArrayValue,
  { args: [value = UNDEFINED], node }: { args: readonly Value[]; node: ts.Node },
): undefined {
  const left = values.items.value.flatMap((item) =>
    there(item, all([item.when ?? TRUE, not(same(item.value, value, node))])),
  );
  set(machine, values.items, left);
}

function within(
  item: Item,
  { before, node }: { before: readonly Item[]; node: ts.Node },
): readonly Item[] {
  const others = before.map((other) =>
    not(all([other.when ?? TRUE, same(item.value, other.value, node)])),
  );
  return there(item, all([item.when ?? TRUE, ...others]));
}

function there(item: Item, when: Formula): readonly Item[] {
  return isFalse(when) ? [] : [{ ...item, when: isTrue(when) ? null : when }];
}

function same(left: Value, right: Value, node: ts.Node): Formula {
  return compareValues({ left, op: '=', right }, node);
}
