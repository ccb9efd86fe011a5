import type { Catalog, Database, Driver, Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { groundOf, inEnrolled } from './ground.ts';
import { addressOf, assertEnrolled } from './guard.ts';
import type { ControlLedger } from './ledger.ts';
import { standing } from './problems.ts';
import { type Undone, undoRows } from './undo.ts';

export interface DownOptions {
  readonly ledger: ControlLedger;
  readonly driver: Driver;
  readonly readCatalog: (sql: Sql) => Promise<Catalog>;
  /** The database, where it is open already: a session that has read the catalog before does it ten times as fast. */
  readonly database?: Database;
  /** Whether `leftSince` is asked for, which looks through every table; it is when absent. */
  readonly others?: boolean;
  /** Takes a run's other resources away (its own database, its app); absent where it has none. */
  readonly release?: (run: string) => Promise<void>;
}

export type Down = { readonly run: string; readonly already: boolean } & Undone;

/**
 * Takes a run down by its handle: rows back to what they were, in any process. Again is no error. A
 * foreign handle, or a run that a living process holds, is refused.
 */
export async function down(handle: string, options: DownOptions): Promise<Down> {
  const { ledger } = options;
  const id = ledger.verify(handle);
  const known = await ledger.find(id);
  if (!known || known.state === 'closed') return { run: id, already: true, ...nothing };
  const entry = await ledger.claim(id);
  if (!entry) throw heldElsewhere(id);
  try {
    await options.release?.(id);
    const undone = await undoIn(known.database, { ...options, id });
    if (known.database !== null) await entry.strike('rows', known.database);
    await entry.closed();
    return { run: id, already: false, ...undone };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    await entry.failed(why).catch(() => undefined);
    if (cause instanceof StatewrightError && cause.ending === 'refused') {
      throw standing(cause, `Run ${id} stays in the ledger.`);
    }
    throw new StatewrightError(
      'run.notTakenDown',
      `Run ${id} could not be taken down: ${why}. Its rows are still there.`,
      {
        hint: 'It stays in the ledger; `statewright down` or `statewright gc` try again.',
        facts: { run: id },
        cause,
      },
    );
  }
}

const nothing: Undone = { removed: 0, restored: 0, appRows: [], changedSince: [], leftSince: [] };

async function undoIn(
  database: string | null,
  { ledger, driver, readCatalog, database: open, others = true, id }: DownOptions & { id: string },
): Promise<Undone> {
  if (database === null) return nothing;
  const undo = (sql: Sql) => undoRows(sql, id, { readCatalog, others });
  if (open?.name === database) {
    return open.session(async (sql) => {
      await assertEnrolled(sql, addressOf(open.url));
      return await undo(sql);
    });
  }
  const url = await groundOf(ledger, id, database);
  return (url === null ? null : await inEnrolled(driver, url, undo)) ?? nothing;
}

function heldElsewhere(id: string): StatewrightError {
  return new StatewrightError(
    'run.held',
    `Run ${id} is held by a process that is alive. Nothing was changed.`,
    {
      hint: 'Let that process end it, or stop the process; the next sweep then takes it down.',
      facts: { run: id },
      ending: 'refused',
    },
  );
}
