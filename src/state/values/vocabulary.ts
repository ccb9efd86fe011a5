import { anything } from './domain.ts';
import type { Draw } from './draw.ts';
import { valueKinds } from './registry.ts';
import { wordsOf } from './value.ts';

/** What a text column of that name gets in a table of that name; the kind is looked up once. */
export function vocabularyOf(
  table: string,
  name: string,
  max: number | null,
): (draw: Draw) => string {
  const words = wordsOf(name);
  const kind = valueKinds.find(
    (candidate) =>
      candidate.families.includes('text') &&
      (candidate.matches?.test(words) ?? true) &&
      (candidate.within?.test(wordsOf(table)) ?? true),
  );
  const column = { name, type: 'text', values: null, array: false };
  return (draw) => {
    const value = kind?.make({ table, column, family: 'text', domain: anything, max, draw });
    return typeof value === 'string' ? value : '';
  };
}
