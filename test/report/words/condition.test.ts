import { describe, expect, it } from 'vitest';
import type { Condition, Term } from '../../../src/condition/condition.ts';
import { negate } from '../../../src/condition/logic.ts';
import { conditionWords } from '../../../src/report/words/condition.ts';
import { plain } from '../../../src/report/words/phrase.ts';

const at = { file: 'a.ts', line: 1, symbol: 'a', hash: 'a' };
const col = (row: string, column: string): Term => ({ kind: 'column', row, column });
const lit = (value: string | number | null): Term => ({ kind: 'literal', value });
const ms = (days: number): Term => lit(days * 86_400_000);
const expires = col('coupon', 'expires_at');
const read = (id: string, many: boolean, where: Condition[]) => ({
  ...{ id, table: `${id}s`, many, where, at, joins: [], of: null, limit: null, offset: null },
});
const byCode: Condition = {
  ...{ at, kind: 'compare', left: col('coupon', 'code'), op: '=' },
  right: { kind: 'input', from: 'body', path: ['coupon'] },
};
const scene = {
  reads: [read('coupon', false, [byCode]), read('item', true, [])],
  writes: [{ id: 'made', kind: 'insert' as const, table: 'users', set: {}, where: [], at }],
};
const say = (condition: Condition) => plain(conditionWords(condition, scene));

const compare = (left: Term, op: '=' | '!=' | '<' | '<=' | '>' | '>=', right: Term): Condition => ({
  ...{ at, kind: 'compare', left, op, right },
});
const count = (op: '=' | '>' | '>=' | '<', right: number): Condition => ({
  ...{ at, kind: 'count', left: { kind: 'rows', query: 'item' }, op, right: lit(right) },
});

describe('conditionWords', () => {
  it.each<[string, Condition, string]>([
    [
      'an instant before now',
      compare(expires, '<', { kind: 'now' }),
      'coupon.expires_at is before now',
    ],
    ['a column that is null', compare(expires, '=', lit(null)), 'coupon.expires_at is not set'],
    ['a column that is not', compare(expires, '!=', lit(null)), 'coupon.expires_at is set'],
    ['a number', compare(col('cart', 'total'), '>=', lit(50)), 'cart.total is at least 50'],
    [
      'a row by its where',
      { at, kind: 'exists', query: 'coupon' },
      'a coupon row exists where coupon.code is body.coupon',
    ],
    [
      'no row',
      { at, kind: 'absent', query: 'coupon' },
      'no coupon row exists where coupon.code is body.coupon',
    ],
    ['no rows', count('=', 0), 'there are no item rows'],
    ['some rows', count('>', 0), 'there is at least one item row'],
    ['many rows', count('>=', 5), 'the number of item rows is at least 5'],
    ['nobody', { at, kind: 'actor', is: 'anonymous' }, 'nobody is signed in'],
    [
      'a whole body',
      { at, kind: 'input', is: 'invalid', from: 'body', path: [] },
      'the body is not valid',
    ],
    [
      'a path parameter',
      { at, kind: 'input', is: 'missing', from: 'params', path: ['id'] },
      ':id is missing',
    ],
    [
      'a flag',
      { at, kind: 'environment', left: { kind: 'env', name: 'SALE' }, op: '=', right: lit('on') },
      'the environment’s SALE is "on"',
    ],
    [
      'a code nobody typed',
      { at, kind: 'opaque', text: 'check(x)', holds: false, terms: [] },
      'check(x) does not hold',
    ],
  ])('says %s', (_, condition, words) => {
    expect(say(condition)).toBe(words);
  });

  it('turns milliseconds into a length of time only where instants are compared', () => {
    const shifted: Term = { kind: 'arith', op: '-', left: { kind: 'now' }, right: ms(30) };
    expect(say(compare(col('order', 'paid_at'), '<', shifted))).toBe(
      'order.paid_at is before 30 days before now',
    );
    const price: Term = { kind: 'arith', op: '-', left: col('cart', 'total'), right: ms(1) };
    expect(say(compare(price, '>', lit(0)))).toBe('cart.total − 86400000 is more than 0');
  });

  it('names the table and columns of a conflict', () => {
    const condition: Condition = {
      at,
      kind: 'conflict',
      write: 'made',
      violates: 'unique',
      columns: ['email'],
      holds: true,
    };
    expect(say(condition)).toBe('another users row already has the same email');
    expect(say(negate(condition))).toBe('no other users row has the same email');
  });

  it('joins alternatives, and says the opposite of each', () => {
    const any: Condition = {
      at,
      kind: 'any',
      of: [[compare(expires, '<', { kind: 'now' })], [count('=', 0)]],
    };
    expect(say(any)).toBe('coupon.expires_at is before now, or there are no item rows');
    expect(say(negate(any))).toBe(
      'coupon.expires_at is at or after now and there is at least one item row',
    );
  });

  it('says members, sums and calls', () => {
    const status = { kind: 'call', fn: 'lower', args: [col('order', 'status')] } as const;
    expect(
      say({ at, kind: 'member', term: status, of: [lit('paid'), lit('sent')], holds: false }),
    ).toBe('order.status in lower case is none of "paid" or "sent"');
    const sum = { kind: 'aggregate', op: 'sum', query: 'item', of: col('item', 'cents') } as const;
    expect(say({ at, kind: 'aggregate', left: sum, op: '>', right: lit(10) })).toBe(
      'the sum of item.cents over the item rows is more than 10',
    );
  });
});
