import type { Condition } from '../../src/condition/condition.ts';
import { negate } from '../../src/condition/logic.ts';
import type { Auth, Model, Query } from '../../src/model/model.ts';
import {
  absent,
  answer,
  any,
  arith,
  body,
  call,
  col,
  column,
  compare,
  conflict,
  count,
  counted,
  environment,
  eq,
  exists,
  input,
  insert,
  join,
  lit,
  modelOf,
  now,
  nowDefault,
  owner,
  param,
  query,
  refusal,
  role,
  route,
  sum,
  table,
  totalled,
  update,
  uuidKey,
} from './model-builders.ts';

const DAY = 86_400_000;
const instant = 'timestamp with time zone';
const header = { kind: 'input', from: 'headers', path: ['authorization'] } as const;

const tables = [
  table(
    'users',
    [
      uuidKey,
      column('email', 'text'),
      column('password_hash', 'text'),
      column('role', 'text', { default: { kind: 'literal', value: 'customer' } }),
      column('tier_id', 'uuid', { nullable: true }),
    ],
    {
      unique: [['email']],
      refers: { tier_id: 'tiers' },
      checks: ["role IN ('customer', 'admin')"],
    },
  ),
  table(
    'sessions',
    [uuidKey, column('user_id', 'uuid'), column('token', 'text'), column('expires_at', instant)],
    {
      unique: [['token']],
      refers: { user_id: 'users' },
    },
  ),
  table('tiers', [uuidKey, column('code', 'text'), column('discount', 'integer')], {
    unique: [['code']],
    checks: ['discount >= 0 AND discount <= 100'],
  }),
  table(
    'products',
    [uuidKey, column('name', 'text'), column('price', 'integer'), column('stock', 'integer')],
    {
      checks: ['price > 0', 'stock >= 0'],
    },
  ),
  table('carts', [uuidKey, column('user_id', 'uuid'), column('status', 'text')], {
    refers: { user_id: 'users' },
    checks: ["(status = ANY (ARRAY['open'::text, 'ordered'::text]))"],
  }),
  table(
    'cart_items',
    [
      uuidKey,
      column('cart_id', 'uuid'),
      column('product_id', 'uuid'),
      column('quantity', 'integer'),
    ],
    {
      unique: [['cart_id', 'product_id']],
      refers: { cart_id: 'carts', product_id: 'products' },
      checks: ['quantity BETWEEN 1 AND 99'],
    },
  ),
  table(
    'coupons',
    [
      uuidKey,
      column('code', 'text'),
      column('percent', 'integer'),
      column('min_total', 'integer'),
      column('max_uses', 'integer'),
      column('expires_at', instant, { nullable: true }),
    ],
    { unique: [['code']], checks: ['percent > 0 and percent <= 100'] },
  ),
  table('redemptions', [uuidKey, column('coupon_id', 'uuid'), column('user_id', 'uuid')], {
    refers: { coupon_id: 'coupons', user_id: 'users' },
  }),
  table(
    'orders',
    [
      uuidKey,
      column('user_id', 'uuid'),
      column('status', 'text'),
      column('total', 'integer'),
      column('completed_at', instant, { nullable: true }),
      column('created_at', instant, { default: nowDefault }),
    ],
    { refers: { user_id: 'users' } },
  ),
  table('payments', [uuidKey, column('order_id', 'uuid'), column('amount', 'numeric(10,2)')], {
    refers: { order_id: 'orders' },
  }),
  table('refunds', [uuidKey, column('payment_id', 'uuid'), column('amount', 'numeric(10,2)')], {
    refers: { payment_id: 'payments' },
  }),
];

const auth: Auth = {
  carrier: { from: 'headers', name: 'Authorization' },
  session: { table: 'sessions', column: 'token' },
  actor: 'users',
  signIn: { route: 'POST /login', fields: { email: 'email' }, password: 'password' },
  signUp: { route: 'POST /users', fields: { email: 'email' }, password: 'password' },
  passwordColumn: 'password_hash',
  handed: false,
};

const session: Query = query('session', 'sessions', [
  eq(col('session.token'), call('sha256', call('splitPart', header, lit(' '), lit(1)))),
]);
const user: Query = query('user', 'users', [eq(col('user.id'), col('session.user_id'))]);
const signedIn: Condition[] = [
  input('present', 'headers', 'authorization'),
  exists('session'),
  compare(col('session.expires_at'), '>', now),
  exists('user'),
];
const admin = role(col('user.role'), '=', lit('admin'));

