import { readCatalog } from '../../src/db/catalog.ts';
import { withDatabase } from '../../src/db/db.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { openLedger } from '../../src/run/ledger.ts';
import { up } from '../../src/run/up.ts';
import { bindRequest } from '../../src/state/bind.ts';
import { compileState } from '../../src/state/compile.ts';
import { clinicApp, planOf } from '../state/plans.ts';

/**
 * Sets a state up and stops for ever at a given place, its run's id printed: for tests that kill it.
 * Between statements: rows are committed, the run is not yet open. In a transaction: rows are not committed.
 */
const [, , serverUrl = '', name = '', mode = '', appUrl = ''] = process.argv;
const driver = { connect, open: openSession };
const database = await connect(withDatabase(serverUrl, name));
const ledger = await openLedger(driver, serverUrl);
const catalog = await database.session(readCatalog);
const plan = planOf({
  slot: { table: 'slots', set: { starts_at: { now: 'P1D' } } },
  gp: { table: 'departments', match: { code: 'gp' }, update: { name: 'Closed' } },
  derm: { table: 'departments', match: { code: 'derm' } },
});
const signingUp = planOf(
  { clerk: { table: 'staff', set: {} } },
  { personas: { clerk: { row: 'clerk' } } },
);
const calls = mode === 'in a call';
const { state } = compileState(calls ? signingUp : plan, {
  app: clinicApp,
  catalog,
  seed: '1',
  running: calls,
});
let run = '';

const stopping: typeof database = {
  ...database,
  session: (work) =>
    database.session((sql) =>
      work({
        async query(text, params, prepared) {
          if (mode === 'in a transaction' && text === 'commit') await stop();
          const rows = await sql.query(text, params, prepared);
          if (mode === 'between statements' && text === 'commit') await stop();
          return rows;
        },
      }),
    ),
};
const watched: typeof ledger = {
  ...ledger,
  async enter(database) {
    const entry = await ledger.enter(database);
    run = entry.id;
    if (calls) console.log(run);
    return entry;
  },
};

await up(state, {
  database: stopping,
  own: false,
  app: calls ? { url: appUrl, pid: 0 } : null,
  ledger: watched,
  term: { hold: 'held' },
  bind: (when, known) => bindRequest(when, { ...known, now: new Date() }),
  readCatalog,
});
await stop();

async function stop(): Promise<never> {
  console.log(run);
  for (;;) await new Promise((resolve) => setTimeout(resolve, 60_000));
}
