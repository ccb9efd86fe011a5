import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Branches, CloneOptions, Ledger } from '../../src/branch/branch.ts';
import { openClones } from '../../src/branch/clone.ts';
import type { Driver } from '../../src/db/db.ts';
import { type Server, startEmbedded } from '../../src/db/embedded.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { clinicSchema } from '../setup/database.ts';

const takeForever = fileURLToPath(new URL('./take-forever.ts', import.meta.url));
const driver: Driver = { open: openSession, connect };

// A server of its own: these tests count all clones that stand on it.
let home = '';
let server: Server;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'statewright-clones-'));
  server = await startEmbedded({ home });
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

/** A ledger that remembers, and says what stood in the server when it was told. */
function memoryLedger() {
  const open = new Set<string>();
  const order: string[] = [];
  const ledger: Ledger = {
    async record(_kind, name) {
      open.add(name);
      order.push(`record, made: ${await exists(name)}`);
    },
    async strike(_kind, name) {
      open.delete(name);
      order.push(`strike, made: ${await exists(name)}`);
    },
  };
  return { ledger, open, order };
}

async function exists(name: string): Promise<boolean> {
  await using sql = await openSession(server.url);
  return (await sql.query('select from pg_database where datname = $1', [name])).length > 0;
}

async function clones(): Promise<string[]> {
  await using sql = await openSession(server.url);
  const rows = await sql.query("select datname from pg_database where datname like 'sw\\_c\\_%'");
  return rows.map((row) => String(row['datname']));
}

let built = 0;
const build = async (url: string) => {
  built += 1;
  await using sql = await openSession(url);
  await sql.query(clinicSchema);
};

const pools: Branches[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
  expect(await clones()).toEqual([]);
});

async function open(options: Partial<CloneOptions> = {}): Promise<Branches> {
  const pool = await openClones({
    url: server.url,
    template: { key: 'clinic', build },
    driver,
    ledger: memoryLedger().ledger,
    workers: 1,
    ...options,
  });
  pools.push(pool);
  return pool;
}

test('hands out databases with the template content, apart from each other', async () => {
  const pool = await open();
  const [one, two] = [await pool.take(), await pool.take()];
  await one.session((sql) => sql.query("insert into departments values ('card', 'Cardiology')"));
  const count = 'select count(*)::int as count from departments';
  expect(await one.session((sql) => sql.query(count))).toEqual([{ count: 3 }]);
  expect(await two.session((sql) => sql.query(count))).toEqual([{ count: 2 }]);
});

test('the template is built once, over pools opened at the same time too', async () => {
  const before = built;
  const template = { key: { once: Math.random() }, build };
  const [one, two] = await Promise.all([open({ template }), open({ template })]);
  await Promise.all([one.take(), two.take()]);
  await open({ template });
  expect(built - before).toBe(1);
});

test('the ledger knows a clone before it is made and until it is gone', async () => {
  const { ledger, open: standing, order } = memoryLedger();
  const pool = await open({ ledger });
  const branch = await pool.take();
  expect(standing).toContain(branch.name);
  await pool.close();
  expect(standing.size).toBe(0);
  expect(new Set(order)).toEqual(new Set(['record, made: false', 'strike, made: false']));
});

test('a clone given back unwritten or restored is handed out again, one that moved on is dropped', async () => {
  const pool = await open({ workers: 0 });
  const first = await pool.take();
  await first.session((sql) => sql.query('delete from departments'));
  await first.giveBack();
  const second = await pool.take();
  const third = await pool.take();
  expect([second.name, third.name]).toContain(first.name);
  const again = second.name === first.name ? second : third;
  const rows = await again.session((sql) => sql.query('select code from departments order by 1'));
  expect(rows).toEqual([{ code: 'derm' }, { code: 'gp' }]);
  await again.baseline();
  await again.giveBack();
  expect(await exists(first.name)).toBe(false);
});

test.each(['set app.leak = 1', 'connection limit 7'])(
  'a clone of which the server holds something else (%s) is dropped when given back',
  async (change) => {
    const branch = await (await open({ workers: 0 })).take();
    await branch.session((sql) => sql.query(`alter database ${branch.name} ${change}`));
    await branch.giveBack();
    expect(await exists(branch.name)).toBe(false);
  },
);

