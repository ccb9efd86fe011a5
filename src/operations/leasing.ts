import { randomUUID } from 'node:crypto';
import { rollbackDatabase } from '../branch/rollback.ts';
import { readCatalog } from '../db/catalog.ts';
import { checksums } from '../db/checksums.ts';
import { hold } from '../db/holds.ts';
import type { Run } from '../run/run.ts';
import { up } from '../run/up.ts';
import { bindRequest } from '../state/bind.ts';
import { dropOwnClone, makeOwnClone, templateFor } from './own-clone.ts';
import type { Place } from './place.ts';
import { compiled, type Leasing, setUpIn, signerFor, underTest } from './setting-up.ts';
import { takeShared } from './sharing.ts';
import { driver, openOwnLedger, openWorkshop, type Workshop } from './workshop.ts';

/** Sets a plan's state up and leaves it standing under a lease. */
export async function leaseState(leasing: Leasing, place: Place): Promise<Run> {
  const { isolated } = leasing.target;
  const run = await leaseOn(leasing, place);
  return isolated ? { ...run, isolation: isolated } : run;
}

async function leaseOn(leasing: Leasing, place: Place): Promise<Run> {
  const { db, isolated } = leasing.target;
  if (db === null) {
    await using workshop = await openWorkshop(place.home, place);
    return await leaseClone(leasing, workshop, place);
  }
  if (isolated?.isolation === 'rollback') return await tryOut(leasing, db, place);
  await using ledger = await openOwnLedger(db);
  await using database = await driver.connect(db);
  if (!leasing.target.start)
    return await setUpIn(leasing, { database, ledger, entry: null }, place);
  // What the app that is started does for the set-up is written down, whatever it refers to.
  const shared = await takeShared(db, { ledger, emit: place.emit });
  try {
    const own = { ...ledger, enter: async () => shared.run };
    return await setUpIn(leasing, { database, ledger: own, entry: null, run: shared.run }, place);
  } finally {
    await shared.leave();
  }
}

/** Sets the state up in a transaction that is taken back: it can be, and these are its rows. */
async function tryOut(leasing: Leasing, db: string, place: Place): Promise<Run> {
  await using branches = rollbackDatabase(db, { driver, checksums });
  await using database = await branches.take();
  return await up(await compiled(leasing, database, { running: false, shared: false }), {
    ...{ database, own: true, app: null, ledger: null, term: { hold: 'held' }, readCatalog },
    bind: (when, rows) => bindRequest(when, { ...rows, now: place.clock.now() }),
    signIn: signerFor(leasing),
    signal: place.signal,
  });
}

/** A clone of its own that outlives this process; the embedded server stands as long as it does. */
async function leaseClone(leasing: Leasing, workshop: Workshop, place: Place): Promise<Run> {
  const { plan, target } = leasing;
  const { ledger } = workshop;
  const id = `up-${randomUUID().slice(0, 8)}`;
  const term = { hold: 'leased', ttlMs: target.ttlMs } as const;
  const entry = await ledger.begin({ id, plan: plan.id, environment: 'clone', term });
  const name = `sw_c_${id.replace('-', '_')}`;
  try {
    const template = await templateFor(underTest(leasing), { workshop, entry, place });
    await using database = await makeOwnClone(name, template, { workshop, entry });
    const run = await setUpIn(leasing, { database, ledger, entry }, place);
    const expiresAt = await entry.opened();
    if (expiresAt) await hold(ledger.sql, id, expiresAt);
    return { ...run, id, hold: 'leased', expiresAt, handle: ledger.sign(id) };
  } catch (error) {
    await dropOwnClone(name, { workshop, entry });
    await entry.closed();
    throw error;
  }
}
