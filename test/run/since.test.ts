import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { readCatalog } from '../../src/db/catalog.ts';
import { writtenSince } from '../../src/run/since.ts';
import { freshDatabase } from '../setup/database.ts';
import { planOf } from '../state/plans.ts';
import { compiled, enrolled, up, upOptions } from './setup.ts';

test('leaves out tables that the role may not read, which would keep a run from going', async () => {
  const database = await enrolled(await freshDatabase());
  const plan = planOf({ slot: { table: 'slots', set: { starts_at: { now: 'P1D' } } } });
  const run = await up(await compiled(plan, database), upOptions(database, null, { own: true }));
  const role = `teller_${randomBytes(4).toString('hex')}`;
  await database.session(async (sql) => {
    onTestFinished(() =>
      database
        .session((last) => last.query(`drop owned by ${role}; drop role ${role}`))
        .then(() => undefined),
    );
    const catalog = await readCatalog(sql);
    await sql.query(`insert into patients (name, born_on) values ('Ann', '2000-01-01')`);
    await sql.query(`insert into staff (email, password_hash) values ('a@example.test', 'x')`);
    await sql.query(`create role ${role}; grant select on patients to ${role}`);
    await sql.query(
      `grant usage on schema statewright to ${role}; grant select on statewright.made to ${role}`,
    );
    await sql.query(`set role ${role}`);
    const found = await writtenSince(sql, run.id, catalog).finally(() => sql.query('reset role'));
    expect(found).toEqual([{ table: 'patients', rows: 1 }]);
  });
});
