import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Branch, Branches, CloneOptions, Ledger } from '../../src/branch/branch.ts';
import { openClones } from '../../src/branch/clone.ts';
import { type Sql, withDatabase } from '../../src/db/db.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { type Comparison, spread, timed } from './measure.ts';

const beside = 'create database … template … strategy file_copy';

/**
 * Handing out an isolated database beside `CREATE DATABASE … TEMPLATE` of the same tables on the same
 * server, taken in turns: warmed (lock, ledger and health check included), and as a sustained rate,
 * used clones brought back (the yardstick drops nothing) or dropped (it drops too).
 */
export async function cloneBench(): Promise<readonly Comparison[]> {
  const home = await mkdtemp(join(tmpdir(), 'statewright-bench-'));
  const server = await startEmbedded({ home });
  const sql = await openSession(server.url);
  try {
    const options = await poolOptions(server.url, sql);
    await using pool = await openClones(options);
    return [
      await warmed(pool, sql, options),
      await sustained(pool, sql, {
        name: 'databases a second, written to and given back',
        use: giveBack,
        dropped: false,
      }),
      await sustained(pool, sql, {
        name: 'databases a second, dropped after use',
        use: drop,
        dropped: true,
      }),
    ];
  } finally {
    await sql.end();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function warmed(pool: Branches, sql: Sql, { ledger }: CloneOptions): Promise<Comparison> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 60; round++) {
    await settled(sql);
    const handOut = async () => {
      const branch = await pool.take();
      await ledger.record('database', `${branch.name} is taken`);
      return branch;
    };
    const start = performance.now();
    const branch = await handOut();
    ours.push(performance.now() - start);
    await branch.close();
    await settled(sql);
    theirs.push(await timed(() => create(sql, 'plain')));
    await sql.query('drop database plain');
  }
  const measured = { ours: spread(ours.slice(10)), theirs: spread(theirs.slice(10)) };
  return {
    name: 'hand out an isolated database, warmed',
    beside,
    unit: 'ms',
    ...measured,
    aim: 0.1,
  };
}

interface Use {
  readonly name: string;
  readonly use: (branch: Branch) => Promise<void>;
  /** Whether dropping is part of both. */
  readonly dropped: boolean;
}

const drop = (branch: Branch) => branch.close();

/** As a test would leave it: rows made and changed in five tables. */
async function giveBack(branch: Branch): Promise<void> {
  const writes = [3, 4, 5, 6, 7].map(
    (n) => `insert into t${n} (name) values ('new'); update t${n} set doc = '{}' where id = 1`,
  );
  await branch.session((sql) => sql.query(writes.join(';')));
  await branch.giveBack();
}

async function sustained(
  pool: Branches,
  sql: Sql,
  { name, use, dropped }: Use,
): Promise<Comparison> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 7; round++) {
    await settled(sql);
    const creating = await timed(async () => {
      for (let n = 0; n < batch; n++) await create(sql, `plain_${n}`);
      if (dropped) await dropPlain(sql);
    });
    if (!dropped) await dropPlain(sql);
    const handing = await timed(async () => {
      const takers = Array.from({ length: workers }, async () => {
        for (let n = 0; n < batch / workers; n++) await use(await pool.take());
      });
      await Promise.all(takers);
      // What was warm before must be warm again, or the stock would flatter the rate.
      await settled(sql);
    });
    theirs.push((batch / creating) * 1000);
    ours.push((batch / handing) * 1000);
  }
  const measured = { ours: spread(ours.slice(1)), theirs: spread(theirs.slice(1)) };
  return {
    name,
    beside: dropped ? `${beside}; drop database` : beside,
    unit: '/s',
    ...measured,
    aim: 0.9,
  };
}

const workers = 2;

/** Waits until the pool has its stock again and the server is at rest. */
async function settled(sql: Sql): Promise<void> {
  for (;;) {
    const [row] = await sql.query(`
      select (select count(*)::int from pg_database where datname like 'sw\\_c\\_%') as clones,
        (select count(*)::int from pg_stat_activity
          where state = 'active' and pid <> pg_backend_pid()) as active`);
    if (Number(row?.['clones']) > workers && row?.['active'] === 0) return;
    await sleep(2);
  }
}

const batch = 24;

async function dropPlain(sql: Sql): Promise<void> {
  for (let n = 0; n < batch; n++) await sql.query(`drop database plain_${n}`);
}

/** The yardstick's template holds the tables alone, nothing of ours. */
async function create(sql: Sql, name: string): Promise<void> {
  await sql.query(`create database ${name} template tables strategy file_copy`);
}

async function poolOptions(url: string, sql: Sql): Promise<CloneOptions> {
  await sql.query('create database tables');
  await thirtyTables(withDatabase(url, 'tables'));
  await sql.query('alter database tables with allow_connections false');
  await sql.query('create table ledger (kind text, name text primary key, at timestamptz)');
  const ledger: Ledger = {
    record: async (kind, name) => {
      await sql.query('insert into ledger values ($1, $2, clock_timestamp())', [kind, name], 'rec');
    },
    strike: async (_kind, name) => {
      await sql.query('delete from ledger where name = $1', [name], 'strike');
    },
  };
  const driver = { open: openSession, connect };
  return { url, driver, ledger, workers, template: { key: 'thirty tables', build: thirtyTables } };
}

/** 30 tables, each with an index or two, a foreign key to the one before, and 20 rows. */
async function thirtyTables(url: string): Promise<void> {
  await using sql = await openSession(url);
  for (let n = 0; n < 30; n++) {
    const reference = n === 0 ? '' : `references t${n - 1}`;
    await sql.query(`
      create table t${n} (id bigserial primary key, name text unique, parent bigint ${reference},
        doc jsonb, made_at timestamptz default now());
      create index on t${n} (made_at);
      insert into t${n} (name) select 'row ' || g from generate_series(1, 20) g`);
  }
}
