import { type SharedBranch, sharedDatabase } from '../branch/shared.ts';
import { readCatalog } from '../db/catalog.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Emit } from '../kernel/events.ts';
import type { ControlLedger, RunEntry } from '../run/ledger.ts';
import { undoRows } from '../run/undo.ts';
import { installWritten, removeWritten } from '../run/written.ts';
import { driver } from './workshop.ts';

/** A journal of this kind in the ledger, told from a baseline's by its name. */
const WRITTEN = 'written:';

/** One taker of a database that others use, with a run of its own in the ledger. */
export async function takeShared(
  db: string,
  { ledger, emit }: { readonly ledger: ControlLedger; readonly emit: Emit },
): Promise<SharedBranch<RunEntry>> {
  const journals = new Map<string, RunEntry>();
  const branches = sharedDatabase(db, {
    driver,
    async enter(name) {
      const entry = await ledger.enter(name);
      await entry.record('journal', `${WRITTEN}${name}`);
      journals.set(name, entry);
      return entry;
    },
    journal: {
      async install(sql) {
        const { tables } = await readCatalog(sql);
        const without = await installWritten(sql, tables);
        if (without.length === 0) return;
        const note = `Not journaled, for the role does not own them: ${without.join(', ')}.`;
        emit({ kind: 'note', note });
      },
      async remove(sql) {
        try {
          await removeWritten(sql);
        } catch (error) {
          if (!(error instanceof StatewrightError)) throw error;
          emit({ kind: 'note', note: `${error.message} ${error.hint}` });
          return error.message;
        }
        for (const [name, entry] of journals) await entry.strike('journal', `${WRITTEN}${name}`);
        return null;
      },
    },
    undo: async (sql, run, after) => {
      const { changedSince } = await undoRows(sql, run, { readCatalog, after });
      return changedSince.map(({ table }) => ({ table, rows: 1 }));
    },
  });
  return branches.take();
}
