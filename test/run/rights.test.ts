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
async function withRights(
  rights: readonly string[],
): Promise<{ owner: Database; url: string; role: string }> {
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
  return { owner, url: url.toString(), role };
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
    await expect(upAndDown(url)).rejects.toThrow(/permission denied|has no right/);
    expect(await owner.checksums()).toEqual(before);
    const made = await owner.session((sql) => sql.query('select from statewright.made'));
    expect(made).toEqual([]);
  },
);

const OURS = RIGHTS.slice(0, 3);

test.each([
  ['select', 'insert, update, delete'],
  ['delete', 'select, insert, update'],
  ['update', 'select, insert, delete'],
])('without %s on a table alone it is named before anything is written', async (right, others) => {
  const { owner, url } = await withRights([
    ...OURS,
    `${others} on slots, departments, appointments`,
  ]);
  const before = await owner.checksums();
  await expect(upAndDown(url)).rejects.toMatchObject({
    code: 'run.notAllowed',
    message: expect.stringMatching(new RegExp(`${right} on .*Nothing was written`)),
  });
  expect(await owner.checksums()).toEqual(before);
});

test.each([
  ['delete on appointments', 'revoke delete on appointments from'],
  ['update on appointments', 'revoke update on appointments from'],
  [
    'delete on hidden.audit, select on hidden.audit, update on hidden.audit',
    `create schema hidden; create table hidden.audit (slot uuid references slots (id));
     grant all on hidden.audit to`,
  ],
])(
  'a right that is missing on a table that refers to ours (%s) is named before',
  async (told, change) => {
    const { owner, url, role } = await withRights(RIGHTS);
    await owner.session((sql) => sql.query(`${change} ${role}`));
    await expect(upAndDown(url)).rejects.toMatchObject({
      code: 'run.notAllowed',
      message: expect.stringContaining(told),
    });
  },
);

test('the INSERT of the columns that a state sets is enough', async () => {
  const { owner, url } = await withRights([
    ...OURS,
    'select, update, delete on slots, departments, appointments',
    'insert (starts_at, department_code) on slots',
  ]);
  const before = await owner.checksums();
  await upAndDown(url);
  expect(await owner.checksums()).toEqual(before);
});

test('a column of a state that may not be inserted is told as such, and nothing stays', async () => {
  const { owner, url } = await withRights([
    ...OURS,
    'select, update, delete on slots, departments, appointments',
    'insert (starts_at) on slots',
  ]);
  const before = await owner.checksums();
  await expect(upAndDown(url)).rejects.toMatchObject({ code: 'run.notAllowed' });
  expect(await owner.checksums()).toEqual(before);
});

test('a role that may only draw from a sequence gives a row its own number', async () => {
  const { owner, url, role } = await withRights(RIGHTS);
  await owner.session((sql) =>
    sql.query(`create table notes (id serial primary key, body text);
      grant select, insert, update, delete on notes to ${role};
      grant usage on sequence notes_id_seq to ${role}`),
  );
  const before = await owner.checksums();
  await using ledger = await openOwnLedger(url);
  await using database = await connect(url);
  const rows = {
    own: { table: 'notes', set: { id: 77_001, body: 'own' } },
    drawn: { table: 'notes', set: { body: 'drawn' } },
  };
  const run = await up(await compiled(planOf(rows), database), upOptions(database, ledger));
  expect(run.refs).toMatchObject({ own: { id: 77_001 }, drawn: { id: 1 } });
  await takeDown(run.handle, ledger);
  expect(await owner.checksums()).toEqual(before);
});

const POLICIES = {
  insert: 'create policy i on slots for insert with check (true)',
  select: 'create policy s on slots for select using (true)',
  update: 'create policy u on slots for update using (true)',
  delete: 'create policy d on slots for delete using (true)',
};

test.each(['select', 'update', 'delete'] as const)(
  'row security without a policy for %s is named before anything is written',
  async (right) => {
    const { [right]: _, ...rest } = POLICIES;
    const others = Object.values(rest);
    const { owner, url } = await withRights(RIGHTS);
    await owner.session((sql) =>
      sql.query(`alter table slots enable row level security; ${others.join(';')}`),
    );
    const before = await owner.checksums();
    await expect(upAndDown(url)).rejects.toMatchObject({
      code: 'run.notAllowed',
      message: expect.stringContaining(`${right} on slots`),
    });
    expect(await owner.checksums()).toEqual(before);
  },
);

test('a row that a policy would not let go is not made', async () => {
  const { owner, url } = await withRights(RIGHTS);
  await owner.session((sql) =>
    sql.query(`alter table slots enable row level security; ${POLICIES.insert}; ${POLICIES.select}; ${POLICIES.update};
      create policy d on slots for delete using (capacity > 100)`),
  );
  const before = await owner.checksums();
  await expect(upAndDown(url)).rejects.toMatchObject({ code: 'run.unremovable' });
  expect(await owner.checksums()).toEqual(before);
});

test('with policies for all of it a state stands and goes', async () => {
  const { owner, url } = await withRights(RIGHTS);
  await owner.session((sql) =>
    sql.query(`alter table slots enable row level security; ${Object.values(POLICIES).join(';')}`),
  );
  const before = await owner.checksums();
  await upAndDown(url);
  expect(await owner.checksums()).toEqual(before);
});

test('a role that may not switch triggers off tells of what they wrote as a row was set back', async () => {
  const { owner, url, role } = await withRights(OURS);
  await owner.session((sql) =>
    sql.query(`
      create table s (id int primary key, name text, changed timestamptz);
      insert into s values (1, 's', '2020-01-01');
      create function touch() returns trigger language plpgsql as
        $$ begin new.changed := clock_timestamp(); return new; end $$;
      create trigger touch before update on s for each row execute function touch();
      grant select, update on s to ${role}`),
  );
  await using ledger = await openOwnLedger(url);
  await using database = await connect(url);
  const plan = planOf({ s: { table: 's', match: { id: 1 }, update: { name: 't' } } });
  const run = await up(await compiled(plan, database), upOptions(database, ledger));
  expect(await takeDown(run.handle, ledger)).toMatchObject({
    restored: 1,
    leftSince: [{ table: 's', rows: 1 }],
  });
});
