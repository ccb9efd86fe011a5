import { and, count, desc, eq, lt, type SQL, sql } from 'drizzle-orm';
import type { RunStatus } from '../shapes.ts';
import type { Db } from './db.ts';
import { instant } from './keys.ts';
import { type PageOptions, pageFrom, positionOf } from './page.ts';
import { runs } from './tables.ts';

export type RunRow = typeof runs.$inferSelect;

export async function saveRun(
  db: Db,
  run: Omit<RunRow, 'seq' | 'createdAt' | 'endedAt' | 'state' | 'ending'>,
): Promise<RunRow> {
  const [row] = await db
    .insert(runs)
    .values({ ...run, state: 'up' })
    .returning();
  if (!row) throw new Error('a run that was just kept is gone');
  return row;
}

/** A run of a tenant; one of another tenant is as one that never was. */
export async function readRun(db: Db, tenant: string, id: string): Promise<RunRow | null> {
  const [row] = await db
    .select()
    .from(runs)
    .where(and(eq(runs.id, id), eq(runs.tenant, tenant)));
  return row ?? null;
}

export async function standing(db: Db, key: string): Promise<number> {
  const [row] = await db
    .select({ runs: count() })
    .from(runs)
    .where(and(eq(runs.key, key), eq(runs.state, 'up'), STANDS));
  return row?.runs ?? 0;
}

export async function endRun(db: Db, id: string, state: 'down' | 'gone'): Promise<void> {
  await db
    .update(runs)
    .set({ state, endedAt: sql`now()` as SQL<string> })
    .where(and(eq(runs.id, id), eq(runs.state, 'up')));
}

/** The clones of an instance end with it. */
export async function endRunsOf(db: Db, holder: string): Promise<void> {
  await db
    .update(runs)
    .set({ state: 'gone', endedAt: sql`now()` as SQL<string> })
    .where(and(eq(runs.holder, holder), eq(runs.place, 'clone'), eq(runs.state, 'up')));
}

/** Asks the instance that holds a run to take it down. */
export async function askDown(db: Db, id: string): Promise<void> {
  await db.update(runs).set({ ending: true }).where(eq(runs.id, id));
}

/** The runs an instance holds and was asked to take down. */
export async function runsAskedDown(db: Db, holder: string): Promise<string[]> {
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.holder, holder), eq(runs.ending, true), eq(runs.state, 'up')));
  return rows.map(({ id }) => id);
}

export async function runState(db: Db, id: string): Promise<RunRow['state'] | null> {
  const [row] = await db.select({ state: runs.state }).from(runs).where(eq(runs.id, id));
  return row?.state ?? null;
}

/** The instances that hold clones, by what was written down. */
export async function holdersOf(db: Db): Promise<string[]> {
  const rows = await db
    .selectDistinct({ holder: runs.holder })
    .from(runs)
    .where(and(eq(runs.place, 'clone'), eq(runs.state, 'up')));
  return rows.map(({ holder }) => holder);
}

export async function listRuns(db: Db, tenant: string, options: PageOptions) {
  const from = positionOf(options);
  const rows = await db
    .select()
    .from(runs)
    .where(and(eq(runs.tenant, tenant), from === null ? undefined : lt(runs.seq, from)))
    .orderBy(desc(runs.seq))
    .limit(options.limit + 1);
  return pageFrom(
    rows.map((row) => ({ ...row, seq: row.seq ?? 0 })),
    options.limit,
    shownRun,
  );
}

export function shownRun(row: RunRow): RunStatus {
  const over = row.expiresAt !== null && new Date(row.expiresAt).getTime() <= Date.now();
  return {
    id: row.id,
    plan: row.plan,
    place: row.place,
    state: row.state === 'up' && over ? 'gone' : row.state,
    createdAt: instant(row.createdAt) ?? '',
    expiresAt: instant(row.expiresAt),
    app: row.app,
  };
}

const STANDS = sql`(${runs.expiresAt} is null or ${runs.expiresAt} > now())`;
