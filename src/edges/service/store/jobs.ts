import { and, asc, count, eq, getTableColumns, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Job, JobEvent, Problem } from '../shapes.ts';
import type { Db } from './db.ts';
import { instant, randomText } from './keys.ts';
import { storable } from './storable.ts';
import { jobEvents, jobSteps, jobs } from './tables.ts';

export interface JobRow extends Job {
  readonly tenant: string;
  readonly key: string;
}

const { input: _input, seenAt: _seen, ...SHOWN } = getTableColumns(jobs);
const UNFINISHED = ['queued', 'running'] as const;

export async function createJob(
  db: Db,
  owner: { readonly tenant: string; readonly key: string },
  input: string,
): Promise<JobRow> {
  const id = `job_${randomText(12)}`;
  await db.insert(jobs).values({ ...owner, id, kind: 'plan', state: 'queued', input });
  const made = await readJob(db, id);
  if (!made) throw new Error('a job that was just made is gone');
  return made;
}

/** A job by its id; with a tenant, only of that one. */
export async function readJob(db: Db, id: string, tenant?: string): Promise<JobRow | null> {
  const [row] = await db
    .select(SHOWN)
    .from(jobs)
    .where(and(eq(jobs.id, id), tenant === undefined ? undefined : eq(jobs.tenant, tenant)));
  if (!row) return null;
  return {
    ...row,
    createdAt: instant(row.createdAt) ?? '',
    endedAt: instant(row.endedAt),
    events: `/v1/jobs/${row.id}/events`,
  };
}

/** What was posted; null once the job has ended. */
export async function readInput(db: Db, id: string): Promise<string | null> {
  const [row] = await db.select({ input: jobs.input }).from(jobs).where(eq(jobs.id, id));
  return row?.input ?? null;
}

/** How many jobs of a key have not ended. */
export async function unfinished(db: Db, key: string): Promise<number> {
  const [row] = await db
    .select({ jobs: count() })
    .from(jobs)
    .where(and(eq(jobs.key, key), isNull(jobs.endedAt)));
  return row?.jobs ?? 0;
}

/** How many seconds ago a job last showed that it is worked on; 0 where it has ended. */
export async function silentFor(db: Db, id: string): Promise<number> {
  const { rows } = await db.execute<{ seconds: number }>(sql`
    select extract(epoch from now() - seen_at)::float8 as seconds
    from statewright_service.job where id = ${id} and ended_at is null`);
  return rows[0]?.seconds ?? 0;
}

/** Marks a job as seen now; false where somebody did since it had been silent for so many seconds. */
export async function touchJob(db: Db, id: string, silent: number): Promise<boolean> {
  const { rows } = await db.execute(sql`
    update statewright_service.job set seen_at = now()
    where id = ${id} and seen_at <= now() - ${silent}::float8 * interval '1 second' returning id`);
  return rows.length > 0;
}

/** Jobs that have not ended and that stand in no queue (a while after they were made). */
export async function strayJobs(db: Db): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select j.id from statewright_service.job j
    where j.ended_at is null and j.created_at < now() - interval '10 seconds' and not exists (
      select from statewright_jobs.job q
      where q.data ->> 'job' = j.id and q.state in ('created', 'retry', 'active'))`);
  return rows.map(({ id }) => id);
}

export function shownJob({ tenant: _, key: __, ...job }: JobRow): Job {
  return job;
}

/** Marks it as running; false where it has ended (it was cancelled, or done by another). */
export async function beginJob(db: Db, id: string): Promise<boolean> {
  const rows = await db
    .update(jobs)
    .set({ state: 'running', seenAt: sql`now()` })
    .where(and(eq(jobs.id, id), inArray(jobs.state, UNFINISHED)))
    .returning({ id: jobs.id });
  return rows.length > 0;
}

/** Ends a job, once: false where it had ended before. Its steps and input go; its last event says how. */
export async function endJob(
  db: Db,
  id: string,
  end: {
    readonly state: 'done' | 'failed' | 'cancelled';
    readonly result?: string;
    readonly problem?: Problem;
  },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const rows = await tx
      .update(jobs)
      .set({
        state: end.state,
        result: end.result ?? null,
        problem: end.problem ? storable(end.problem) : null,
        input: null,
        endedAt: sql`now()`,
      })
      .where(and(eq(jobs.id, id), inArray(jobs.state, UNFINISHED)))
      .returning({ id: jobs.id });
    if (rows.length === 0) return false;
    await tx.delete(jobSteps).where(eq(jobSteps.job, id));
    await insertEvent(tx, id, { kind: 'end', state: end.state });
    return true;
  });
}

/** Adds what a job tells of itself; one that has ended tells nothing more. */
export async function addEvent(db: Db, job: string, event: JobEvent): Promise<void> {
  await db.transaction(async (tx) => {
    // Events are numbered one after the other, whoever tells them.
    const open = await tx
      .select({ id: jobs.id })
      .from(jobs)
      .where(and(eq(jobs.id, job), isNull(jobs.endedAt)))
      .for('update');
    if (open.length === 0) return;
    await tx.update(jobs).set({ seenAt: sql`now()` }).where(eq(jobs.id, job));
    await insertEvent(tx, job, event);
  });
}

async function insertEvent(tx: Pick<Db, 'execute'>, job: string, event: JobEvent): Promise<void> {
  await tx.execute(sql`
    insert into statewright_service.job_event (job, seq, body)
    select ${job}, coalesce(max(seq), 0) + 1, ${JSON.stringify(event)}
    from statewright_service.job_event where job = ${job}`);
}

export async function eventsAfter(db: Db, job: string, seq: number) {
  return db
    .select({ seq: jobEvents.seq, body: jobEvents.body })
    .from(jobEvents)
    .where(and(eq(jobEvents.job, job), gt(jobEvents.seq, seq)))
    .orderBy(asc(jobEvents.seq))
    .limit(500);
}

/** What a step gave, null where it is to be done; `ended` where its job is over and nothing is. */
export async function readStep(
  db: Db,
  job: string,
  name: string,
): Promise<{ readonly result: string | null; readonly ended: boolean }> {
  const [row] = await db
    .select({ result: jobSteps.result, endedAt: jobs.endedAt })
    .from(jobs)
    .leftJoin(jobSteps, and(eq(jobSteps.job, jobs.id), eq(jobSteps.name, name)))
    .where(eq(jobs.id, job));
  return { result: row?.result ?? null, ended: !row || row.endedAt !== null };
}

export async function keepStep(db: Db, job: string, step: { name: string; result: string }) {
  const { name, result } = step;
  await db.execute(sql`
    insert into statewright_service.job_step (job, name, result)
    select id, ${name}, ${result} from statewright_service.job where id = ${job} and ended_at is null
    on conflict do nothing`);
}
