import { describe, expect, it } from 'vitest';
import type { Outcome, Query, Write } from '../../src/model/model.ts';
import {
  absent,
  answer,
  body,
  col,
  column,
  compare,
  count,
  counted,
  eq,
  exists,
  insert,
  lit,
  modelOf,
  param,
  query,
  refusal,
  route,
  table,
  uuidKey,
} from '../setup/model-builders.ts';
import { planned } from '../setup/planning.ts';

const products = table('products', [uuidKey, column('status', 'text')]);
const carts = table('carts', [uuidKey, column('owner', 'text')], { unique: [['owner']] });
const items = table('items', [column('cart_id', 'uuid'), column('product_id', 'uuid')], {
  key: ['cart_id', 'product_id'],
  refers: { cart_id: 'carts.id', product_id: 'products.id' },
});

function solved(parts: { outcomes: Outcome[]; reads: Query[]; writes?: Write[] }) {
  const whole = { writes: [], ...parts };
  return planned(modelOf([products, carts, items], [route('POST', '/carts/:id', whole)]));
}

const item = query('item', 'items', [eq(col('item.cart_id'), param('id'))], { many: true });
const each = query('item#2', 'items', [], { of: 'item' });
const product = query('product', 'products', [eq(col('product.id'), col('item#2.product_id'))]);

describe('solvePlans on loops', () => {
  it('gives an item the row that its loop looks up, where no item may be wrong', () => {
    const wrong = query(
      'item#3',
      'items',
      [{ left: col('product.status'), op: '!=', right: lit('active') }],
      { of: 'item', many: true },
    );
    const { plan } = solved({
      reads: [item, each, product, wrong],
      outcomes: [answer(200, [exists('item'), absent('item#3')])],
    });
    const { rows } = plan('POST /carts/:id › 200').given;
    expect(rows['product']).toMatchObject({ table: 'products', set: { status: 'active' } });
    expect(rows['item']).toMatchObject({ set: { product_id: { ref: 'product.id' } } });
  });

  it('takes an insert that comes upon its own key to update the row', () => {
    const read = query('item', 'items', [eq(col('item.cart_id'), col('cart.id'))], { many: true });
    const { plan } = solved({
      reads: [read],
      writes: [insert('cart', 'carts', { owner: body('owner') })],
      outcomes: [
        { ...refusal(409, 'full', [counted(count('item'), '>=', lit(4))]), writes: ['cart'] },
      ],
    });
    const { rows } = plan('POST /carts/:id › full').given;
    const made = Object.values(rows).map((row) => row.table);
    expect(made.filter((name) => name === 'carts')).toHaveLength(1);
    expect(made.filter((name) => name === 'items')).toHaveLength(4);
    expect(made.filter((name) => name === 'products')).toHaveLength(4);
  });

  it('says that a row which a foreign key refers to cannot be missing', () => {
    const own = query('item', 'items', [eq(col('item.cart_id'), param('id'))]);
    const parent = query('product', 'products', [eq(col('product.id'), col('item.product_id'))]);
    const { unsolved } = solved({
      reads: [own, parent],
      outcomes: [refusal(404, 'gone', [exists('item'), absent('product')])],
    });
    expect(unsolved).toEqual([
      {
        scenario: 'POST /carts/:id › gone',
        feasibility: 'infeasible',
        reason: 'no product contradicts item.product_id, a foreign key that refers to it',
      },
    ]);
  });

  it('leaves out an insert that has nothing to refer to', () => {
    const own = query('cart', 'carts', [eq(col('cart.id'), param('id'))]);
    const { plan } = solved({
      reads: [own, query('product', 'products', [eq(col('product.id'), body('productId'))])],
      writes: [insert('item', 'items', { cart_id: col('cart.id'), product_id: col('product.id') })],
      outcomes: [
        {
          ...answer(200, [exists('cart'), compare(col('cart.owner'), '=', lit('me'))]),
          writes: ['item'],
        },
      ],
    });
    expect(Object.keys(plan('POST /carts/:id › 200').given.rows)).toEqual(['cart']);
  });
});
