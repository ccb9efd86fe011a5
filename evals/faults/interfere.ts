import { readCatalog } from '../../src/db/catalog.ts';
import type { Driver } from '../../src/db/db.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { StatewrightError } from '../../src/kernel/errors.ts';
import { down } from '../../src/run/down.ts';
import { openLedger } from '../../src/run/ledger.ts';
import { sweep } from '../../src/run/sweep.ts';

/** Somebody else sweeps, and takes down whatever run is in the ledger: done, or refused because it is held. */
export async function interfere({ url }: { readonly url: string }): Promise<void> {
  const driver: Driver = { open: openSession, connect };
  await using ledger = await openLedger(driver, url);
  await sweep({ ledger, driver, readCatalog, dropJournal: async () => undefined });
  const runs = await ledger.sql.query(`select id from statewright.run where state <> 'closed'`);
  for (const { id } of runs) {
    await down(ledger.sign(String(id)), { ledger, driver, readCatalog }).catch((error: unknown) => {
      if (!(error instanceof StatewrightError && error.code === 'run.held')) throw error;
    });
  }
}
