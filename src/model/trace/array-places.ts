import type { ts } from '../../kernel/syntax.ts';
import { type Formula, isFalse, TRUE } from './formula.ts';
import { comesTo } from './in-every-case.ts';
import { called, choose, WRITTEN } from './terms.ts';
import { compareValues } from './truth.ts';
import { type Item, literal, type Value } from './values.ts';

type ArrayValue = Value & { readonly kind: 'array' };

/** Items that were sorted: which of them come first is not known. */
export function sorted(items: readonly Item[]): readonly Item[] {
  return items.map((item) => ({ ...item, moved: true }));
}

/** `list.indexOf(value)`, of a value that is in it where the formula says: -1 where it is not. */
export function placeIn(
  array: ArrayValue,
  { value, isIn }: { readonly value: Value; readonly isIn: Formula },
  node: ts.Node,
): Value {
  const items = array.items.value;
  const isOrdered = items.length < WRITTEN && items.every(({ when, moved }) => !when && !moved);
  const isKnown = isOrdered && !comesTo(value, 'unknown');
  const place = isKnown ? placed(items, value, node) : called('placeIn', [value, array]);
  return choose(isIn, place, literal(-1));
}

/** Where a value stands that is in a list: at the last place where it is at none before. */
function placed(items: readonly Item[], value: Value, node: ts.Node): Value {
  const last = items.length - 1;
  return items
    .map((item, index) => {
      const right = item.value;
      const is = index === last ? TRUE : compareValues({ left: value, op: '=', right }, node);
      return { is, index };
    })
    .filter(({ is }) => !isFalse(is))
    .reduceRight<Value>((rest, { is, index }) => choose(is, literal(index), rest), literal(last));
}
