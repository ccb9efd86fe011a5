import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Database } from '../../src/db/db.ts';
import { tearDown } from '../../src/operations/down.ts';
import { leaseState } from '../../src/operations/leasing.ts';
import type { Place } from '../../src/operations/place.ts';
import { type Planned, planModel } from '../../src/operations/plan.ts';
import { portsFor, withoutUnset } from '../../src/operations/proving.ts';
import { type Reading, readModel } from '../../src/operations/reading.ts';
import { Plan } from '../../src/plan/plan.ts';
import { fire } from '../../src/proof/fire.ts';
import { summarize } from '../../src/proof/proof.ts';
import { prove } from '../../src/proof/prove.ts';
import { enroll } from '../../src/run/guard.ts';
import type { Run } from '../../src/run/run.ts';
import { bindRequest } from '../../src/state/bind.ts';
import { contentsOf, triggersOf } from '../setup/contents.ts';
import { freshDatabase } from '../setup/database.ts';
import { APP_DIR } from './harness.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const MIGRATIONS = join(APP_DIR, 'migrations');
const schema = readdirSync(MIGRATIONS)
  .sort()
  .map((file) => readFileSync(join(MIGRATIONS, file), 'utf8'))
  .join('\n');
const place: Place = {
  clock: { now: () => new Date() },
  emit: () => undefined,
  signal: new AbortController().signal,
  env: process.env,
  home: '/nowhere',
  terminal: { colour: false, width: 100 },
};

let reading: Reading;
let config: Config;
let planned: Planned;
beforeAll(async () => {
  reading = await readModel(APP_DIR, place);
  config = await loadConfig(APP_DIR);
  planned = planModel(reading.model, { variants: false });
});

const contents = (database: Database) => database.session(contentsOf);

/** The plans that change most: of every route that writes, those that succeed. */
function writers(): Plan[] {
  return planned.plans
    .map((plan) => withoutUnset(plan, config))
    .filter(
      ({ when, then, given }) =>
        when.some(({ method, visit }) => method !== 'GET' && !visit) &&
        (then.status ?? 500) < 400 &&
        Object.keys(given.env).length === 0,
    );
}

/** A checkout writes to seven tables: the order with its items, stock, cart, ledger of stock, … */
function placesAnOrder(): Plan {
  const scenario = planned.scenarios.find(({ route }) => route === 'POST /api/checkout');
  const ref = (to: string) => ({ ref: to });
  const rows = {
    user: {
      table: 'users',
      set: { role: 'customer', tier: 'standard', email_verified_at: { now: '-P2D' } },
    },
    category: { table: 'categories', set: {} },
    product: {
      table: 'products',
      set: { category_id: ref('category.id'), status: 'active', stock: 5, price_cents: 2500 },
    },
    address: {
      table: 'addresses',
      set: { user_id: ref('user.id'), country: 'DE', is_default: true },
    },
    cart: { table: 'carts', set: { user_id: ref('user.id') } },
    item: {
      table: 'cart_items',
      set: { cart_id: ref('cart.id'), product_id: ref('product.id'), quantity: 2 },
    },
  };
  return Plan.parse({
    ...{
      version: 1,
      id: 'POST /api/checkout › an order is placed',
      title: 'An order is placed',
      variantOf: scenario?.id,
    },
    given: { rows, absent: [], personas: { shopper: { row: 'user' } }, env: {} },
    when: [
      {
        as: 'shopper',
        method: 'POST',
        path: '/api/checkout',
        body: { shippingMethod: 'standard' },
      },
    ],
    // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the format
    then: { status: 201, body: { requiresPayment: true }, text: { present: [], absent: [] } },
    ...{
      evidence: [],
      planner: { kind: 'hand', version: '1' },
      digests: { code: '', schema: '', prompt: null },
    },
  });
}

interface Seen {
  resets: number;
  dirty: number;
  differing: string[];
}

/** Looks before and after each reset, by its own means. */
function watched(database: Database, seen: Seen): Database {
  let booted: Readonly<Record<string, string>> = {};
  return {
    ...database,
    baseline: async () => {
      booted = await contents(database);
      await database.baseline();
    },
    reset: async (options) => {
      const before = await contents(database);
      const residue = await database.reset(options);
      const after = await contents(database);
      const tables = Object.keys(booted);
      seen.resets += 1;
      if (tables.some((id) => before[id] !== booted[id])) seen.dirty += 1;
      seen.differing.push(...tables.filter((id) => after[id] !== booted[id]));
      return residue;
    },
  };
}

