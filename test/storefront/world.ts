// What a case needs to make its request: rows, people who have signed in, and the request itself.
import { createHash, randomBytes, randomUUID, scryptSync } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import type { Page } from 'playwright-core';
import type { Flavour, Shop } from './harness.ts';

export type Row = QueryResultRow;
export interface Person extends Row {
  id: string;
  email: string;
  cookie: string;
}

export interface Call {
  as?: { cookie: string } | undefined;
  app?: Flavour;
  params?: Record<string, string | number>;
  query?: string;
  body?: unknown;
  form?: Record<string, string>;
  raw?: { type: string; body: string };
}

/** How a request ended; `text` is what a page shows. */
export interface Outcome {
  status: number;
  code: string | null;
  body: Row;
  location: string | null;
  text: string;
}

export const PASSWORD = 'correct horse battery';
const salt = randomBytes(16);
const HASH = `scrypt$${salt.toString('hex')}$${scryptSync(PASSWORD, salt, 32).toString('hex')}`;

let counter = 0;
export const next = () => ++counter;
export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
export const inDays = (days: number) => ago(-days * 24 * 60);
export const unknownId = () => randomUUID();
export const UNKNOWN_NUMBER = 999_999_999;

/** A code with a right check digit (Luhn, as on the cards). */
export function giftCardCode(): string {
  const body = String(next()).padStart(11, '4');
  for (let check = 0; ; check++) {
    const digits = [...`${body}${check}`].reverse().map(Number);
    const sum = digits.reduce((total, digit, i) => {
      const doubled = i % 2 === 1 ? digit * 2 : digit;
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    if (sum % 10 === 0)
      return `GC-${`${body}${check}`.replace(/(\d{4})(\d{4})(\d{4})/, '$1-$2-$3')}`;
  }
}

const visibleText = (html: string) =>
  html
    .replace(/<!--.*?-->/g, '')
    .replace(/<[^>]+>/g, '\n')
    .replaceAll('&amp;', '&')
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"');

/** Every ending the suite has seen, to compare with the key. */
export const seen = new Map<string, Set<string>>();
function remember(route: string, outcome: Outcome) {
  const key = `${outcome.status} ${outcome.code}`;
  seen.set(route, (seen.get(route) ?? new Set()).add(key));
}

export class World {
  private readonly shop: Shop;
  readonly route: string;
  readonly flavour: Flavour;

  constructor(shop: Shop, route: string, flavour: Flavour = 'standard') {
    this.shop = shop;
    this.route = route;
    this.flavour = flavour;
  }

  /** The same, in the app without a catalogue. */
  get emptyShop() {
    return new World(this.shop, this.route, 'empty');
  }

  on(route: string) {
    return new World(this.shop, route, this.flavour);
  }

  // --------------------------------------------------------------- requests

  async call(call: Call = {}): Promise<Outcome> {
    const [method = 'GET', pattern = ''] = this.route.replace('PAGE', 'GET').split(' ');
    const target = pattern.replace(/:(\w+)/g, (_, name) => String(call.params?.[name]));
    const headers: Record<string, string> = {};
    if (call.as) headers.cookie = call.as.cookie;
    let body: string | undefined;
    if (call.raw) {
      headers['content-type'] = call.raw.type;
      body = call.raw.body;
    } else if (call.form) {
      headers['content-type'] = 'application/x-www-form-urlencoded';
      body = new URLSearchParams(call.form).toString();
    } else if (call.body !== undefined) {
      headers['content-type'] = 'application/json';
      body = JSON.stringify(call.body);
    }
    const base = await this.shop.base(call.app ?? this.flavour);
    const response = await fetch(`${base}${target}${call.query ? `?${call.query}` : ''}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
    const content = await response.text();
    const json = response.headers.get('content-type')?.includes('json')
      ? JSON.parse(content)
      : null;
    const outcome = {
      status: response.status,
      code: json?.error ?? null,
      body: json ?? {},
      location: response.headers.get('location'),
      text: visibleText(content),
    };
    remember(this.route, outcome);
    return outcome;
  }

  /** Opens a client page; `act` goes on from when it has loaded. */
  async open(
    call: Pick<Call, 'as' | 'app'>,
    act: (page: Page) => Promise<unknown> = () => Promise.resolve(),
    before: (page: Page) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<Outcome> {
    const base = await this.shop.base(call.app ?? this.flavour);
    const browser = await this.shop.browser();
    const context = await browser.newContext({ serviceWorkers: 'block' });
    try {
      const [name = '', value = ''] = call.as?.cookie.split('=') ?? [];
      if (call.as) await context.addCookies([{ name, value, url: base }]);
      const page = await context.newPage();
      await before(page);
      const response = await page.goto(`${base}${this.route.replace('PAGE ', '')}`);
      const root = page.locator('#root');
      await root.locator('h1, form, button').first().waitFor();
      await act(page);
      const text = (await root.allInnerTexts()).join('\n');
      return { status: response?.status() ?? 0, code: null, body: {}, location: null, text };
    } finally {
      await context.close();
    }
  }

  // --------------------------------------------------------------- rows

  async query(text: string, values: unknown[] = []): Promise<Row[]> {
    const pool = await this.shop.pool(this.flavour);
    return (await pool.query(text, values)).rows;
  }

  async insert(table: string, row: Row): Promise<Row> {
    const names = Object.keys(row);
    const marks = names.map((_, i) => `$${i + 1}`);
    const text = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks.join(', ')}) RETURNING *`;
    const [inserted] = await this.query(text, Object.values(row));
    return inserted ?? {};
  }

  async update(table: string, id: string | number, changes: Row): Promise<void> {
    const sets = Object.keys(changes).map((name, i) => `${name} = $${i + 2}`);
    await this.query(`UPDATE ${table} SET ${sets.join(', ')} WHERE id = $1`, [
      id,
      ...Object.values(changes),
    ]);
  }

  account(row: Row = {}): Promise<Row> {
    const email = `someone-${next()}@example.com`;
    return this.insert('users', {
      email,
      password_hash: HASH,
      display_name: 'Someone',
      email_verified_at: new Date(),
      ...row,
    });
  }

  async signIn(account: Row): Promise<Person> {
    const base = await this.shop.base(this.flavour);
    const response = await fetch(`${base}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: account.email, password: PASSWORD }),
    });
    const [cookie = ''] = response.headers.get('set-cookie')?.split(';') ?? [];
    if (response.status !== 200) throw new Error(`sign-in of ${account.email}: ${response.status}`);
    return { ...account, cookie } as Person;
  }

  /** A new account with a session; hundreds of sign-ins would be most of the suite’s time. */
  async person(row: Row = {}): Promise<Person> {
    const account = await this.account(row);
    const token = randomUUID();
    const token_hash = createHash('sha256').update(token).digest('hex');
    await this.insert('sessions', { user_id: account.id, token_hash, expires_at: inDays(1) });
    return { ...account, cookie: `storefront_session=${token}` } as Person;
  }
  private async signedIn(row: Row = {}): Promise<Person> {
    return this.signIn(await this.account(row));
  }
  admin() {
    return shared(this, 'admin', () => this.signedIn({ role: 'admin' }));
  }
  support() {
    return shared(this, 'support', () => this.signedIn({ role: 'support' }));
  }
  customer() {
    return shared(this, 'customer', () => this.signedIn());
  }
  /** Signed in once, but not any more. */
  gone(kind: 'unknown' | 'expired' | 'deleted' | 'banned'): Promise<Person> {
    return shared(this, kind, async () => {
      const person = await this.signedIn();
      if (kind === 'unknown') person.cookie = `storefront_session=${randomUUID()}`;
      if (kind === 'expired') {
        await this.query('UPDATE sessions SET expires_at = $2 WHERE user_id = $1', [
          person.id,
          ago(1),
        ]);
      }
      if (kind === 'deleted') await this.update('users', person.id, { deleted_at: ago(1) });
      if (kind === 'banned') await this.update('users', person.id, { banned_at: ago(1) });
      return person;
    });
  }

  category(row: Row = {}): Promise<Row> {
    const n = next();
    return this.insert('categories', { slug: `category-${n}`, name: `Category ${n}`, ...row });
  }
  async product(row: Row = {}): Promise<Row> {
    const n = next();
    const category = row.category_id
      ? { id: row.category_id }
      : await shared(this, 'category', () => this.category());
    return this.insert('products', {
      sku: `SKU-${n}`,
      slug: `product-${n}`,
      name: `Product ${n}`,
      description: 'Good to have',
      category_id: category.id,
      status: 'active',
      price_cents: 1_000,
      stock: 10,
      ...row,
    });
  }
  coupon(row: Row = {}): Promise<Row> {
    const code = `CODE${next()}`;
    return this.insert('coupons', { code, kind: 'percent', value: 10, ...row });
  }
  giftCard(row: Row = {}): Promise<Row> {
    return this.insert('gift_cards', {
      code: giftCardCode(),
      initial_cents: 500,
      balance_cents: 500,
      expires_at: inDays(300),
      ...row,
    });
  }
  async cart(user: Row, lines: [product: Row, quantity: number][], row: Row = {}): Promise<Row> {
    const cart = await this.insert('carts', { user_id: user.id, ...row });
    for (const [product, quantity] of lines) {
      await this.insert('cart_items', { cart_id: cart.id, product_id: product.id, quantity });
    }
    return cart;
  }
  address(user: Row, row: Row = {}): Promise<Row> {
    return this.insert('addresses', {
      user_id: user.id,
      label: `Label ${next()}`,
      recipient: 'Someone',
      line1: 'Street 1',
      city: 'Town',
      postal_code: '12345',
      country: 'DE',
      ...row,
    });
  }
  async order(user: Row, row: Row = {}, products: Row[] = []): Promise<Row> {
    const address_id = row.address_id ?? (await this.address(user)).id;
    const order = await this.insert('orders', {
      user_id: user.id,
      shipping_method: 'standard',
      subtotal_cents: 1_000,
      total_cents: 1_000,
      ...row,
      address_id,
    });
    for (const { id, sku, name } of products) {
      const item = { order_id: order.id, product_id: id, sku, name };
      await this.insert('order_items', { ...item, unit_price_cents: 1_000, quantity: 1 });
    }
    return order;
  }
  payment(order: Row, row: Row = {}): Promise<Row> {
    return this.insert('payments', {
      order_id: order.id,
      method: 'card',
      amount_cents: order.total_cents,
      ...row,
    });
  }
  /** A completed and paid order, ready for a refund. */
  async completedOrder(user: Row, row: Row = {}, payment: Row = {}): Promise<Row> {
    const order = await this.order(user, { status: 'completed', completed_at: ago(60), ...row });
    await this.payment(order, { status: 'cleared', ...payment });
    return order;
  }
  /** A store in Switzerland that is open. */
  store(row: Row = {}): Promise<Row> {
    const n = next();
    const defaults = { key: `store-${n}`, name: `Store ${n}`, country: 'CH', currency: 'CHF' };
    return this.insert('stores', { ...defaults, state: 'open', ...row });
  }
  offer(store: Row, product: Row, row: Row = {}): Promise<Row> {
    const defaults = { store_key: store.key, product_id: product.id };
    return this.insert('store_offers', { ...defaults, price_cents: 1_500, stock: 5, ...row });
  }
  /** A subscription to Plus that runs for 20 more days. */
  subscription(user: Row, row: Row = {}): Promise<Row> {
    return this.insert('subscriptions', {
      user_id: user.id,
      plan: 'plus',
      status: 'active',
      card_token: 'tok_visa',
      period_start: inDays(-10),
      period_end: inDays(20),
      ...row,
    });
  }
  invoice(subscription: Row, row: Row = {}): Promise<Row> {
    const paid = row.status === 'paid' ? { paid_at: new Date() } : {};
    const defaults = { subscription_id: subscription.id, plan: 'plus', amount_cents: 599 };
    return this.insert('subscription_invoices', { ...defaults, reason: 'period', ...paid, ...row });
  }
  /** A split payment of the order; its parts are by card and of 1,000 cents each. */
  async split(order: Row, row: Row = {}, wanted: Row[] = []) {
    const defaults = { order_id: order.id, total_cents: order.total_cents };
    const split = await this.insert('split_payments', { ...defaults, ...row });
    const parts: Row[] = [];
    for (const [i, part] of wanted.entries()) {
      const fields = { split_id: split.id, position: i + 1, means: 'card', amount_cents: 1_000 };
      parts.push(await this.insert('split_parts', { ...fields, ...part }));
    }
    return { split, parts };
  }
  /** A member of the loyalty programme with so many lots of points. */
  async points(user: Row, lots: Row[], account: Row = {}): Promise<void> {
    await this.insert('loyalty_accounts', { user_id: user.id, ...account });
    for (const lot of lots) {
      const row = { user_id: user.id, kind: 'welcome', points: 500, remaining: 500 };
      await this.insert('points_entries', { ...row, ...lot });
    }
  }
  refund(order: Row, row: Row = {}): Promise<Row> {
    const decided = row.status && row.status !== 'pending' ? { decided_at: new Date() } : {};
    return this.insert('refunds', {
      order_id: order.id,
      requested_by: order.user_id,
      amount_cents: 400,
      reason: 'It is broken',
      ...decided,
      ...row,
    });
  }
}

const sharedThings = new Map<string, Promise<unknown>>();
function shared<T>(world: World, name: string, make: () => Promise<T>): Promise<T> {
  const key = `${world.flavour} ${name}`;
  const known = sharedThings.get(key);
  if (known) return known as Promise<T>;
  const made = make();
  sharedThings.set(key, made);
  return made;
}
