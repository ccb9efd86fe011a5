import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Sql } from '../db/db.ts';
import { processStart } from '../kernel/process.ts';
import { quoted } from '../kernel/sql-text.ts';
import type { Swept } from './sweep.ts';

type Kind = 'database' | 'session' | 'folder';

interface Stray {
  readonly kind: Kind;
  readonly name: string;
  /** Null where it may be somebody else's after all: it is told and left. */
  readonly remove: (() => Promise<unknown>) | null;
}

/**
 * Takes away what is ours by its name, stands around this server and is in no ledger: clones that nobody
 * holds, sessions of apps whose run is over, folders a day old. Sessions of our own whose process isn't seen
 * are told and left, for it may run in a container.
 */
export async function sweepStrays(
  sql: Sql,
  { dryRun, quietMs = 10_000 }: { dryRun: boolean; quietMs?: number },
): Promise<Swept[]> {
  const swept: Swept[] = [];
  const settle = async ({ kind, name, remove }: Stray) => {
    if (remove === null) {
      const problem = 'its process is not among those seen from here';
      swept.push({ run: '', kind, name, outcome: 'unknown', problem });
      return;
    }
    const problem = dryRun ? null : await remove().then(() => null, reasonOf);
    const outcome = dryRun ? 'due' : problem === null ? 'gone' : 'failed';
    swept.push({ run: '', kind, name, outcome, problem });
  };
  await eachClone(sql, settle);
  for (const stray of [...(await deadSessions(sql, quietMs)), ...(await oldFolders(sql))]) {
    await settle(stray);
  }
  return swept;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export async function dropClone(sql: Sql, name: string): Promise<void> {
  if (!/^sw_c_/.test(name)) throw new Error(`Not a database of ours: ${name}`);
  await sql.query(`drop database if exists ${quoted(name)} with (force)`);
}

/** The first of the two numbers of the lock that whoever makes or uses a clone holds. */
const CLONE_LOCK = 21335;

const COUNTED = `to_regprocedure('statewright.take_place(text, int8)') is not null`;

/** Its lock is held while it is settled. Clones are counted in one database of a server, where their locks are too. */
async function eachClone(sql: Sql, settle: (stray: Stray) => Promise<void>): Promise<void> {
  const rows = await sql.query(
    `select datname as name from pg_database where datname ~ '^sw_c_' and ${COUNTED}
       and not exists (select from statewright.resource where kind = 'database' and name = datname)`,
  );
  for (const row of rows) {
    const name = String(row['name']);
    const [lock] = await sql.query(
      `select pg_try_advisory_lock(${CLONE_LOCK}, hashtext($1)) as got`,
      [name],
    );
    if (lock?.['got'] !== true) continue;
    await settle({ kind: 'database', name, remove: () => dropClone(sql, name) });
    await sql.query(`select pg_advisory_unlock(${CLONE_LOCK}, hashtext($1))`, [name]);
  }
}

/** In this database or a clone. A moment must have passed, for a server hears late of the dead. */
async function deadSessions(sql: Sql, quietMs: number): Promise<Stray[]> {
  const rows = await sql.query(
    `select a.pid, a.application_name as name,
       substring(a.application_name from '^statewright/(\\d+)$')::int as process
     from pg_stat_activity a
     where (a.datname = current_database() or a.datname ~ '^sw_c_' and ${COUNTED}) and a.pid <> pg_backend_pid()
       and a.state_change < clock_timestamp() - $1 * interval '1 ms'
       and pg_has_role(a.usesysid, 'usage')
       and (a.application_name ~ '^statewright/\\d+$'
           and coalesce(a.client_addr <<= '127.0.0.0/8' or a.client_addr = '::1', true)
         or a.application_name ~ '^statewright-(app|migrate)-' and not exists (
           select from statewright.run r where r.state <> 'closed' and (
             starts_with(a.application_name, left('statewright-app-' || r.id, 56))
             or a.application_name = left('statewright-migrate-' || r.id, 63))))`,
    [quietMs],
  );
  return rows
    .filter(({ process }) => process === null || processStart(Number(process)) === null)
    .map(({ pid, name, process }) => ({
      kind: 'session',
      name: `${String(name)} (pid ${String(pid)})`,
      remove: process === null ? () => sql.query('select pg_terminate_backend($1)', [pid]) : null,
    }));
}

const SCRATCH = /^(sw-(b-)?[0-9a-f]{12}|statewright-compose-\w+)$/;
const DAY_MS = 86_400_000;

async function oldFolders(sql: Sql): Promise<Stray[]> {
  const known = await sql.query(`select name from statewright.resource where kind = 'folder'`);
  const names = new Set(known.map(({ name }) => String(name)));
  const strays: Stray[] = [];
  for (const name of await readdir(tmpdir())) {
    const path = join(tmpdir(), name);
    if (!SCRATCH.test(name) || names.has(path)) continue;
    const found = await stat(path).catch(() => null);
    // The file system's own clock is the one that dated it.
    if (!found || found.uid !== userInfo().uid || Date.now() - found.mtimeMs < DAY_MS) continue;
    const remove = () => rm(path, { recursive: true, force: true });
    strays.push({ kind: 'folder', name: path, remove });
  }
  return strays;
}
