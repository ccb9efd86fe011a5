import { expect, test } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { adoptStanding } from '../../src/state/adopt.ts';
import { column, table } from '../setup/model-builders.ts';

const tiers = {
  ...table('tiers', [column('key', 'text'), column('rank', 'integer'), column('label', 'text')]),
  primaryKey: ['key'],
  uniques: [
    { name: null, columns: ['rank'], expressions: [], where: null, nullsNotDistinct: false },
  ],
};
const standing = new Map([
  [
    'tiers',
    [
      { key: 'standard', rank: '0' },
      { key: 'gold', rank: '2' },
    ],
  ],
]);

function adopt(rows: Plan['given']['rows']): Plan['given']['rows'] {
  const given = { rows, absent: [], personas: {}, env: {} };
  const plan = { id: 'x', given } as unknown as Plan;
  return adoptStanding(plan, { tables: new Map([['tiers', tiers]]), standing }).given.rows;
}

test('takes a row that stands under the planned key, and changes it to what the plan sets', () => {
  expect(adopt({ a: { table: 'tiers', set: { key: 'gold', label: 'Best' } } })).toEqual({
    a: { table: 'tiers', match: { key: 'gold' }, update: { label: 'Best' } },
  });
});

test('finds it by any unique, as PostgreSQL writes the value', () => {
  expect(adopt({ a: { table: 'tiers', set: { rank: 2 } } })).toEqual({
    a: { table: 'tiers', match: { rank: 2 } },
  });
});

test('leaves rows alone whose key is free, drawn or taken from another row', () => {
  const rows = {
    a: { table: 'tiers', set: { key: 'silver' } },
    b: { table: 'tiers', set: { label: 'gold' } },
    c: { table: 'tiers', set: { key: { ref: 'a.key' } } },
    d: { table: 'tiers', match: { key: 'gold' } },
  };
  expect(adopt(rows)).toEqual(rows);
});

test('gives one standing row to one planned row', () => {
  const made = { table: 'tiers', set: { key: 'gold' } };
  expect(adopt({ a: made, b: made })).toEqual({
    a: { table: 'tiers', match: { key: 'gold' } },
    b: made,
  });
});
