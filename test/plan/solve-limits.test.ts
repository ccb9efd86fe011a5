import { describe, expect, it } from 'vitest';
import { negate } from '../../src/condition/logic.ts';
import type { Outcome, Query, Write } from '../../src/model/model.ts';
import {
  answer,
  body,
  call,
  col,
  column,
  compare,
  count,
  counted,
  eq,
  exists,
  external,
  lit,
  modelOf,
  opaque,
  param,
  query,
  refusal,
  route,
  table,
  update,
  uuidKey,
} from '../setup/model-builders.ts';
import { planned } from '../setup/planning.ts';

const orders = table('orders', [uuidKey, column('status', 'text'), column('slug', 'text')]);
const order = query('order', 'orders', [eq(col('order.id'), param('id'))]);
const ID = 'POST /orders/:id';

function solved(parts: { outcomes: Outcome[]; reads?: Query[]; writes?: Write[] }) {
  const { outcomes, reads = [order], writes = [] } = parts;
  return planned(modelOf([orders], [route('POST', '/orders/:id', { reads, writes, outcomes })]));
}

const holiday = opaque('isHoliday()', true);

describe('solvePlans at its limits', () => {
  it('takes what it cannot read to go as in every success, and says so', () => {
    const { plan } = solved({
      outcomes: [
        refusal(409, 'holiday', [exists('order'), holiday]),
        answer(200, [exists('order'), negate(holiday)]),
      ],
    });
    expect(plan(`${ID} › 200`).planner).toEqual({ kind: 'solver', version: '1+assumed' });
    expect(() => plan(`${ID} › holiday`)).toThrow('isHoliday()');
  });

  it('leaves what hangs on a third party alone', () => {
    const { unsolved } = solved({ outcomes: [answer(200, [external('stripe.charge', true)])] });
    expect(unsolved).toEqual([
      {
        scenario: `${ID} › 200`,
        feasibility: 'external',
        reason: 'depends on what stripe.charge answers',
      },
    ]);
  });

  it('names the lookup it cannot read', () => {
    const bySlug = query('order', 'orders', [
      eq(col('order.slug'), call('slugify', body('title'))),
    ]);
    const { unsolved } = solved({ reads: [bySlug], outcomes: [answer(200, [exists('order')])] });
    expect(unsolved[0]).toMatchObject({ feasibility: 'opaque' });
    expect(unsolved[0]?.reason).toContain('slugify(…)');
  });

  it('proves by two literals that an ending cannot be reached', () => {
    const again = query('order#2', 'orders', [eq(col('order#2.id'), param('id'))]);
    const { unsolved } = solved({
      reads: [order, again],
      outcomes: [
        answer(200, [
          exists('order'),
          compare(col('order.status'), '=', lit('open')),
          exists('order#2'),
          compare(col('order#2.status'), '=', lit('paid')),
        ]),
      ],
    });
    expect(unsolved[0]?.feasibility).toBe('infeasible');
    expect(unsolved[0]?.reason).toBe('order.status is open contradicts order.status is paid');
  });

  it('reads a row again as the request has left it', () => {
    const again = {
      ...query('order#2', 'orders', [eq(col('order#2.id'), param('id'))]),
      at: { ...order.at, line: 9 },
    };
    const pay = update('paying', 'orders', { status: lit('paid') }, [
      eq(col('paying.id'), param('id')),
    ]);
    const { plan } = solved({
      reads: [order, again],
      writes: [pay],
      outcomes: [
        answer(
          200,
          [
            exists('order'),
            compare(col('order.status'), '=', lit('open')),
            exists('order#2'),
            compare(col('order#2.status'), '=', lit('paid')),
          ],
          ['paying'],
        ),
      ],
    });
    expect(plan(`${ID} › 200`).given.rows).toEqual({
      order: { table: 'orders', set: { status: 'open' } },
    });
  });

  it('makes exactly as many rows as are counted', () => {
    const all = query('order', 'orders', [eq(col('order.status'), lit('open'))], { many: true });
    const { plan } = solved({
      reads: [all],
      outcomes: [refusal(429, 'busy', [counted(count('order'), '>=', lit(3))])],
    });
    expect(Object.keys(plan(`${ID} › busy`).given.rows).sort()).toEqual([
      'order',
      'order2',
      'order3',
    ]);
  });
});