describe('the checksums of all tables', () => {
  test('are after each reset what they were after the boot', async () => {
    const plans = writers();
    const routes = new Set(plans.map(({ id }) => id.split(' › ')[0]));
    expect(routes.size).toBeGreaterThan(15);
    const seen: Seen = { resets: 0, dirty: 0, differing: [] };
    const lend = async () => {
      const database = await freshDatabase(schema);
      await database.session((sql) =>
        enroll(sql, { environment: 'clone', address: null, days: null }),
      );
      return watched(database, seen);
    };
    const app = { root: reading.root, config, repo: reading.repo };
    const launch = {
      ...{ config: config.app, root: reading.root, hostEnv: process.env, runId: 'residue' },
      record: async () => async () => undefined,
    };
    const { scenarios } = planned;
    const ports = portsFor(
      { ...app, model: reading.model, scenarios, plans, known: planned.plans },
      { place, launch, lend },
    );
    const options = { ports, endings: [], workers: 2, seed: '1', signal: place.signal };
    const proofs = await prove(plans, options);
    // What an ending's plan is worth is told elsewhere; here most requests must write for real.
    const { residue, verdicts } = summarize(proofs);
    expect(residue).toBe(0);
    expect(verdicts['proven']).toBeGreaterThan(0.8 * plans.length);
    expect(seen.differing).toEqual([]);
    expect(seen.resets).toBeGreaterThanOrEqual(plans.length);
    expect(seen.dirty).toBeGreaterThan(0.9 * seen.resets);
  });

  test('are after up, a request and down what they were before, time after time', async () => {
    const database = await freshDatabase(schema);
    await database.session(async (sql) => {
      await sql.query("insert into categories (slug, name) values ('own', 'Own')");
      await enroll(sql, { environment: 'test', address: null, days: null });
    });
    const [before, triggers] = [await contents(database), await database.session(triggersOf)];
    const app = await startStorefront(database.url);
    const target = { db: database.url, app, start: false, ttlMs: 600_000 };
    for (const plan of [
      placesAnOrder(),
      ...planned.plans.filter(({ id }) => ON_OWN.includes(id)),
    ]) {
      const leasing = { plan, scenarios: planned.scenarios, reading, config, target };
      const run = await leaseState(leasing, place);
      const between = await contents(database);
      expect(between, plan.id).not.toEqual(before);
      await ask(app, plan, run);
      expect(await contents(database), plan.id).not.toEqual(between);
      await tearDown.run({ handle: run.handle, db: database.url }, place);
      expect(await contents(database), plan.id).toEqual(before);
      expect(await database.session(triggersOf), plan.id).toEqual(triggers);
    }
  });
});

/** What is set up, asked and taken down on a database that is not ours. */
const ON_OWN = [
  'POST /api/cart/items › 201',
  'POST /api/orders/:id/cancel › 200',
  'POST /api/gift-cards/claim › 201',
  'POST /api/admin/products › 201',
  'DELETE /api/addresses/:id › 204',
];

/** Fires the plan's requests as a test would, with what `up` handed out. */
async function ask(url: string, plan: Plan, run: Run): Promise<void> {
  for (const when of plan.when) {
    const about = { refs: run.refs, now: new Date(), namespace: run.id, seed: config.seed };
    const credentials = when.as === null ? null : (run.personas[when.as] ?? null);
    const answer = await fire(bindRequest(when, about), { url, credentials });
    expect(answer.status, JSON.stringify(answer.body)).toBe(plan.then.status);
  }
}

/** The storefront as its owner would start it, until the test ends. */
async function startStorefront(databaseUrl: string): Promise<string> {
  const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl, PORT: '0', NODE_ENV: 'test' };
  const args = ['--import', 'tsx', 'src/server.ts'];
  const child: ChildProcess = spawn(process.execPath, args, { cwd: APP_DIR, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (text) => (said += text));
    child.stdout?.on('data', (text) => {
      said += text;
      const url = /listening on (\S+)/.exec(said)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', () => reject(new Error(said)));
  });
}
