import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Row, Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { When } from '../plan/plan.ts';
import type { ApiCall } from '../state/state.ts';
import { bindParams, type Known } from './binding.ts';
import { type Answer, callApp, isOver } from './call.ts';
import { endCall, parseExact, recordCall, settleCall } from './made.ts';
import { notOne, taken } from './problems.ts';

export interface Calling {
  readonly database: Pick<Database, 'session'>;
  readonly known: Known;
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the app; the row it makes is written down before, found afterwards and kept among the known ones. */
export async function askApp(call: ApiCall, request: When, calling: Calling): Promise<Answer> {
  const { database, known } = calling;
  const entry = call.made ? await database.session((sql) => announce(sql, call, known)) : null;
  const answer = await patiently(call, request, calling).catch(async (error: unknown) => {
    if (entry !== null && isOver(error)) await database.session((sql) => endCall(sql, entry));
    throw error;
  });
  if (entry !== null) await findMade(call, entry, calling);
  return answer;
}

const TRIES = 3;

/** What passes is waited for, unless the row is there all the same: asked again, the app would find it taken. */
async function patiently(call: ApiCall, request: When, calling: Calling): Promise<Answer> {
  const { database, known, url, signal } = calling;
  for (let attempt = 1; ; attempt++) {
    try {
      return await callApp(call, request, { url, signal });
    } catch (error) {
      const pause = attempt < TRIES ? pauseMs(error, attempt) : null;
      const { made } = call;
      const there = async () =>
        made !== null &&
        (await database.session((sql) => sql.query(made.sql, bindParams(made.params, known))))
          .length > 0;
      if (pause === null || (await there())) throw error;
      await sleep(pause, undefined, signal ? { signal } : {});
    }
  }
}

const LONGEST_MS = 2_000;

/** Null where asking again is of no use: the app said no, or may still be at it. */
function pauseMs(error: unknown, attempt: number): number | null {
  if (!(error instanceof StatewrightError) || !isOver(error)) return null;
  const { status, retryAfter } = error.facts;
  const passes = status === undefined || [429, 502, 503, 504].includes(Number(status));
  if (!passes) return null;
  const asked = Number(retryAfter ?? Number.NaN) * 1_000;
  return Math.min(Number.isFinite(asked) ? asked : 200 * attempt, LONGEST_MS);
}

/** Before the request: the row must not be there yet, else teardown would take somebody else's. */
async function announce(sql: Sql, { made, name }: ApiCall, known: Known): Promise<string | null> {
  if (!made) return null;
  const values = bindParams(made.params, known);
  const there = await sql.query(made.sql, values);
  if (there.length > 0) throw taken(name, made);
  return recordCall(sql, known.run, { table: made.table, by: made.by, values });
}

async function findMade({ made }: ApiCall, entry: string, calling: Calling): Promise<void> {
  if (!made) return;
  const { database, known } = calling;
  const found = await appearing(made, calling);
  if (found.length !== 1) throw notOne(made, found.length, NOT_MADE);
  const text = String(found[0]?.['row']);
  await database.session((sql) => settleCall(sql, entry, text));
  const password = made.password === null ? {} : { password: made.password };
  known.rows.set(made.name, { ...password, ...(parseExact(text) as Record<string, unknown>) });
}

const APPEARS_MS = 5_000;
const NOT_MADE =
  'The app took the request. See what it made of it, in its log and by hand; the plan can name other values.';

/** The row, which the app may make a while after its answer: once a queue comes to it, or its transaction ends. */
async function appearing(
  made: NonNullable<ApiCall['made']>,
  { database, known, signal }: Calling,
): Promise<readonly Row[]> {
  const deadline = performance.now() + APPEARS_MS;
  for (let pause = 10; ; pause = Math.min(pause * 2, 250)) {
    const found = await database.session((sql) =>
      sql.query(made.sql, bindParams(made.params, known)),
    );
    if (found.length > 0 || performance.now() > deadline) return found;
    await sleep(pause, undefined, signal ? { signal } : {});
  }
}