const cart = query('cart', 'carts', [
  eq(col('cart.user_id'), col('user.id')),
  eq(col('cart.status'), lit('open')),
]);
const items = query('item', 'cart_items', [eq(col('item.cart_id'), col('cart.id'))], {
  many: true,
  joins: [join('product', 'products', eq(col('product.id'), col('item.product_id')))],
});
const short = query(
  'item#2',
  'cart_items',
  [{ left: col('product.stock'), op: '<', right: col('item#2.quantity') }],
  { of: 'item' },
);
const coupon = query('coupon', 'coupons', [eq(col('coupon.code'), body('coupon'))]);
const used = query(
  'redemption',
  'redemptions',
  [eq(col('redemption.coupon_id'), col('coupon.id'))],
  {
    many: true,
  },
);
const usedByMe = query(
  'redemption#2',
  'redemptions',
  [
    eq(col('redemption#2.coupon_id'), col('coupon.id')),
    eq(col('redemption#2.user_id'), col('user.id')),
  ],
  { many: true },
);
const total = sum('item', arith(col('product.price'), '*', col('item.quantity')));
const given = input('present', 'body', 'coupon');
const withCoupon = (condition: Condition): Condition[] => [given, exists('coupon'), condition];
const expired = compare(col('coupon.expires_at'), '<', now);
const below = totalled(total, '<', col('coupon.min_total'));
const exhausted = counted(count('redemption'), '>=', col('coupon.max_uses'));
const usedOnce = counted(count('redemption#2'), '>=', lit(1));
const noCoupon = negate(given);
const ready = [...signedIn, exists('cart'), exists('item')];
const passed = (...conditions: Condition[]) =>
  conditions.map((condition) => any([noCoupon], [given, negate(condition)]));
const inStock = absent('item#2');
const dear = totalled(
  arith(total, '-', {
    kind: 'choice',
    when: [given, exists('coupon')],
    yes: call('floor', arith(arith(total, '*', col('coupon.percent')), '/', lit(100))),
    no: lit(0),
  }),
  '>',
  lit(50_000),
);
const closed = environment({ kind: 'env', name: 'CHECKOUT_ENABLED' }, '!=', lit('true'));

const checkout = route('POST', '/checkout', {
  body: { type: 'object', properties: { coupon: { type: 'string', minLength: 3 } } },
  reads: [session, user, cart, items, short, coupon, used, usedByMe],
  writes: [
    insert('order', 'orders', { user_id: col('user.id'), status: lit('pending'), total }),
    update('cart!', 'carts', { status: lit('ordered') }, [eq(col('cart!.id'), col('cart.id'))]),
  ],
  outcomes: [
    refusal(401, 'unauthenticated', [
      any([input('missing', 'headers', 'authorization')], [absent('session')]),
    ]),
    refusal(503, 'checkout_closed', [...signedIn, closed]),
    refusal(409, 'cart_empty', [
      ...signedIn,
      negate(closed),
      any([absent('cart')], [exists('cart'), absent('item')]),
    ]),
    refusal(409, 'out_of_stock', [...ready, negate(closed), exists('item#2')]),
    refusal(404, 'coupon_unknown', [...ready, negate(closed), inStock, given, absent('coupon')]),
    refusal(422, 'coupon_expired', [...ready, negate(closed), inStock, ...withCoupon(expired)]),
    refusal(422, 'coupon_minimum', [
      ...ready,
      negate(closed),
      inStock,
      ...withCoupon(below),
      negate(expired),
    ]),
    refusal(422, 'coupon_used_up', [
      ...ready,
      negate(closed),
      inStock,
      ...withCoupon(exhausted),
      negate(expired),
      negate(below),
    ]),
    refusal(422, 'coupon_already_used', [
      ...ready,
      negate(closed),
      inStock,
      ...withCoupon(usedOnce),
      negate(expired),
      negate(below),
      negate(exhausted),
    ]),
    refusal(422, 'too_expensive', [
      ...ready,
      negate(closed),
      inStock,
      ...passed(expired, below, exhausted, usedOnce),
      dear,
    ]),
    answer(
      201,
      [
        ...ready,
        negate(closed),
        inStock,
        ...passed(expired, below, exhausted, usedOnce),
        negate(dear),
      ],
      ['order', 'cart!'],
    ),
  ],
});

