import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { FAULTS } from '../../evals/faults/faults.ts';
import { prepared } from '../../evals/faults/places.ts';
import { recover, strikeAt } from '../../evals/faults/strike.ts';
import { faultTable } from '../../evals/faults/table.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { sweep } from '../../src/run/sweep.ts';
import { freshDatabase } from '../setup/database.ts';
import { fullSlot } from '../state/plans.ts';
import {
  compiled,
  driver,
  enrolled,
  ledgerAt,
  readCatalog,
  takeDown,
  up,
  upOptions,
} from './setup.ts';

vi.setConfig({ testTimeout: 600_000 });

/** `FAULTS=1` strikes at every statement. */
const STEP = Number(process.env['FAULTS'] ?? 31);

test('whatever strikes whichever statement of up or down, the next command leaves nothing', async () => {
  const struck = await faultTable({ step: STEP, say: () => undefined });
  expect(struck.length).toBeGreaterThan(FAULTS.length * 2);
  expect(struck.some(({ survived }) => !survived)).toBe(true);
  expect(struck.filter(({ left }) => left !== null)).toEqual([]);
});

test('without the next command something is left: the look at it sees that', async () => {
  const home = await mkdtemp(join(tmpdir(), 'statewright-faults-'));
  await using server = await startEmbedded({ home });
  const place = await prepared(server.url);
  const fault = FAULTS.find(({ name }) => name.includes('once it was done') && name.includes('us'));
  if (!fault) throw new Error('no such fault');
  // Past the set-up's own statements, so that its rows are committed.
  const struck = await strikeAt(place, { fault, during: 'down', at: 3, recovers: false });
  expect(struck.left).toMatchObject({
    tables: expect.arrayContaining(['people', 'teams']),
    made: expect.any(Number),
    runs: [expect.stringContaining('rows faults')],
  });
  await recover(place);
  await rm(home, { recursive: true, force: true });
});

test('a lease goes by the database’s clock, whatever ours says', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const state = await compiled(fullSlot, database);
  await using ledger = await ledgerAt();
  const sweepAll = () => sweep({ ledger, driver, readCatalog, dropJournal: async () => undefined });
  const mine = async () => (await sweepAll()).filter(({ name }) => name === database.name);
  for (const jump of [-10, 10]) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + jump * 365 * 86_400_000 });
    const term = { hold: 'leased', ttlMs: 3_600_000 } as const;
    const run = await up(state, upOptions(database, ledger, { term }));
    expect(await mine()).toEqual([]);
    vi.useRealTimers();
    expect(await mine()).toEqual([]);
    await ledger.sql.query(
      `update statewright.run set expires_at = clock_timestamp() where id = $1`,
      [run.id],
    );
    expect(await mine()).toMatchObject([{ run: run.id, outcome: 'gone' }]);
    expect(await database.checksums()).toEqual(before);
  }
});

test('down while up runs is refused, and works once it is over', async () => {
  const database = await enrolled(await freshDatabase());
  const before = await database.checksums();
  const state = await compiled(fullSlot, database);
  await using ours = await ledgerAt();
  await using theirs = await ledgerAt();
  let id = '';
  const watched = {
    ...ours,
    async enter(name: string) {
      const entry = await ours.enter(name);
      id = entry.id;
      await expect(takeDown(theirs.sign(id), theirs)).rejects.toMatchObject({ code: 'run.held' });
      return entry;
    },
  };
  const term = { hold: 'leased', ttlMs: 3_600_000 } as const;
  const run = await up(state, upOptions(database, watched, { term }));
  expect(run.id).toBe(id);
  await Promise.all([takeDown(run.handle, theirs), takeDown(run.handle, theirs)]);
  expect(await database.checksums()).toEqual(before);
});
