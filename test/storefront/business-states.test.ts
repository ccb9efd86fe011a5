import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Fact, StateRow } from '../../evals/business/list.ts';
import { queryOf, STATES } from './business-states.ts';
import { Shop } from './harness.ts';
import { ago, giftCardCode, inDays, next, type Row, unknownId, World } from './world.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.start();
});
afterAll(() => shop?.stop());

type Defaults = (w: World) => Row | Promise<Row>;
const owned = async (w: World) => ({ user_id: (await w.account()).id });
const ofOrder = async (w: World) => ({ order_id: (await w.order(await w.account())).id });

/** What a row needs beside the facts of a state. */
const DEFAULTS: Record<string, Defaults> = {
  users: () => ({ email: `state-${next()}@example.com`, password_hash: 'x', display_name: 'S' }),
  products: async (w) => {
    const n = next();
    const category_id = (await w.category()).id;
    return { sku: `SKU-${n}`, slug: `state-${n}`, name: 'P', category_id, price_cents: 1_000 };
  },
  coupons: () => ({ code: `STATE${next()}`, kind: 'percent', value: 10 }),
  gift_cards: () => ({
    code: giftCardCode(),
    initial_cents: 500,
    balance_cents: 500,
    expires_at: inDays(9),
  }),
  carts: owned,
  cart_items: async (w) => ({ product_id: (await w.product()).id, quantity: 1 }),
  addresses: () => ({
    label: `Label ${next()}`,
    recipient: 'S',
    line1: 'Street 1',
    city: 'Town',
    postal_code: '12345',
    country: 'DE',
  }),
  orders: async (w) => {
    const { id, user_id } = await w.address(await w.account());
    const money = { subtotal_cents: 9, total_cents: 900 };
    return { user_id, address_id: id, shipping_method: 'standard', ...money };
  },
  payments: () => ({ method: 'card', amount_cents: 900 }),
  refunds: async (w) => ({
    requested_by: (await w.account()).id,
    amount_cents: 100,
    reason: 'Broken',
  }),
  loyalty_accounts: owned,
  points_entries: () => ({ kind: 'earned', points: 900, remaining: 900 }),
  split_payments: async (w) => ({ ...(await ofOrder(w)), total_cents: 900 }),
  split_parts: () => ({ position: next(), means: 'card', amount_cents: 100 }),
  subscriptions: async (w) => ({
    ...(await owned(w)),
    plan: 'plus',
    status: 'active',
    period_start: inDays(-40),
    period_end: inDays(20),
  }),
  subscription_invoices: () => ({ plan: 'plus', amount_cents: 599, reason: 'period' }),
  stores: () => ({ key: `state-${next()}`, name: 'S', country: 'CH', currency: 'CHF' }),
  store_staff: () => ({}),
};

/** Columns that a constraint ties to a fact. */
function implied(table: string, row: Row): Row {
  if (table === 'refunds' && row.status !== 'pending') return { decided_at: new Date() };
  if (table === 'loyalty_accounts' && row.frozen_at) return { frozen_reason: 'Under review' };
  if (table === 'subscriptions' && row.status === 'cancelled') return { cancelled_at: ago(60) };
  return {};
}

function valueFor(fact: Fact, made: Map<string, Row>): unknown {
  if (typeof fact !== 'object') return fact;
  if ('gt' in fact) return fact.gt + 1;
  if ('lt' in fact) return fact.lt - 1;
  if ('null' in fact) return fact.null ? null : ago(60);
  if ('before' in fact) return ago(60);
  if ('after' in fact) return inDays(5);
  const [name = '', column = ''] = fact.ref.split('.');
  return made.get(name)?.[column];
}

async function insertRow(w: World, state: StateRow, made: Map<string, Row>): Promise<void> {
  const row: Row = { ...(await DEFAULTS[state.table]?.(w)) };
  made.set(state.name ?? '', row);
  for (const [column, fact] of Object.entries(state.where)) row[column] = valueFor(fact, made);
  if (row.means === 'gift_card') row.gift_card_id = (await w.giftCard()).id;
  const inserted = await w.insert(state.table, { ...row, ...implied(state.table, row) });
  if (state.name) made.set(state.name, inserted);
}

test('has states with names of their own, whose rows only refer to rows they have', () => {
  expect(new Set(STATES.map(({ id }) => id)).size).toBe(STATES.length);
  expect(STATES.filter(({ relations }) => !relations)).toEqual([]);
  for (const { rows } of STATES) {
    const named = rows.map(({ name }) => name).filter((name) => name !== undefined);
    expect(new Set(named).size).toBe(named.length);
    const refs = rows.flatMap(({ where }) =>
      Object.values(where).flatMap((fact) =>
        typeof fact === 'object' && 'ref' in fact ? [fact.ref.split('.')[0]] : [],
      ),
    );
    expect(refs.filter((ref) => !named.includes(ref ?? ''))).toEqual([]);
  }
});

test('of business-states.json can stand in the database, and are found only where they do', async () => {
  const w = new World(shop, `GET /${unknownId()}`);
  const found = async (state: (typeof STATES)[number]) => {
    const { text, values } = queryOf(state);
    return (await w.query(text, values))[0]?.n as number;
  };
  for (const state of STATES) {
    expect(await found(state), `${state.id}, before`).toBe(0);
    const made = new Map<string, Row>();
    for (const row of state.rows) {
      for (let i = 0; i < (row.count ?? 1); i++) await insertRow(w, row, made);
    }
    expect(await found(state), state.id).toBeGreaterThan(0);
    await w.query('TRUNCATE users, products, coupons, gift_cards CASCADE');
    await w.query("DELETE FROM stores WHERE key NOT IN ('main', 'alpine')");
  }
});
