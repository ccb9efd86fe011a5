import { describe, expect, test } from 'vitest';
import { holdsState } from '../../evals/business/holds.ts';
import type { BusinessState } from '../../evals/business/list.ts';
import type { Plan, PlannedRow } from '../../src/plan/plan.ts';
import { column, table, uuidKey } from '../setup/model-builders.ts';

const tables = [
  table('users', [
    uuidKey,
    column('tier', 'text', { default: { kind: 'literal', value: 'basic' } }),
    column('left_at', 'timestamp', { nullable: true }),
  ]),
  table('cards', [uuidKey, column('user_id', 'uuid'), column('cents', 'integer')]),
];

const loyal: BusinessState = {
  id: 'loyal',
  title: 'A gold customer with two cards, one of them used up',
  rows: [
    { name: 'user', table: 'users', where: { tier: 'gold', left_at: { null: true } } },
    { table: 'cards', where: { user_id: { ref: 'user.id' }, cents: { gt: 0 } } },
    { table: 'cards', where: { user_id: { ref: 'user.id' }, cents: 0 } },
  ],
};

const holds = (state: BusinessState, rows: Record<string, PlannedRow>) =>
  holdsState(state, { given: { rows } } as unknown as Plan, tables);

const user = { table: 'users', set: { tier: 'gold' } };
const card = (cents: number, owner = 'shopper') => ({
  table: 'cards',
  set: { user_id: { ref: `${owner}.id` }, cents },
});

describe('whether a plan holds a listed state', () => {
  test('it does with rows of its own for each row of the state', () => {
    expect(holds(loyal, { used: card(0), full: card(500), shopper: user })).toBe(true);
  });

  test('one row does not stand for two', () => {
    expect(holds(loyal, { shopper: user, full: card(500) })).toBe(false);
  });

  test('rows that hang on somebody else do not count', () => {
    const rows = { shopper: user, other: user, used: card(0, 'other'), full: card(500) };
    expect(holds(loyal, rows)).toBe(false);
  });

  test('a column that is not planned holds its default, or nothing where it may', () => {
    const some: BusinessState = { id: 'some', title: '', rows: [] };
    const basic = { ...some, rows: [{ table: 'users', where: { tier: 'basic' } }] };
    expect(holds(basic, { one: { table: 'users', set: {} } })).toBe(true);
    const gone = {
      ...some,
      rows: [{ table: 'users', where: { left_at: { before: 'now' as const } } }],
    };
    expect(holds(gone, { one: { table: 'users', set: {} } })).toBe(false);
    expect(holds(gone, { one: { table: 'users', set: { left_at: { now: '-P3D' } } } })).toBe(true);
    expect(holds(gone, { one: { table: 'users', set: { left_at: { now: 'P3D' } } } })).toBe(false);
  });

  test('a row of a count is as many', () => {
    const two: BusinessState = {
      id: 'two',
      title: '',
      rows: [{ table: 'cards', where: { cents: { lt: 10 } }, count: 2 }],
    };
    expect(holds(two, { one: { ...card(5), count: 2 } })).toBe(true);
    expect(holds(two, { one: card(5) })).toBe(false);
  });
});
