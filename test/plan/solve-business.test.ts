import { describe, expect, it } from 'vitest';
import type { Condition } from '../../src/condition/condition.ts';
import type { Value } from '../../src/plan/plan.ts';
import { solvePlans } from '../../src/plan/solve.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import { planned } from '../setup/planning.ts';
import { shop } from '../setup/shop-model.ts';

const { plan, unsolved } = planned(shop);
const rows = (id: string) =>
  plan(id).given.rows as Record<string, { set: Record<string, unknown> }>;

describe('solvePlans on business rules', () => {
  it('solves every ending of the shop', () => {
    expect(unsolved).toEqual([]);
  });

  it('keeps a cart just below the minimum of its coupon', () => {
    const { product, item, coupon } = rows('POST /checkout › coupon_minimum');
    expect([product?.set['price'], item?.set['quantity'], coupon?.set['min_total']]).toEqual([
      1, 1, 2,
    ]);
  });

  it('has less in stock than the cart holds', () => {
    const { product, item } = rows('POST /checkout › out_of_stock');
    expect([product?.set['stock'], item?.set['quantity']]).toEqual([0, 1]);
  });

  it('uses a coupon up by somebody’s redemption', () => {
    const made = rows('POST /checkout › coupon_used_up');
    expect(made['coupon']?.set['max_uses']).toBe(1);
    expect(Object.keys(made).filter((name) => name.startsWith('redemption'))).toEqual([
      'redemption',
    ]);
  });

  it('leaves uses for others where only the customer’s own are spent', () => {
    const { redemption, coupon } = rows('POST /checkout › coupon_already_used');
    expect(redemption?.set['user_id']).toEqual({ ref: 'user.id' });
    expect(coupon?.set['max_uses']).toBe(2);
  });

  it('finds the price at which a rounded percentage is just too much', () => {
    const scenario = deriveScenarios(shop).find(
      ({ id }) => id === 'POST /checkout › too_expensive',
    )!;
    const withCoupon: Condition = { kind: 'exists', query: 'coupon', at: scenario.when[0]!.at };
    const [solved] = solvePlans(shop, [
      { ...scenario, when: [...scenario.when, withCoupon] },
    ]).plans;
    const { product, coupon } = solved!.given.rows as Record<
      string,
      { set: Record<string, Value> }
    >;
    const price = Number(product?.set['price']);
    const off = Math.floor((price * Number(coupon?.set['percent'])) / 100);
    expect(price - off).toBe(50_001);
  });

  it('puts a completion before or within the refund window', () => {
    const completed = (id: string) => rows(id)['order']?.set['completed_at'];
    expect(completed('POST /orders/:id/refunds › window_closed')).toEqual({ now: '-P31D' });
    expect(completed('POST /orders/:id/refunds › over_refund')).toEqual({ now: '-P29D' });
  });

  it('adds earlier refunds to the one asked for', () => {
    const { payment, refund } = rows('POST /orders/:id/refunds › over_refund');
    const [request] = plan('POST /orders/:id/refunds › over_refund').when;
    const { amount } = request!.body as { amount: number };
    expect(Number(refund?.set['amount']) + amount).toBeGreaterThan(Number(payment?.set['amount']));
  });

  it('lets the acting admin be the last one', () => {
    expect(Object.keys(rows('DELETE /admins/:id › last_admin'))).toEqual(['user']);
    expect(plan('DELETE /admins/:id › last_admin').when[0]?.path).toBe('/admins/{user.id}');
  });

  it('finds a reference row by the code it is asked for', () => {
    expect(rows('GET /lounge › 200')['tier']).toEqual({ table: 'tiers', match: { code: 'gold' } });
  });

  it('switches a flag off', () => {
    expect(plan('POST /checkout › checkout_closed').given.env).toEqual({
      CHECKOUT_ENABLED: null,
    });
  });

  it('gives an order to somebody else', () => {
    const made = rows('POST /orders/:id/refunds › order_not_found (order exists)');
    expect(made['order']?.set['user_id']).toEqual({ ref: 'other_user.id' });
  });

  it('makes the row whose email an insert collides with', () => {
    const taken = plan('POST /users › email_taken');
    expect(Object.keys(taken.given.rows)).toEqual(['user']);
    expect(taken.when[0]?.body).toMatchObject({ email: { ref: 'user.email' } });
  });
});
