import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Job, JobEvent, Problem } from '../shapes.ts';
import type { Db } from './db.ts';
import { instant, randomText } from './keys.ts';
import { jobEvents, jobSteps, jobs } from './tables.ts';

export interface JobRow extends Job {
  readonly tenant: string;
  readonly key: string;
  readonly input: string | null;
}

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
    .select()
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

export function shownJob({ tenant: _, key: __, input: ___, ...job }: JobRow): Job {
  return job;
}

/** Marks it as running; false where it has ended (it was cancelled, or done by another). */
export async function beginJob(db: Db, id: string): Promise<boolean> {
  const rows = await db
    .update(jobs)
    .set({ state: 'running' })
    .where(and(eq(jobs.id, id), inArray(jobs.state, ['queued', 'running'])))
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
        problem: end.problem ?? null,
        input: null,
        endedAt: sql`now()`,
      })
      .where(and(eq(jobs.id, id), inArray(jobs.state, ['queued', 'running'])))
      .returning({ id: jobs.id });
    if (rows.length === 0) return false;
    await tx.delete(jobSteps).where(eq(jobSteps.job, id));
    await addEvent(tx, id, { kind: 'end', state: end.state });
    return true;
  });
}

export async function addEvent(
  db: Pick<Db, 'execute'>,
  job: string,
  event: JobEvent,
): Promise<void> {
  await db.execute(sql`
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

export async function readStep(db: Db, job: string, name: string): Promise<string | null> {
  const [row] = await db
    .select({ result: jobSteps.result })
    .from(jobSteps)
    .where(and(eq(jobSteps.job, job), eq(jobSteps.name, name)));
  return row?.result ?? null;
}

export async function keepStep(db: Db, job: string, step: { name: string; result: string }) {
  await db
    .insert(jobSteps)
    .values({ job, ...step })
    .onConflictDoNothing();
}
