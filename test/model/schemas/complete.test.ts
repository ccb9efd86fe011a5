import { expect, test } from 'vitest';
import { completeTables } from '../../../src/model/schemas/complete.ts';
import { column, table } from '../../setup/model-builders.ts';

const described = table('carts', [column('id', 'integer'), column('quantity', 'integer')]);
const unique = (name: string, columns: string[]) => ({
  ...{ name, columns, expressions: [], where: null, nullsNotDistinct: false },
});

test('takes from the migrations what the ORM leaves out and what things are called, and nothing twice', () => {
  const orm = {
    ...described,
    checks: [{ name: null, expression: '("quantity" < 100)' }],
    uniques: [unique('carts_key', ['quantity'])],
  };
  const migrated = {
    ...described,
    checks: [
      { name: 'carts_some', expression: 'quantity > 0' },
      { name: 'carts_most', expression: 'quantity < 100' },
    ],
    uniques: [unique('other_name', ['quantity']), unique('carts_gone', ['no_longer_described'])],
    triggers: ['carts_touch'],
  };
  expect(completeTables([orm], [migrated])).toEqual([
    {
      ...orm,
      checks: [...orm.checks, { name: 'carts_some', expression: 'quantity > 0' }],
      uniques: [unique('other_name', ['quantity'])],
      triggers: orm.triggers ?? ['carts_touch'],
    },
  ]);
  expect(completeTables([orm], [])).toEqual([orm]);
});
