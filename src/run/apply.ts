import { createHash } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { Catalog, Database, Row, Sql } from '../db/db.ts';
import type { When } from '../plan/plan.ts';
import type { Adjust, ApiCall, Match, State, Statement, Step } from '../state/state.ts';
import { rowName } from '../state/state.ts';
import { bindParams, type Known } from './binding.ts';
import { askApp } from './calling.ts';
import { credentialsFrom } from './credentials.ts';
import { parseExact } from './made.ts';
import { type Memory, recall, remember } from './memory.ts';
import { needsApp, notOne, stepError, swallowed, unmet } from './problems.ts';
import { assertRemovable } from './removable.ts';
import type { Credentials } from './run.ts';
import { signInByConfig } from './sign-in.ts';

/** What applying a state takes. */
export interface Applying {
  readonly database: Pick<Database, 'session' | 'capture' | 'replay'>;
  readonly run: string;
  /** Bends `unique` values; empty in an own database. */
  readonly namespace: string;
  /** Where the app answers; null when only SQL is wanted. */
  readonly url: string | null;
  /** Settles the values of a request. */
  readonly bind: (when: When, known: Bound) => When;
  /** What may stand in for the app; null where it is to be asked each time. */
  readonly memory: Memory | null;
  readonly readCatalog: (sql: Sql) => Promise<Catalog>;
  /** The config's own way to sign personas in. */
  readonly signIn: Config['signIn'];
  readonly signal?: AbortSignal | undefined;
}

interface Bound {
  readonly refs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly namespace: string;
  readonly seed: string;
}

export interface Applied {
  readonly refs: Record<string, Record<string, unknown>>;
  readonly personas: Record<string, Credentials>;
}

type SqlStep = Exclude<Step, ApiCall>;

/**
 * Brings a state about, step by step: neighbouring SQL steps are one transaction (a statement alone is
 * its own), each with its entry in the row ledger. Ends with what the state expects to hold.
 */
export async function applyState(state: State, how: Applying): Promise<Applied> {
  const { database, memory } = how;
  const recalled = memory ? await recall(state, { memory, database }) : null;
  const { at, rows } = recalled ?? { at: performance.now(), rows: [] };
  const known: Known = { run: how.run, namespace: how.namespace, rows: new Map(rows) };
  const personas: Record<string, Credentials> = { ...recalled?.personas };
  let done = recalled?.done ?? 0;
  for (const block of blocksOf(state.steps.slice(done))) {
    how.signal?.throwIfAborted();
    if (Array.isArray(block)) {
      await database.session((sql) => runBlock(sql, block, { ...how, known }));
      done += block.length;
    } else {
      await makeCall(block, { how, known, personas, seed: state.seed });
      done += 1;
      const brought = { state, done, rows: known.rows, personas, at };
      if (memory) await remember(brought, { memory, database });
    }
  }
  if (state.expects.length > 0)
    await how.database.session((sql) => checkExpects(sql, state, known));
  const { signIn, url, signal } = how;
  const { handed: people = {}, gone = {} } = state;
  const handed = await signInByConfig({ signIn, people, gone, rows: known.rows, url, signal });
  return { refs: Object.fromEntries(known.rows), personas: { ...personas, ...handed } };
}

function blocksOf(steps: readonly Step[]): (SqlStep[] | ApiCall)[] {
  const blocks: (SqlStep[] | ApiCall)[] = [];
  for (const step of steps) {
    const last = blocks.at(-1);
    if (step.kind === 'call') blocks.push(step);
    else if (Array.isArray(last)) last.push(step);
    else blocks.push([step]);
  }
  return blocks;
}

