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

const seeded = [
  {
    table: 'tiers',
    rows: [
      { key: 'gold', rank: 3 },
      { key: 'basic', rank: 1 },
    ],
  },
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
  holdsState(state, { given: { rows } } as unknown as Plan, { tables, seeded });

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

  test('a column holds what the row it refers to holds', () => {
    const gold: BusinessState = {
      id: 'gold',
      title: '',
      rows: [{ table: 'users', where: { tier: 'gold', left_at: { before: 'now' } } }],
    };
    const of = (tier: string): Record<string, PlannedRow> => ({
      shopper: { table: 'users', set: { tier: { ref: 'tier.key' }, left_at: { ref: 'tier.end' } } },
      tier: { table: 'tiers', match: { key: tier, end: { now: '-P1D' } } },
    });
    expect(holds(gold, of('gold'))).toBe(true);
    expect(holds(gold, of('basic'))).toBe(false);
    const circle = { shopper: { table: 'users', set: { tier: { ref: 'shopper.tier' } } } };
    expect(holds(gold, circle)).toBe(false);
  });

  test('a row that migrations put there holds what they put into it', () => {
    const high: BusinessState = {
      id: 'high',
      title: '',
      rows: [{ table: 'tiers', where: { rank: { gt: 2 } } }],
    };
    expect(holds(high, { tier: { table: 'tiers', match: { key: 'gold' } } })).toBe(true);
    expect(holds(high, { tier: { table: 'tiers', match: { key: 'basic' } } })).toBe(false);
  });

  test('two rows that refer to the same cell hold the same', () => {
    const shared: BusinessState = {
      id: 'shared',
      title: '',
      rows: [
        { name: 'first', table: 'cards', where: {} },
        { table: 'cards', where: { user_id: { ref: 'first.user_id' } } },
      ],
    };
    expect(holds(shared, { shopper: user, one: card(1), two: card(2) })).toBe(true);
    const other = { shopper: user, other: user, one: card(1), two: card(2, 'other') };
    expect(holds(shared, other)).toBe(false);
  });

  test('a decimal counts as a number however it is written', () => {
    const paid: BusinessState = {
      id: 'paid',
      title: '',
      rows: [{ table: 'cards', where: { cents: { gt: 9.5 } } }],
    };
    const cents = (text: string): Record<string, PlannedRow> => ({
      one: { table: 'cards', set: { cents: text } },
    });
    expect(holds(paid, cents('9.75'))).toBe(true);
    expect(holds(paid, cents('9.25'))).toBe(false);
  });
});
