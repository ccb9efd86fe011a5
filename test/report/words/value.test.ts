import { expect, it } from 'vitest';
import type { Value } from '../../../src/plan/plan.ts';
import { plain } from '../../../src/report/words/phrase.ts';
import { absenceWords, valueWords } from '../../../src/report/words/value.ts';

it.each<[Value, string]>([
  ['open', '"open"'],
  [null, 'null'],
  [{ ref: 'user.id' }, 'user.id'],
  [{ now: '-P1DT30M' }, '1 day 30 minutes ago'],
  [{ now: 'PT1.5S' }, 'in 1.5 seconds'],
  [{ now: 'PT0S' }, 'now'],
  [{ fake: 'person.name' }, 'any person name'],
  [{ unique: 'SALE' }, 'unique "SALE"'],
  [{ oneOf: ['a', 2, null] }, 'one of "a", 2 or null'],
  [{ json: { a: [1] } }, '{"a":[1]}'],
])('says the value %j', (value, words) => {
  expect(plain(valueWords(value))).toBe(words);
});

it('says what must not be there', () => {
  const where = { user_id: { ref: 'user.id' }, paid_at: null };
  expect(plain(absenceWords({ table: 'orders', where }))).toBe(
    'no orders row whose user_id is user.id and paid_at is not set',
  );
  expect(plain(absenceWords({ table: 'orders', where: {} }))).toBe('no row at all in orders');
});
