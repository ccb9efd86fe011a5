import { describe, expect, it } from 'vitest';
import { holds } from '../../../src/plan/solve/evaluate.ts';
import type { Scalar } from '../../../src/plan/solve/formula.ts';
import { sqlCheck } from '../../../src/plan/solve/sql-check.ts';
import { column, table } from '../../setup/model-builders.ts';

const orders = table('orders', [
  column('status', 'text'),
  column('total', 'integer'),
  column('paid', 'integer'),
]);

function verdict(expression: string, row: Record<string, Scalar>): boolean | undefined | null {
  const formula = sqlCheck(expression, orders, 'row');
  return formula && holds(formula, (name) => row[name.replace('row.', '')]);
}

describe('sqlCheck', () => {
  it.each<[string, Record<string, Scalar>, boolean]>([
    ['total > 0', { total: 1 }, true],
    ['CHECK ((total > 0))', { total: 0 }, false],
    ["status IN ('open', 'it''s')", { status: "it's" }, true],
    ["status not in ('open')", { status: 'open' }, false],
    [
      "(status)::text = ANY ((ARRAY['open'::character varying, 'paid'::character varying])::text[])",
      { status: 'paid' },
      true,
    ],
    ['total BETWEEN 1 AND 5 AND paid <= total', { total: 5, paid: 6 }, false],
    ['paid IS NULL OR paid < total * 2', { paid: null, total: 1 }, true],
    ['NOT (total = 3)', { total: 3 }, false],
    ['(total + paid) >= 10', { total: 4, paid: 6 }, true],
    ['char_length(status) <= 3', { status: 'open' }, false],
    ["(status = 'open') = (paid is null)", { status: 'open', paid: null }, true],
    ["(status = 'open') = (paid is null)", { status: 'done', paid: null }, false],
    ["(status = 'open') <> (paid is null)", { status: 'done', paid: null }, true],
    ['num_nonnulls(total, paid) = 1', { total: 1, paid: null }, true],
    ['num_nonnulls(total, paid) = 1', { total: 1, paid: 2 }, false],
    ["status ~ '^[a-z]+$'", { status: 'open' }, true],
    ["status !~ '^[a-z]+$'", { status: 'open' }, false],
  ])('reads %s', (expression, row, expected) => {
    expect(verdict(expression, row)).toBe(expected);
  });

  it.each(['unknown > 1', 'now() > total', 'total >', "status = 'open"])(
    'has no opinion about %s',
    (expression) => {
      expect(sqlCheck(expression, orders, 'row')).toBeNull();
    },
  );
});
