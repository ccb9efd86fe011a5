import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inject, onTestFinished } from 'vitest';
import { type Database, type Sql, withDatabase } from '../../src/db/db.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { digest } from '../../src/kernel/digest.ts';

/** The clinic's own migrations, as SQL. */
export const clinicSchema = readFileSync(
  new URL('../../fixtures/apps/clinic/migrations/0001_init.sql', import.meta.url),
  'utf8',
);

/**
 * A database of its own on the server of this test run, cloned from a template that holds `schema`
 * (built once). Closing it drops it; inside a test it is closed when the test ends, in a `beforeAll`
 * close it in `afterAll`.
 */
export async function freshDatabase(schema: string = clinicSchema): Promise<Database> {
  const serverUrl = inject('serverUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await using sql = await openSession(serverUrl);
  const template = await ensureTemplate(sql, schema);
  await sql.query(`create database ${name} template ${template} strategy file_copy`);
  const drop = async () => {
    await using last = await openSession(serverUrl);
    await last.query(`drop database if exists ${name} with (force)`);
  };
  const database = await connect(withDatabase(serverUrl, name), { onClose: drop });
  try {
    onTestFinished(() => database.close());
  } catch {
    // Outside a test: the caller's afterAll closes it.
  }
  return database;
}

async function ensureTemplate(sql: Sql, schema: string): Promise<string> {
  const template = `test_t_${digest(schema).slice(0, 12)}`;
  await sql.query('select pg_advisory_lock(hashtextextended($1, 0))', [template]);
  try {
    const made = await sql.query(
      'select from pg_database where datname = $1 and not datallowconn',
      [template],
    );
    if (made.length === 0) await buildTemplate(sql, template, schema);
  } finally {
    await sql.query('select pg_advisory_unlock(hashtextextended($1, 0))', [template]);
  }
  return template;
}

async function buildTemplate(sql: Sql, template: string, schema: string): Promise<void> {
  await sql.query(`drop database if exists ${template} with (force)`);
  await sql.query(`create database ${template}`);
  const inside = await openSession(withDatabase(inject('serverUrl'), template));
  await inside.query(schema);
  await inside.end();
  await sql.query(`alter database ${template} with allow_connections false`);
}
