import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Catalog, Driver, Session, Sql } from '../db/db.ts';
import { isRunning } from '../kernel/process.ts';
import { groundOf, inEnrolled } from './ground.ts';
import { dueSql, lockRun, unlockRun } from './lease.ts';
import type { ControlLedger, ResourceKind } from './ledger.ts';
import { dropClone, sweepStrays } from './stray.ts';
import { undoRows } from './undo.ts';

export interface SweepOptions {
  readonly ledger: ControlLedger;
  readonly driver: Driver;
  readonly readCatalog: (sql: Sql) => Promise<Catalog>;
  /** Takes a run's journal out of a given database, its content brought back. */
  readonly dropJournal: (database: string, run: string) => Promise<void>;
  /** Deletes a branch or a container by its name; what runs elsewhere stays due where it is absent. */
  readonly dropElsewhere?: (kind: 'branch' | 'container', name: string) => Promise<void>;
  /** Only says what would be done. */
  readonly dryRun?: boolean;
}

/**
 * One thing a dead run left, and what came of it. `run` is empty where no ledger knows it; `unknown` is
 * what looks like ours and stands elsewhere, where it may be another machine's.
 */
export interface Swept {
  readonly run: string;
  readonly kind: ResourceKind | 'session';
  readonly name: string;
  readonly outcome: 'due' | 'gone' | 'failed' | 'unknown';
  readonly problem: string | null;
}

/**
 * Takes away what dead runs left: processes first, then rows, journals, databases, folders. Runs whose
 * holder lives and leases that stand are not touched. Two sweeps at once share the work: each run has
 * one lock.
 */
export async function sweep(options: SweepOptions): Promise<Swept[]> {
  const { ledger, driver, dryRun = false } = options;
  await using sql = await driver.open(ledger.url);
  const due = await sql.query(
    `select r.id from statewright.run r where r.state <> 'closed' and ${dueSql} order by r.begun_at`,
  );
  const swept: Swept[] = [];
  for (const { id } of due) {
    swept.push(...(await sweepRun(String(id), { ...options, sql, dryRun })));
  }
  swept.push(...(await sweepStrays(sql, { dryRun })));
  if (!dryRun) await forgetOld(sql);
  return swept;
}

type Sweeping = SweepOptions & { readonly sql: Session; readonly dryRun: boolean };

async function sweepRun(id: string, sweeping: Sweeping): Promise<Swept[]> {
  const { sql, dryRun } = sweeping;
  if (!(await lockRun(sql, id))) return [];
  try {
    const [still] = await sql.query(
      `select from statewright.run r where r.id = $1 and r.state <> 'closed' and ${dueSql}`,
      [id],
    );
    if (!still) return [];
    const swept: Swept[] = [];
    for (const { kind, name } of await resourcesOf(sql, id)) {
      const problem = dryRun ? null : await takeAway({ run: id, kind, name }, sweeping);
      const outcome = dryRun ? 'due' : problem === null ? 'gone' : 'failed';
      swept.push({ run: id, kind, name, outcome, problem });
    }
    if (!dryRun) await settle(sql, id, swept.find(({ problem }) => problem !== null)?.problem);
    return swept;
  } finally {
    await unlockRun(sql, id);
  }
}

async function resourcesOf(sql: Sql, id: string): Promise<{ kind: ResourceKind; name: string }[]> {
  const rows = await sql.query(
    `select kind, name from statewright.resource where run = $1
     order by array_position(array['process', 'rows', 'journal', 'database', 'branch', 'container', 'folder'], kind), name`,
    [id],
  );
  return rows.map((row) => ({ kind: row['kind'] as ResourceKind, name: String(row['name']) }));
}

async function settle(sql: Sql, id: string, problem: string | null | undefined): Promise<void> {
  await sql.query(
    problem === undefined
      ? `update statewright.run set state = 'closed', closed_at = now(), problem = null where id = $1`
      : `update statewright.run set state = 'closing', attempts = attempts + 1, problem = $2 where id = $1`,
    problem === undefined ? [id] : [id, problem],
  );
}

/** Null when it is gone, else why not. */
async function takeAway(
  { run, kind, name }: { run: string; kind: ResourceKind; name: string },
  sweeping: Sweeping,
): Promise<string | null> {
  try {
    await takers[kind](name, { ...sweeping, run });
    const params = [run, kind, name];
    await sweeping.sql.query(
      'delete from statewright.resource where run = $1 and kind = $2 and name = $3',
      params,
    );
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type Taker = (name: string, at: Sweeping & { readonly run: string }) => Promise<void>;

const takers: Readonly<Record<ResourceKind, Taker>> = {
  process: (name) => killGroup(name),
  async rows(name, { ledger, driver, readCatalog, run }) {
    const url = await groundOf(ledger, run, name);
    if (url) await inEnrolled(driver, url, (target) => undoRows(target, run, { readCatalog }));
  },
  journal: (name, { dropJournal, run }) => dropJournal(name, run),
  database: (name, { sql }) => dropClone(sql, name),
  branch: (name, { dropElsewhere }) => elsewhere('branch', name, dropElsewhere),
  container: (name, { dropElsewhere }) => elsewhere('container', name, dropElsewhere),
  async folder(name) {
    if (!basename(name).startsWith('statewright-')) throw new Error(`Not ours to remove: ${name}`);
    await rm(name, { recursive: true, force: true });
  },
};

async function elsewhere(
  kind: 'branch' | 'container',
  name: string,
  drop: SweepOptions['dropElsewhere'],
): Promise<void> {
  if (!/^statewright-/.test(name)) throw new Error(`Not ours to remove: ${name}`);
  if (!drop) throw new Error(`There is nothing here that removes a ${kind}`);
  await drop(kind, name);
}

const GRACE_MS = 1_500;

/** The pid leads its group; it is killed only while it is that very process, told by its start. */
async function killGroup(name: string): Promise<void> {
  const at = name.indexOf(':');
  const id = { pid: Number(name.slice(0, at)), start: name.slice(at + 1) };
  if (!isRunning(id)) return;
  signalGroup(id.pid, 'SIGTERM');
  for (const until = performance.now() + GRACE_MS; performance.now() < until; ) {
    if (!isRunning(id)) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  signalGroup(id.pid, 'SIGKILL');
}

/** What of the group still lives; none left is no error. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function forgetOld(sql: Sql): Promise<void> {
  await sql.query(
    `delete from statewright.run where state = 'closed' and closed_at < now() - interval '7 days'`,
  );
}