const order = query('order', 'orders', [eq(col('order.id'), param('id'))]);
const payment = query('payment', 'payments', [eq(col('payment.order_id'), col('order.id'))]);
const refunds = query('refund', 'refunds', [eq(col('refund.payment_id'), col('payment.id'))], {
  many: true,
});
const mine = owner(col('order.user_id'), '=', col('user.id'));
const completed = compare(col('order.status'), '=', lit('completed'));
const late = compare(arith(now, '-', col('order.completed_at')), '>', lit(30 * DAY));
const tooMuch = totalled(
  arith(sum('refund', col('refund.amount')), '+', body('amount')),
  '>',
  col('payment.amount'),
);
const alreadySome = exists('refund');
const refundable = [...signedIn, exists('order'), mine, completed, exists('payment')];

const refund = route('POST', '/orders/:id/refunds', {
  params: {
    type: 'object',
    properties: { id: { type: 'string', format: 'uuid' } },
    required: ['id'],
  },
  body: {
    type: 'object',
    properties: { amount: { type: 'number', exclusiveMinimum: 0 } },
    required: ['amount'],
  },
  reads: [session, user, order, payment, refunds],
  writes: [insert('made', 'refunds', { payment_id: col('payment.id'), amount: body('amount') })],
  outcomes: [
    refusal(404, 'order_not_found', [
      ...signedIn,
      any([absent('order')], [exists('order'), negate(mine)]),
    ]),
    refusal(409, 'not_completed', [...signedIn, exists('order'), mine, negate(completed)]),
    refusal(422, 'window_closed', [...refundable, late]),
    refusal(422, 'over_refund', [...refundable, negate(late), alreadySome, tooMuch]),
    answer(201, [...refundable, negate(late), negate(tooMuch)], ['made']),
  ],
});

const target = query('user#2', 'users', [eq(col('user#2.id'), param('id'))]);
const admins = query('user#3', 'users', [eq(col('user#3.role'), lit('admin'))], { many: true });
const targetAdmin = compare(col('user#2.role'), '=', lit('admin'));
const lastAdmin = counted(count('user#3'), '<=', lit(1));
const demote = route('DELETE', '/admins/:id', {
  reads: [session, user, target, admins],
  outcomes: [
    refusal(403, 'forbidden', [...signedIn, negate(admin)]),
    refusal(404, 'no_such_admin', [...signedIn, admin, absent('user#2')]),
    refusal(409, 'last_admin', [...signedIn, admin, exists('user#2'), targetAdmin, lastAdmin]),
    answer(204, [...signedIn, admin, exists('user#2'), targetAdmin, negate(lastAdmin)]),
  ],
});

const tier = query('tier', 'tiers', [eq(col('tier.id'), col('user.tier_id'))]);
const gold = compare(col('tier.code'), '=', lit('gold'));
const lounge = route('GET', '/lounge', {
  reads: [session, user, tier],
  outcomes: [
    refusal(403, 'members_only', [
      ...signedIn,
      any([absent('tier')], [exists('tier'), negate(gold)]),
    ]),
    answer(200, [...signedIn, exists('tier'), gold]),
  ],
});

const taken = conflict('made', ['email'], true);
const signUp = route('POST', '/users', {
  body: {
    type: 'object',
    properties: {
      email: { type: 'string', format: 'email' },
      password: { type: 'string', minLength: 8 },
    },
    required: ['email', 'password'],
  },
  writes: [
    insert('made', 'users', {
      email: call('lower', body('email')),
      password_hash: call('passwordHash', body('password')),
    }),
  ],
  outcomes: [
    refusal(409, 'email_taken', [input('valid', 'body'), taken]),
    answer(201, [input('valid', 'body'), negate(taken)], ['made']),
  ],
});
const login = route('POST', '/login', {
  body: {
    type: 'object',
    properties: { email: { type: 'string', format: 'email' }, password: { type: 'string' } },
    required: ['email', 'password'],
  },
  reads: [query('user', 'users', [eq(col('user.email'), call('lower', body('email')))])],
  writes: [
    insert('session', 'sessions', {
      user_id: col('user.id'),
      token: { kind: 'opaque', text: 'hash(token)' },
      expires_at: arith(now, '+', lit(7 * DAY)),
    }),
  ],
  outcomes: [
    refusal(401, 'bad_credentials', [input('valid', 'body'), absent('user')]),
    answer(200, [input('valid', 'body'), exists('user')], ['session']),
  ],
});

/** A shop with the rules that business software is full of: sums, limits, windows, quotas, roles, flags. */
export const shop: Model = modelOf(tables, [checkout, refund, demote, lounge, signUp, login], auth);