async function runBlock(
  sql: Sql,
  block: readonly SqlStep[],
  { known, readCatalog }: { known: Known } & Pick<Applying, 'readCatalog'>,
): Promise<void> {
  const [only, ...others] = block;
  // An own database goes as a whole.
  const mayStay = known.namespace === '' ? [] : block.filter(isGuarded);
  const whole = mayStay.length > 0 || (only?.kind === 'statement' && only.entry);
  if (only && others.length === 0 && !whole) {
    await runStep(sql, only, known);
    return;
  }
  await sql.query('begin');
  try {
    const late = block.findIndex((step) => step.kind === 'match' && step.late);
    for (const [index, step] of block.entries()) {
      if (index === late) await sql.query('set constraints all immediate');
      await runStep(sql, step, known);
    }
    if (mayStay.length > 0) await assertRemovable(sql, known.run, { steps: mayStay, readCatalog });
    await sql.query('commit');
  } catch (error) {
    await sql.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function runStep(sql: Sql, step: SqlStep, known: Known): Promise<void> {
  const params = bindParams(step.params, known);
  try {
    const asked = sql.query(step.sql, params, nameOf(step));
    if (step.kind !== 'statement') {
      const found = (await asked).map((row) => String(row['row']));
      keepRow(step, found, known);
      return;
    }
    // Put together while the database is at work.
    const blanks = blanksOf(step);
    keepRows(step, await madeRows(sql, step, { answer: await asked, blanks, known }), known);
  } catch (error) {
    throw stepError(error, step);
  }
}

function isGuarded(step: SqlStep): step is Statement {
  return step.kind === 'statement' && step.departure === true;
}

/** The rows a statement made; their entry is written where it could not be part of it. */
async function madeRows(
  sql: Sql,
  step: Statement,
  { answer, blanks, known }: { answer: readonly Row[]; blanks: Blanks; known: Known },
): Promise<MadeRow[]> {
  const { entry } = step;
  if (!entry) {
    const values = parseExact(String(answer[0]?.['rows'])) as Answer;
    return answeredRows(step, { blanks, values });
  }
  const rows = `[${answer.map((row) => String(row['row'])).join()}]`;
  await sql.query(entry.sql, [...bindParams(entry.params, known), rows], nameOf(entry));
  return parseExact(rows) as MadeRow[];
}

/** Rows as far as they are known before the database answers, those of a table after those of another. */
function blanksOf({ answer }: Statement): Blanks {
  return answer.map(({ held }) => held.map(({ values }) => ({ ...values })));
}

/** Fills in what the database lists of the rows, as many as it has made. */
function answeredRows(
  { answer }: Statement,
  { blanks, values }: { blanks: Blanks; values: Answer },
): MadeRow[] {
  const rows: MadeRow[] = [];
  let from = 0;
  for (const [group, { lists, held }] of answer.entries()) {
    const count = lists.length === 0 ? held.length : listAt(values, from).length;
    for (let index = 0; index < count; index++) {
      const row: MadeRow = blanks[group]?.[index] ?? {};
      // By `Reflect`, for V8 gives up and tries again on a plain access that has another name each time.
      for (const [at, name] of lists.entries())
        Reflect.set(row, name, listAt(values, from + at)[index]);
      for (const { column, at } of held[index]?.told ?? []) Reflect.set(row, column, values[at]);
      for (const { column, at, from } of held[index]?.taken ?? [])
        Reflect.set(row, column, Reflect.get(rows[at] ?? {}, from));
      rows.push(row);
    }
    from += lists.length;
  }
  return rows;
}

type MadeRow = Record<string, unknown>;
type Blanks = readonly (readonly MadeRow[])[];
/** A list for each listed column, then what is told but once. */
type Answer = readonly unknown[];

function listAt(answer: Answer, at: number): readonly unknown[] {
  return (answer[at] ?? []) as readonly unknown[];
}

function keepRows(step: Statement, made: readonly MadeRow[], { rows }: Known): void {
  const wanted = step.rows.reduce((sum, { count }) => sum + count, 0);
  if (made.length !== wanted) throw swallowed(step, wanted - made.length);
  let next = 0;
  for (const { name, count } of step.rows) {
    let index = 0;
    while (rows.has(rowName(name, index))) index++;
    for (let n = 0; n < count; n++) rows.set(rowName(name, index + n), made[next++] ?? {});
  }
}

function keepRow(step: Match | Adjust, found: readonly string[], { rows }: Known): void {
  const [row] = found;
  if (row === undefined || found.length > 1) throw notOne(step, found.length);
  const before = rows.get(step.name) ?? {};
  // A row the app made keeps what is known of it beyond its columns (its password).
  rows.set(step.name, { ...before, ...(parseExact(row) as Record<string, unknown>) });
}

interface Calling {
  readonly how: Applying;
  readonly known: Known;
  readonly personas: Record<string, Credentials>;
  readonly seed: string;
}

async function makeCall(call: ApiCall, { how, known, personas, seed }: Calling): Promise<void> {
  const { url, namespace, database, signal } = how;
  if (url === null) throw needsApp(call);
  const refs = Object.fromEntries(known.rows);
  const request = how.bind(call.request, { refs, namespace, seed });
  const answer = await askApp(call, request, { database, known, url, signal });
  const asked = new URL(request.path, url);
  for (const persona of call.personas) personas[persona] = credentialsFrom(answer, call, asked);
}

async function checkExpects(sql: Sql, state: State, known: Known): Promise<void> {
  const answers = await Promise.all(
    state.expects.map((expect) =>
      sql.query(expect.sql, bindParams(expect.params, known), nameOf(expect)),
    ),
  );
  const failed = state.expects.filter((_, index) => answers[index]?.[0]?.['holds'] !== true);
  if (failed.length === 0) return;
  throw unmet(
    failed.map((expect) => expect.about),
    state.plan,
  );
}

const names = new WeakMap<object, string>();

/** The name it is prepared under; its text decides it. */
function nameOf(step: { readonly sql: string }): string {
  const known = names.get(step);
  if (known) return known;
  const name = `sw_${createHash('sha256').update(step.sql).digest('hex').slice(0, 32)}`;
  names.set(step, name);
  return name;
}
