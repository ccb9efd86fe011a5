import { clearOwn } from '../branch/own.ts';
import { readCatalog } from '../db/catalog.ts';
import type { Driver } from '../db/db.ts';
import { startEmbedded } from '../db/embedded.ts';
import { release } from '../db/holds.ts';
import { connect, openSession } from '../db/pg.ts';
import type { Emit } from '../kernel/events.ts';
import { groundOf, inEnrolled } from '../run/ground.ts';
import { addressOf, assertEnrolled } from '../run/guard.ts';
import { type ControlLedger, openLedger } from '../run/ledger.ts';
import { type SweepOptions, type Swept, sweep } from '../run/sweep.ts';
import { removeWritten } from '../run/written.ts';

export const driver: Driver = { connect, open: openSession };

/** The embedded server with its ledger, swept of what dead runs left. */
export interface Workshop extends AsyncDisposable {
  readonly url: string;
  readonly ledger: ControlLedger;
  /** What was swept when it opened. */
  readonly swept: readonly Swept[];
}

export interface Opening {
  readonly emit: Emit;
  readonly dryRun?: boolean;
  /** Removes what dead runs left elsewhere. */
  readonly drop?: SweepOptions['dropElsewhere'];
}

/** Opens the home's embedded server; closing lets go of it (it stays while a lease stands). */
export async function openWorkshop(
  home: string,
  { emit, dryRun = false, drop }: Opening,
): Promise<Workshop> {
  const server = await startEmbedded({ home });
  try {
    const ledger = await openLedger(driver, server.url);
    const swept = await sweepLedger(ledger, { dryRun, ...(drop ? { drop } : {}) });
    const gone = swept.filter(({ outcome }) => outcome === 'gone').length;
    if (gone > 0) emit({ kind: 'note', note: `Cleared ${gone} leftovers of runs that had died.` });
    return {
      url: server.url,
      ledger,
      swept,
      [Symbol.asyncDispose]: async () => {
        await ledger.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The ledger in a database of the user's own; the guard is asked before it is made there. */
export async function openOwnLedger(db: string): Promise<ControlLedger> {
  await using sql = await driver.open(db);
  await assertEnrolled(sql, addressOf(db));
  return await openLedger(driver, db);
}

/** What keeps the embedded server running while it stands. */
const HOLDING: ReadonlySet<string> = new Set(['branch', 'container']);

/** Takes away what dead runs of a ledger left, or only says what that is. */
export async function sweepLedger(
  ledger: ControlLedger,
  { dryRun, drop }: Pick<Opening, 'dryRun' | 'drop'>,
): Promise<Swept[]> {
  const dropJournal = async (name: string, run: string): Promise<void> => {
    const [, written] = /^written:(.*)$/s.exec(name) ?? [];
    const url = await groundOf(ledger, run, written ?? name);
    if (url === null) return;
    if (written === undefined) await clearOwn(url, driver);
    else await inEnrolled(driver, url, removeWritten);
  };
  const elsewhere = drop ? { dropElsewhere: drop } : {};
  const options = { driver, readCatalog, dropJournal, dryRun: dryRun === true, ...elsewhere };
  const swept = await sweep({ ledger, ...options });
  const freed = swept.filter(({ kind, outcome }) => HOLDING.has(kind) && outcome === 'gone');
  for (const { run } of freed) await release(ledger.sql, run);
  return swept;
}
