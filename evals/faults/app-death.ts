import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readCatalog } from '../../src/db/catalog.ts';
import type { Driver } from '../../src/db/db.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import type { App } from '../../src/model/model.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { fire } from '../../src/proof/fire.ts';
import { down } from '../../src/run/down.ts';
import { openLedger } from '../../src/run/ledger.ts';
import { up } from '../../src/run/up.ts';
import { bindRequest } from '../../src/state/bind.ts';
import { compileState } from '../../src/state/compile.ts';
import type { Place } from './faults.ts';
import { MOMENTS, type Moment } from './moments.ts';
import { leftOver, recover, type Struck } from './strike.ts';

export const APP_SCHEMA = `
  create table accounts (id bigserial primary key, email text not null unique,
    password_hash text not null, plan text not null default 'free');
  create table sessions (token text primary key, account_id bigint not null references accounts (id));
  create table notes (id bigserial primary key, account_id bigint not null references accounts (id),
    text text not null);
  insert into accounts (email, password_hash) values ('standing@example.test', 'x');
  insert into notes (account_id, text) select id, 'standing' from accounts`;

const doors = { fields: { email: 'email' }, password: 'password' };
const app: App = {
  ...{ name: 'notes', root: '.', frameworks: [], orms: [], variables: null },
  ...{ routes: [], pages: [], components: [], tables: [] },
  auth: {
    carrier: { from: 'cookies', name: 'token' },
    session: { table: 'sessions', column: 'token' },
    actor: 'accounts',
    signUp: { route: 'POST /accounts', ...doors },
    signIn: { route: 'POST /sessions', ...doors },
    passwordColumn: 'password_hash',
    handed: false,
  },
};

const plan: Plan = {
  version: 1,
  id: 'app-death',
  title: 'Somebody who pays writes a note',
  variantOf: null,
  given: {
    rows: {
      ann: { table: 'accounts', set: { email: { unique: 'ann@example.test' }, plan: 'paid' } },
      note: { table: 'notes', set: { account_id: { ref: 'ann.id' }, text: 'first' } },
    },
    absent: [],
    personas: { ann: { row: 'ann' } },
    env: {},
  },
  when: [{ as: 'ann', method: 'POST', path: '/notes', body: {} }],
  // biome-ignore lint/suspicious/noThenProperty: a plan is data, never awaited
  then: { status: 201, text: { present: [], absent: [] } },
  evidence: [],
  planner: { kind: 'hand', version: '1' },
  digests: { code: '', schema: '', prompt: null },
};

/** What the app is asked, in this order: two requests of the set-up, and the one that is proven. */
const REQUESTS = ['sign-up', 'sign-in', 'the proof'] as const;

const APP = fileURLToPath(new URL('app.ts', import.meta.url));

/** How many ways there are for it to die. */
export const DEATHS = REQUESTS.length * MOMENTS.length;

/** The app dies at a moment of a request; what was set up is taken down, or swept where it could not be. */
export async function appDeath(place: Place, at: number): Promise<Struck> {
  const nth = Math.ceil(at / MOMENTS.length);
  const moment = MOMENTS[(at - 1) % MOMENTS.length] ?? MOMENTS[0];
  await using own = await connect(place.database);
  const before = await own.checksums();
  const survived = await proveOnce(place, { nth, moment });
  await recover(place);
  // A statement the app left behind would have committed by then.
  await sleep(500);
  const left = await leftOver(place, before);
  const fault = `kill -9 of the app at ${REQUESTS[nth - 1]}, ${moment}`;
  return { fault, place: place.name, during: 'up', at, survived, left };
}

/** Whether it was answered as planned. */
async function proveOnce(
  { url, database: target }: Place,
  death: { nth: number; moment: Moment },
): Promise<boolean> {
  const driver: Driver = { connect, open: openSession };
  await using running = await startApp(target, death);
  await using ledger = await openLedger(driver, url);
  await using database = await connect(target);
  const catalog = await database.session(readCatalog);
  const { state } = compileState(plan, { app, catalog, seed: '1' });
  try {
    const run = await up(state, {
      ...{ database, ledger, readCatalog, own: false, term: { hold: 'held' } },
      app: { url: running.url, pid: 0 },
      bind: (when, known) => bindRequest(when, { ...known, now: new Date() }),
    });
    try {
      const [when] = plan.when;
      const credentials = run.personas['ann'] ?? null;
      const answer = when ? await fire(when, { url: running.url, credentials }) : null;
      return answer?.status === 201;
    } finally {
      await down(run.handle, { ledger, driver, readCatalog });
    }
  } catch {
    return false;
  }
}

async function startApp(database: string, { nth, moment }: { nth: number; moment: Moment }) {
  const child = spawn(process.execPath, [APP, database, String(nth), moment], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
