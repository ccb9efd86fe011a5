import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { type Database, withDatabase } from '../../src/db/db.ts';
import { connect } from '../../src/db/pg.ts';
import { openOwnLedger } from '../../src/operations/workshop.ts';
import { addressOf, enroll } from '../../src/run/guard.ts';
import { freshDatabase } from '../setup/database.ts';
import { planOf } from '../state/plans.ts';
import { compiled, takeDown, up, upOptions } from './setup.ts';

/** What the page beside the part says that a role needs for `up` and `down` of a state of these tables. */
const RIGHTS = [
  'usage on schema statewright',
  'select on statewright.stamp, statewright.secret',
  'select, insert, update, delete on statewright.run, statewright.resource, statewright.made',
  'select, insert, update, delete on slots, departments, appointments',
];

const plan = planOf({
  slot: { table: 'slots', set: { starts_at: { now: 'P1D' }, department_code: 'gp' } },
  gp: { table: 'departments', match: { code: 'gp' }, update: { name: 'Closed' } },
});

/** An enrolled database, and the URL of a role with those rights and no others. */
async function withRights(rights: readonly string[]): Promise<{ owner: Database; url: string }> {
  const owner = await freshDatabase();
  const stamp = { environment: 'test', address: addressOf(owner.url), days: null };
  await owner.session((sql) => enroll(sql, stamp));
  const role = `tester_${randomBytes(4).toString('hex')}`;
  await owner.session((sql) =>
    sql.query(`create role ${role} login;
      revoke all on schema statewright from public;
      ${rights.map((right) => `grant ${right} to ${role}`).join(';')}`),
  );
  onTestFinished(() =>
    owner
      .session((sql) => sql.query(`drop owned by ${role}; drop role ${role}`))
      .then(() => undefined),
  );
  const url = new URL(withDatabase(owner.url, owner.name));
  url.username = role;
  return { owner, url: url.toString() };
}

async function upAndDown(url: string): Promise<void> {
  await using ledger = await openOwnLedger(url);
  await using database = await connect(url);
  const run = await up(await compiled(plan, database), upOptions(database, ledger));
  expect(run.refs['gp']).toMatchObject({ name: 'Closed' });
  expect(await takeDown(run.handle, ledger)).toMatchObject({ restored: 1, changedSince: [] });
}

test('a role with the rights that are written down sets up and takes down', async () => {
  const { owner, url } = await withRights(RIGHTS);
  const before = await owner.checksums();
  await upAndDown(url);
  expect(await owner.checksums()).toEqual(before);
});

test.each(RIGHTS.map((right, index) => [right, index] as const))(
  'without %s it is refused, and nothing stays',
  async (_, index) => {
    const { owner, url } = await withRights(RIGHTS.filter((_, at) => at !== index));
    const before = await owner.checksums();
    await expect(upAndDown(url)).rejects.toThrow(/permission denied/);
    expect(await owner.checksums()).toEqual(before);
    const made = await owner.session((sql) => sql.query('select from statewright.made'));
    expect(made).toEqual([]);
  },
);
