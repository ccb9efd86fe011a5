import { expect, inject, test } from 'vitest';
import { openSession } from '../../src/db/pg.ts';
import { sweep } from '../../src/run/sweep.ts';
import { freshDatabase } from '../setup/database.ts';
import { driver, enrolled, ledgerAt, readCatalog } from './setup.ts';

const runsOf = async (database: string) => {
  await using sql = await openSession(inject('serverUrl'));
  const rows = await sql.query(
    `select r.id, r.state from statewright.run r join statewright.resource s on s.run = r.id
     where s.name = $1 order by r.begun_at`,
    [database],
  );
  return rows.map(({ id, state }) => ({ id: String(id), state: String(state) }));
};

test('a run is in the ledger, committed, before it is given out', async () => {
  const { name } = await enrolled(await freshDatabase());
  await using ledger = await ledgerAt();
  for (let n = 0; n < 70; n++) {
    const { id } = await ledger.enter(name);
    expect((await runsOf(name)).map((run) => run.id)).toContain(id);
  }
});

test('a lone run reserves no other; those that nobody asked for go when the ledger closes', async () => {
  const { name } = await enrolled(await freshDatabase());
  const alone = await ledgerAt();
  await alone.enter(name);
  expect(await runsOf(name)).toHaveLength(1);
  const ids = await Promise.all(Array.from({ length: 40 }, () => alone.enter(name)));
  expect(new Set(ids.map(({ id }) => id)).size).toBe(40);
  expect((await runsOf(name)).length).toBeGreaterThan(41);
  await alone.close();
  expect(await runsOf(name)).toHaveLength(41);
});

test('a handle is the same whether the run was in reserve or is signed again', async () => {
  const { name } = await enrolled(await freshDatabase());
  await using ledger = await ledgerAt();
  for (let n = 0; n < 10; n++) {
    const { id } = await ledger.enter(name);
    const handle = ledger.sign(id);
    expect(ledger.sign(id)).toBe(handle);
    expect(ledger.verify(handle)).toBe(id);
  }
});

test('reserved runs of a dead process are swept; one whose session is lost gives out none', async () => {
  const { name } = await enrolled(await freshDatabase());
  await using ledger = await ledgerAt();
  for (let n = 0; n < 4; n++) await ledger.enter(name);
  await using admin = await openSession(inject('serverUrl'));
  const [session] = await ledger.sql.query('select pg_backend_pid() as pid');
  await admin.query('select pg_terminate_backend($1)', [session?.['pid']]);
  const swept = await sweep({
    ledger: await ledgerAt(),
    ...{ driver, readCatalog, dropJournal: async () => undefined },
  });
  expect(swept.filter((item) => item.name === name).length).toBeGreaterThanOrEqual(4);
  await expect(ledger.enter(name)).rejects.toThrow();
});
