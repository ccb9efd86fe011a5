import type { Rows } from '../bulk/bulk.ts';
import type { Copier, Sql } from '../db/db.ts';
import { copyStep, give, STEP } from './copy-step.ts';
import { withStagedKeys } from './keys-at-once.ts';
import type { Loaded, Loading } from './load.ts';
import { advance, fitted, type Outlook, outlookOf } from './outlook.ts';
import { refusalOf } from './refusal.ts';
import { transaction } from './transaction.ts';
import { writeCycle } from './write-cycle.ts';

/** Which rows of a load that may be taken up again stand, table by oid. */
export interface Keep {
  readonly done: ReadonlyMap<number, Standing>;
  /** Called inside the transaction that wrote the step's rows, on its session. */
  save(table: number, step: Step, sql: Sql): Promise<void>;
}

/** Rows that were committed together, by the number of their first one. */
export interface Step extends Outlook {
  readonly from: number;
}

export interface Standing extends Outlook {
  /** The first row of every step that stands. */
  readonly steps: ReadonlySet<number>;
}

export interface KeptLoading extends Loading {
  readonly keep: Keep;
  /** The sessions that write, `sql` among them. */
  readonly sessions: readonly Copier[];
}

/**
 * Writes all rows, each step of a table in a transaction of its own, some of them side by side: a killed load
 * goes on where it stood. Sequences are past a table's rows before the first of them is written.
 */
export async function loadKept(
  groups: readonly (readonly Rows[])[],
  loading: KeptLoading,
): Promise<readonly Loaded[]> {
  const loaded: Loaded[] = [];
  const { now } = loading;
  for (const group of groups) {
    const start = now();
    const [only] = group;
    if (only && group.length === 1) await copySteps(only, loading);
    else await keepCycle(group, loading);
    const ms = (now() - start) / group.length;
    loaded.push(...group.map(({ job }) => ({ table: job.table.sql, rows: job.count, ms })));
  }
  return loaded;
}

async function keepCycle(group: readonly Rows[], { sql, keep, progress }: KeptLoading) {
  if (group.some(({ job }) => keep.done.has(job.table.oid))) return;
  await transaction({ sql, kept: true }, async () => {
    await writeCycle(group, { sql, kept: true });
    for (const { job } of group) {
      await keep.save(job.table.oid, { from: 0, left: [], settings: [] }, sql);
    }
  });
  for (const { job } of group) progress(job.table, job.count);
}

async function copySteps(given: Rows, loading: KeptLoading): Promise<void> {
  const { sql, keep } = loading;
  const { table, count } = given.job;
  const known = keep.done.get(table.oid);
  const outlook = known ?? (await transaction({ sql, kept: true }, () => outlookOf(given, sql)));
  const rows = fitted(given, outlook);
  if (!known) await advance(rows, count, sql);
  const steps = stepsOf(count).filter(({ from }) => !known?.steps.has(from));
  const writing = { ...loading, outlook, steps, open: new Set(steps), rows };
  const works = sessionsFor(rows, loading).map((session) => writeSteps(session, writing));
  try {
    await allOf(works, () => steps.splice(0));
  } catch (error) {
    throw refusalOf(error, rows, true);
  }
}

interface Writing extends KeptLoading {
  readonly rows: Rows;
  readonly outlook: Outlook;
  /** What nobody has taken up yet. */
  readonly steps: Range[];
  /** What isn't committed yet. */
  readonly open: Set<Range>;
}

async function writeSteps(
  sql: Copier,
  { rows, outlook: { left, settings }, steps, open, keep, progress }: Writing,
): Promise<void> {
  const { table, count } = rows.job;
  await give(settings, sql);
  for (let step = steps.shift(); step; step = steps.shift()) {
    const range = step;
    await transaction({ sql, kept: true }, async () => {
      await withStagedKeys(rows, sql, {
        stage: (name) => copyStep(rows, range, { sql, into: name }),
        write: () => copyStep(rows, range, { sql }),
      });
      await keep.save(table.oid, { from: range.from, left, settings }, sql);
    });
    open.delete(range);
    progress(
      table,
      [...open].reduce((done, { from, to }) => done - (to - from), count),
    );
  }
}

/** One where rows of a table may need those before them. */
function sessionsFor({ job, plan }: Rows, { sql, sessions }: KeptLoading): readonly Copier[] {
  return job.table.triggers || plan.keys.some(({ self }) => self) ? [sql] : sessions;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function stepsOf(count: number): Range[] {
  return Array.from({ length: Math.ceil(count / STEP) }, (_, at) => {
    return { from: at * STEP, to: Math.min(count, (at + 1) * STEP) };
  });
}

/** Waits for all, whichever fails first: `stop` keeps the others from beginning anything more. */
async function allOf(works: readonly Promise<void>[], stop: () => void): Promise<void> {
  const ends = await Promise.allSettled(
    works.map((work) =>
      work.catch((error: unknown) => {
        stop();
        throw error;
      }),
    ),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
