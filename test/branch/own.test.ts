import { expect, test } from 'vitest';
import type { Ledger } from '../../src/branch/branch.ts';
import { clearOwn, ownDatabase } from '../../src/branch/own.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { freshDatabase } from '../setup/database.ts';

function ledger() {
  const entries: string[] = [];
  const own: Ledger = {
    record: async (kind, name) => void entries.push(`record ${kind} ${name}`),
    strike: async (kind, name) => void entries.push(`strike ${kind} ${name}`),
  };
  return { own, entries };
}

const driver = { open: openSession, connect };

test('a given database is lent with a journal, and left as it was, without one', async () => {
  const given = await freshDatabase();
  const before = await given.checksums();
  const { own, entries } = ledger();
  await using branches = ownDatabase(given.url, { driver, ledger: own });
  const branch = await branches.take();
  await branch.session((sql) => sql.query("insert into departments values ('card', 'Cardiology')"));
  await branch.giveBack();
  expect(await given.checksums()).toEqual(before);
  const traces = await given.session((sql) =>
    sql.query(`
      select tgname as name from pg_trigger where tgname like 'statewright%'
      union all select nspname from pg_namespace where nspname = 'statewright'
      union all select evtname from pg_event_trigger`),
  );
  expect(traces).toEqual([]);
  expect(entries).toEqual([`record journal ${given.name}`, `strike journal ${given.name}`]);
});

test('what a dead process left in it is cleared, and clearing it twice is no error', async () => {
  const given = await freshDatabase();
  const before = await given.checksums();
  await using dead = await connect(given.url);
  await dead.baseline();
  await given.session((sql) => sql.query('delete from departments'));
  await clearOwn(given.url, driver);
  await clearOwn(given.url, driver);
  expect(await given.checksums()).toEqual(before);
});

test('it is lent to one taker at a time', async () => {
  const given = await freshDatabase();
  await using branches = ownDatabase(given.url, { driver, ledger: ledger().own });
  const first = await branches.take();
  await expect(branches.take()).rejects.toMatchObject({ code: 'branch.occupied' });
  await first.giveBack();
  expect((await branches.take()).name).toBe(given.name);
});
