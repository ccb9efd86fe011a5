import { expect, test } from 'vitest';
import type { Condition } from '../../../src/condition/condition.ts';
import {
  absent,
  answer,
  col,
  column,
  eq,
  exists,
  modelOf,
  opaque,
  param,
  query,
  refusal,
  route,
  table,
  uuidKey,
} from '../../setup/model-builders.ts';
import { planned } from '../../setup/planning.ts';

const cards = table('cards', [uuidKey, column('code', 'text')], { unique: [['code']] });

const checked = (holds: boolean): Condition => {
  const condition = opaque('sumOf(code) % 10 === 0', holds);
  if (condition.kind !== 'opaque') throw new Error('not opaque');
  return { ...condition, examples: { term: param('code'), yes: ['C-19'], no: ['C-11'] } };
};

const { plan, unsolved } = planned(
  modelOf(
    [cards],
    [
      route('GET', '/cards/:code', {
        reads: [query('card', 'cards', [eq(col('card.code'), param('code'))])],
        outcomes: [
          refusal(400, 'mistyped', [checked(false)]),
          refusal(404, 'unknown', [checked(true), absent('card')]),
          answer(200, [checked(true), exists('card')]),
        ],
      }),
    ],
  ),
);

test('what can’t be read is brought about by a text that is known to do it', () => {
  expect(unsolved).toEqual([]);
  expect(plan('GET /cards/:code › mistyped').when[0]?.path).toBe('/cards/C-11');
  expect(plan('GET /cards/:code › unknown').when[0]?.path).toBe('/cards/C-19');
});

test('a row gets such a text as it stands, in every run', () => {
  const { given, planner } = plan('GET /cards/:code › 200');
  expect(given.rows['card']).toMatchObject({ set: { code: 'C-19' } });
  expect(planner.version).toBe('1');
});