test('no more clones stand than the limit allows, all pools counted', async () => {
  const limit = 4;
  const [one, two] = [await open({ limit, workers: 0 }), await open({ limit, workers: 0 })];
  const taken = [await one.take(), await two.take(), await one.take(), await two.take()];
  const late = one.take();
  const waited = new Promise((done) => setTimeout(done, 300, 'waits'));
  expect(await Promise.race([late, waited])).toBe('waits');
  expect((await clones()).length).toBe(limit);
  await taken[1]?.close();
  expect(await exists((await late).name)).toBe(true);
});

test('who comes while no stock may be made is served all the same', async () => {
  // After the first clone's, each question for a place is answered only once it is let through.
  let asked = 0;
  const held: (() => void)[] = [];
  const gated: Driver = {
    ...driver,
    async open(url) {
      const session = await driver.open(url);
      const query: typeof session.query = async (text, params, name) => {
        const asks = name === 'sw_take_place' && !String(params?.[0]).startsWith('sw_c_build_');
        const holds = asks && ++asked > 1;
        if (holds) await new Promise<void>((pass) => held.push(pass));
        return session.query(text, params, name);
      };
      return { ...session, query };
    },
  };
  const pool = await open({ limit: 2, workers: 0, driver: gated });
  await pool.take();
  await expect.poll(() => held).toHaveLength(1);
  const served = pool.take().then(() => true);
  await expect.poll(() => held).toHaveLength(2);
  let done = false;
  for (let round = 0; round < 20 && !done; round += 1) {
    held.shift()?.();
    done = await Promise.race([served, new Promise<false>((pass) => setTimeout(pass, 200, false))]);
  }
  const freeing = setInterval(() => held.shift()?.(), 10);
  onTestFinished(() => clearInterval(freeing));
  expect(done).toBe(true);
});

test('closing a pool ends the wait for a place', async () => {
  const pool = await open({ limit: 1 });
  await pool.take();
  const refused = expect(pool.take()).rejects.toMatchObject({ code: 'branch.closed' });
  await pool.close();
  await refused;
});

test('settings and rights of the template arrive in its clones', async () => {
  const template = {
    key: 'with settings',
    build: async (url: string) => {
      await using sql = await openSession(url);
      await sql.query(`do $$ begin
        execute format('alter database %I set search_path to ward, public', current_database());
        execute format('alter database %I set clinic.mode to ''night''', current_database());
        execute format('revoke temporary on database %I from public', current_database());
      end $$`);
    },
  };
  const branch = await (await open({ template })).take();
  const [row] = await branch.session((sql) =>
    sql.query(
      `select current_setting('search_path') as path, current_setting('clinic.mode') as mode,
         has_database_privilege('pg_monitor', current_database(), 'connect') as connects,
         has_database_privilege('pg_monitor', current_database(), 'temporary') as temporary`,
    ),
  );
  expect(row).toEqual({ path: 'ward, public', mode: 'night', connects: true, temporary: false });
});

test('a clone somebody dropped is not handed out', async () => {
  const pool = await open({ workers: 0 });
  await expect.poll(clones).toHaveLength(1);
  const [doomed = ''] = await clones();
  await using sql = await openSession(server.url);
  await sql.query(`drop database ${doomed} with (force)`);
  expect((await pool.take()).name).not.toBe(doomed);
});

test('a template that fails to build leaves nothing and says why', async () => {
  const template = {
    key: 'broken',
    build: async (url: string) => {
      await using sql = await openSession(url);
      await sql.query('create table bed (ward int references wards)');
    },
  };
  await expect(open({ template })).rejects.toMatchObject({
    code: 'branch.templateFailed',
    message: expect.stringContaining('relation "wards" does not exist'),
  });
  await using sql = await openSession(server.url);
  const left = await sql.query(
    "select from pg_database where datname like 'sw\\_t\\_%' and datallowconn",
  );
  expect(left).toEqual([]);
});

test('a killed process frees its places at once; its clones stand until they are swept', async () => {
  const child = spawn(process.execPath, ['--no-warnings', takeForever, server.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const name = String(line);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await using sql = await openSession(server.url);
  const locks = () =>
    sql.query("select from pg_locks where locktype = 'advisory' and classid = 21335");
  await expect.poll(locks).toEqual([]);
  expect(await exists(name)).toBe(true);
  expect((await (await open()).take()).name).not.toBe(name);
  for (const clone of await clones()) {
    if (clone.startsWith(name.slice(0, 13))) await sql.query(`drop database ${clone} with (force)`);
  }
});
