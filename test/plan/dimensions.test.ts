import { expect, test } from 'vitest';
import { canMeet, dimensionsOf, stateOf } from '../../src/plan/dimensions.ts';
import { level, literal, loyal, made } from '../setup/vouchers.ts';

const base = loyal('gold', { title: 'A customer with a voucher.' });
const columnsOf = (state: ReturnType<typeof stateOf>, name: string) =>
  Object.fromEntries(
    state.rows
      .find((row) => row.name === name)!
      .columns.map((column) => [column.name, 'value' in column.value && column.value.value]),
  );

test('levels of one dimension go together wherever they stand', () => {
  const [a, b, c] = [level('tier', 'gold'), level('worth', 'little'), level('tier', 'basic')];
  expect(dimensionsOf({ levels: [a, b, c] })).toEqual([[a, c], [b]]);
  expect(dimensionsOf({ levels: [] })).toEqual([]);
});

test('a level adds rows, and its cells take the place of those of the base', () => {
  const spent = level('worth', 'whose voucher is spent', { 'voucher.cents': 0 });
  const second = level('more', 'with a second one', { 'second.cents': 5 }, [
    made('second', 'vouchers', [literal('code', 'B'), literal('cents', 9)]),
  ]);
  const state = stateOf(base, [spent, second]);
  expect(state.title).toBe('A customer with a voucher: whose voucher is spent; with a second one');
  expect(columnsOf(state, 'voucher')).toMatchObject({ cents: 0 });
  expect(columnsOf(state, 'second')).toEqual({ code: 'B', cents: 5 });
  expect(state).not.toHaveProperty('levels');
  expect(columnsOf(stateOf(base, []), 'voucher')).toMatchObject({ cents: 40 });
});

test('without a level a state is the base, word for word', () => {
  const { levels: _, ...rest } = base;
  expect(stateOf(base, [])).toEqual(rest);
});

test('cells on a row that was there before change it', () => {
  const there = { ...made('customer', 'customers', [literal('id', 1)]), form: 'existing' as const };
  const subject = { ...base, rows: [there] };
  const state = stateOf(subject, [
    level('tier', 'of the basic tier', { 'customer.tier': 'basic' }),
  ]);
  expect(state.rows).toEqual([{ ...there, form: 'changed', update: [literal('tier', 'basic')] }]);
});

test('a name that is a prototype’s is a name like others', () => {
  const odd = level('__proto__', 'odd', { '__proto__.polluted': 1, 'voucher.__proto__': 2 }, [
    made('__proto__', 'customers', []),
  ]);
  const state = stateOf(base, [odd]);
  expect(state.rows.at(-1)).toMatchObject({ name: '__proto__', columns: [literal('polluted', 1)] });
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('levels that set one cell in two ways can’t meet, nor those that name rows alike', () => {
  const spent = level('worth', 'spent', { 'voucher.cents': 0 });
  expect(canMeet(spent, level('other', 'full', { 'voucher.cents': 90 }))).toBe(false);
  expect(canMeet(spent, level('other', 'spent as well', { 'voucher.cents': 0 }))).toBe(true);
  expect(canMeet(spent, level('other', 'of gold', { 'customer.tier': 'gold' }))).toBe(true);
  const second = (dimension: string) => level(dimension, '', {}, [made('more', 'vouchers', [])]);
  expect(canMeet(second('a'), second('b'))).toBe(false);
});
