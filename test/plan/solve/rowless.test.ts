import { expect, test } from 'vitest';
import {
  absent,
  answer,
  any,
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
  query,
  refusal,
  route,
  table,
  uuidKey,
} from '../../setup/model-builders.ts';
import { planned } from '../../setup/planning.ts';

const shops = table('shops', [column('key', 'text')], { key: ['key'] });
const carts = table('carts', [uuidKey, column('owner', 'text'), column('shop', 'text')], {
  unique: [['owner']],
  refers: { shop: 'shops.key' },
});
const lines = table('lines', [uuidKey, column('cart_id', 'uuid')], {
  refers: { cart_id: 'carts' },
});

/** The caller's cart, found or made; then its lines. */
const cart = query('cart', 'carts', [eq(col('cart.owner'), body('owner'))]);
const made = {
  ...insert('cart#2', 'carts', { owner: body('owner'), shop: lit('main') }),
  comesUpon: 'cart',
};
const line = query('line', 'lines', [eq(col('line.cart_id'), col('cart#2.id'))], { many: true });
const here = any([absent('cart')], [compare(col('cart.shop'), '=', lit('main'))]);
const elsewhere = compare(col('cart.shop'), '!=', lit('main'));
const full = counted(count('line'), '>=', lit(3));
const writes = ['cart#2'];

const { plan, unsolved } = planned(
  modelOf(
    [shops, carts, lines],
    [
      route('POST', '/lines', {
        reads: [cart, line],
        writes: [made],
        outcomes: [
          { ...refusal(409, 'full', [here, full]), writes },
          { ...refusal(422, 'new_and_full', [absent('cart'), full]), writes },
          { ...refusal(409, 'other_shop', [exists('cart'), elsewhere, exists('line')]), writes },
          { ...answer(201, [here, counted(count('line'), '<', lit(3))]), writes },
        ],
      }),
    ],
  ),
);

test('rows of what an insert comes upon belong to the row that was there', () => {
  const { rows } = plan('POST /lines › full').given;
  const made = Object.entries(rows).filter(([, row]) => row.table === 'lines');
  const [[name] = []] = Object.entries(rows).filter(([, row]) => row.table === 'carts');
  expect(made.map(([, row]) => 'set' in row && row.set['cart_id'])).toEqual(
    made.map(() => ({ ref: `${name}.id` })),
  );
  expect(made.flatMap(([, row]) => ('count' in row ? [row.count] : [1]))).toEqual([1, 1, 1]);
});

test('a row that an insert comes upon keeps what the update does not set', () => {
  const { rows } = plan('POST /lines › other_shop').given;
  const shop = Object.values(rows).find((row) => row.table === 'shops');
  expect(shop).toBeDefined();
  expect(shop).not.toMatchObject({ set: { key: 'main' } });
});

test('what is put in only now has no rows of its own', () => {
  expect(unsolved).toEqual([
    {
      scenario: 'POST /lines › new_and_full',
      reason: 'line refers to the row that cart#2 puts in',
      feasibility: 'infeasible',
    },
  ]);
});
