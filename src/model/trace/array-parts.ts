import { arrayOf } from './composites.ts';
import { called, overChoice } from './terms.ts';
import { literal, literalOf, typed, unknown, type Value } from './values.ts';

type ArrayValue = Value & { kind: 'array' };

/** Some of an array's items, and how many of them are there where not each needs to be. */
export function partOfArray(array: ArrayValue, from: number, to?: number): ArrayValue {
  const items = array.items.value;
  const part = arrayOf(items.slice(from, to));
  if (array.count?.of !== items || from < 0 || (to !== undefined && to < from)) return part;
  const most = to === undefined ? Number.POSITIVE_INFINITY : to - from;
  const value = overChoice(array.count.value, (all) => countIn(all, { from, most }));
  return { ...part, count: { of: part.items.value, value } };
}

/** How many there are behind the first ones, of a number that is known or only so much at least. */
function countIn(all: Value, { from, most }: { from: number; most: number }): Value {
  const known = literalOf(all);
  if (typeof known === 'number') return literal(Math.min(Math.max(known - from, 0), most));
  const said = all.kind === 'term' ? all.type.schema?.['minimum'] : undefined;
  const least = Math.max((typeof said === 'number' ? said : 0) - from, 0);
  if (least >= most) return literal(most);
  const schema = { type: 'number', minimum: least };
  return called('length', [unknown('rest')], { ...typed('number'), schema });
}
