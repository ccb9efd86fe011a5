import type { Config } from '../config/config.ts';
import type { Catalog, Database, Sql } from '../db/db.ts';
import type { Json } from '../kernel/digest.ts';
import type { State } from '../state/state.ts';
import { type Applying, applyState } from './apply.ts';
import { assertLocal } from './foreign.ts';
import { addressOf, assertWritable, type Enrolled } from './guard.ts';
import type { Term } from './lease.ts';
import type { ControlLedger, RunEntry } from './ledger.ts';
import type { Memory } from './memory.ts';
import { originsOf } from './origins.ts';
import { standing } from './problems.ts';
import { newRunId } from './reserve.ts';
import { assertRights } from './rights.ts';
import type { Run } from './run.ts';
import { undoRows } from './undo.ts';

export interface UpOptions {
  readonly database: Database;
  /** True where the database is this run's alone: values stay as planned, and it is reset or dropped as a whole. */
  readonly own: boolean;
  /** Where the app answers; its pid is 0 when it is not ours. Null: SQL only. */
  readonly app: { readonly url: string; readonly pid: number } | null;
  /** Null where the database itself stands in the ledger already (a clone that is taken for a test). */
  readonly ledger: ControlLedger | null;
  readonly term: Term;
  /** What `assertWritable` said of this very database, where it was asked before; asked now when absent. */
  readonly stamp?: Enrolled;
  readonly bind: Applying['bind'];
  readonly readCatalog: (sql: Sql) => Promise<Catalog>;
  /** What earlier set-ups on this own database left, since its baseline; the app is asked each time when absent. */
  readonly memory?: Memory;
  /** The config's own way to sign personas in; null where the app does. */
  readonly signIn?: Config['signIn'];
  readonly signal?: AbortSignal;
}

/**
 * Sets a state up: checks the guard, writes the run down, applies the steps. The run's handle is what
 * takes it down again. When a step fails nothing of it stays (in an own database: nothing that its reset
 * doesn't take away), and the error says so.
 */
export async function up(state: State, options: UpOptions): Promise<Run> {
  const { database, own, app, ledger, term } = options;
  const stamp = await stampOf(options);
  assertLocal(state, stamp.foreign);
  if (!own) await assertRights(state, database);
  const entry = ledger ? await ledger.enter(database.name) : null;
  const id = entry?.id ?? newRunId();
  try {
    const applied = await applyState(state, {
      database,
      run: id,
      namespace: own ? '' : id,
      url: app?.url ?? null,
      bind: options.bind,
      readCatalog: options.readCatalog,
      signIn: options.signIn ?? null,
      memory: own ? (options.memory ?? null) : null,
      signal: options.signal,
    });
    const about = { plan: state.plan, environment: stamp.environment, term };
    const expiresAt = term.hold === 'leased' ? ((await entry?.opened(about)) ?? null) : null;
    return {
      id,
      plan: state.plan,
      environment: stamp.environment,
      refs: applied.refs as Run['refs'] & Record<string, Record<string, Json>>,
      origins: originsOf(state),
      personas: applied.personas,
      hold: term.hold,
      expiresAt,
      handle: ledger?.sign(id) ?? '',
      database: { name: database.name, url: database.url },
      app: app ? { url: app.url, pid: app.pid } : null,
    };
  } catch (error) {
    throw standing(
      error,
      own ? 'Its database is to be reset.' : await takeAway(id, { entry, options }),
    );
  }
}

async function stampOf({ database, stamp }: UpOptions): Promise<Enrolled> {
  if (stamp && stamp.database === database.name) return stamp;
  return database.session((sql) => assertWritable(sql, addressOf(database.url)));
}

async function takeAway(
  id: string,
  { entry, options }: { entry: RunEntry | null; options: UpOptions },
): Promise<string> {
  const { database, readCatalog } = options;
  try {
    const undone = await database.session((sql) => undoRows(sql, id, { readCatalog }));
    await entry?.strike('rows', database.name);
    await entry?.closed();
    return undone.removed + undone.restored > 0
      ? 'What it had made was taken away again.'
      : 'Nothing of it was left behind.';
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    await entry?.failed(why).catch(() => undefined);
    return `What it had made could not be taken away (${why}); \`statewright gc\` tries again.`;
  }
}
