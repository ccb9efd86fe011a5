import { describe, expect, it } from 'vitest';
import type { Then } from '../../src/plan/plan.ts';
import {
  at,
  compare,
  describe as describeDifferences,
  type Observed,
} from '../../src/proof/compare.ts';

const now = new Date('2026-03-01T12:00:00Z');
const refs = {
  order: { id: '7', total: '12.50', placed_at: '2026-02-01T10:00:00.000Z', gone: null },
};
const then = (part: Partial<Then>): Then => ({
  status: 200,
  text: { present: [], absent: [] },
  ...part,
});
const came = (part: Partial<Observed>): Observed => ({
  status: 200,
  body: null,
  location: null,
  text: '',
  ...part,
});
const paths = (expected: Partial<Then>, observed: Partial<Observed>) =>
  compare(then(expected), came(observed), { refs, now }).map((difference) => difference.path);

describe('compare', () => {
  it('finds a dotted path, entries of lists and their length', () => {
    const body = { error: { code: 'x' }, items: [{ sku: 'tea' }], 'a.b': 1 };
    expect(
      paths(
        { body: { 'error.code': 'x', 'items.0.sku': 'tea', 'items.length': 1, 'a.b': 1 } },
        { body },
      ),
    ).toEqual([]);
  });

  it('names the status and each path that differs', () => {
    const differences = compare(
      then({ status: 422, body: { error: 'expired', 'at.file': 'a' } }),
      came({ status: 404, body: { error: 'not_found' } }),
      { refs, now },
    );
    expect(differences).toEqual([
      { path: 'status', expected: 422, observed: 404 },
      { path: 'body.error', expected: 'expired', observed: 'not_found' },
      { path: 'body.at.file', expected: 'a', observed: null },
    ]);
    expect(describeDifferences(differences)).toContain('status: expected 422, got 404');
  });

  it('resolves refs, tells numbers in text from other text, and reads instants in any form', () => {
    const body = { id: 7, total: 12.5, placedAt: '2026-02-01 10:00:00+00' };
    const expected = {
      id: { ref: 'order.id' },
      total: { ref: 'order.total' },
      placedAt: { ref: 'order.placed_at' },
    };
    expect(paths({ body: expected }, { body })).toEqual([]);
    expect(paths({ body: { id: { ref: 'order.id' } } }, { body: { id: '8' } })).toEqual([
      'body.id',
    ]);
    expect(paths({ body: { on: true } }, { body: { on: 'true' } })).toEqual(['body.on']);
    expect(paths({ body: { n: 0 } }, { body: { n: '' } })).toEqual(['body.n']);
  });

  it('takes null and an absent key for the same', () => {
    expect(paths({ body: { coupon: null } }, { body: {} })).toEqual([]);
    expect(paths({ body: { coupon: null } }, { body: { coupon: 'A' } })).toEqual(['body.coupon']);
  });

  it('does not take a ref that was never bound for anything', () => {
    expect(paths({ body: { id: { ref: 'nobody.id' } } }, { body: { id: 1 } })).toEqual(['body.id']);
    expect(paths({ body: { id: { ref: 'nobody.id' } } }, { body: {} })).toEqual(['body.id']);
    expect(paths({ body: { id: { ref: 'nobody.id' } } }, { body: { id: null } })).toEqual([
      'body.id',
    ]);
    expect(paths({ body: { at: { ref: 'order.gone' } } }, { body: {} })).toEqual([]);
  });

  it('expects instants from now within two minutes', () => {
    const body = { until: '2026-03-02T12:00:30Z' };
    expect(paths({ body: { until: { now: 'P1D' } } }, { body })).toEqual([]);
    expect(paths({ body: { until: { now: '-P1D' } } }, { body })).toEqual(['body.until']);
  });

  it('compares nested values whole', () => {
    const value = { json: { tags: ['a', { n: 1 }] } };
    expect(paths({ body: { v: value } }, { body: { v: { tags: ['a', { n: '1' }] } } })).toEqual([]);
    expect(paths({ body: { v: value } }, { body: { v: { tags: ['a'] } } })).toEqual(['body.v']);
  });

  it('fills refs in an expected location', () => {
    expect(paths({ location: '/orders/{order.id}' }, { location: '/orders/7' })).toEqual([]);
    expect(paths({ location: '/orders/{order.id}' }, { location: null })).toEqual(['location']);
  });

  it('looks for texts whatever their white space', () => {
    const text = { present: ['No orders\n yet', 'Order {order.id}'], absent: ['Pay now'] };
    expect(paths({ text }, { text: 'No  orders yet. Order 7' })).toEqual([]);
    expect(paths({ text }, { text: 'Order 7 Pay   now' })).toEqual(['text', 'text']);
  });
});

describe('at', () => {
  it('does not reach into what objects inherit', () => {
    expect(at({ a: 1 }, 'constructor')).toBeUndefined();
    expect(at({ a: {} }, 'a.toString')).toBeUndefined();
  });
});
