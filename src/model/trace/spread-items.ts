import type { ts } from '../../kernel/syntax.ts';
import { spreadItems } from './composites.ts';
import { atom } from './formula.ts';
import { countOf, firstOf } from './lists.ts';
import { entriesOfMap } from './maps.ts';
import { placeAt, textOf } from './source.ts';
import { called, termsIn } from './terms.ts';
import { compareValues } from './truth.ts';
import { type Item, literal, typed, unknown, type Value } from './values.ts';

/** What `...value` puts into an array that is written out: of a list, one element stands for all, where there is any. */
export function spreadInto(value: Value, node: ts.Expression): readonly Item[] {
  const filled = (count: Value) => compareValues({ left: count, op: '>', right: literal(0) }, node);
  const entries = entriesOfMap(value, node);
  if (entries) return spreadInto(entries, node);
  if (value.kind === 'list') return [{ value: firstOf(value), when: filled(countOf(value)) }];
  const terms = termsIn(value);
  const one = unknown('spread', terms);
  if (value.kind === 'term')
    return [{ value: one, when: filled(called('length', [value], typed('number'))) }];
  if (value.kind !== 'unknown') return spreadItems(value);
  const text = `${textOf(node, 60)}.length > 0`;
  const when = atom({ kind: 'opaque', at: placeAt(node), text, holds: true, terms: [...terms] });
  return [{ value: one, when }];
}
