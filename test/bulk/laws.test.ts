import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { StatewrightError } from '../../src/kernel/errors.ts';
import { freshDatabase } from '../setup/database.ts';
import { ddlOf, type RandomTable, schema } from '../setup/random-schema.ts';
import { generateInto } from './setup.ts';

function rowsOf(tables: readonly RandomTable[], more = 0): string {
  return tables.map(({ rows }, at) => `t${at}=${rows + more}`).join();
}

/** Fills a fresh database, or says which finding stood in the way; then nothing is there. */
async function filled(ddl: string, rows: string): Promise<Database | null> {
  const database = await freshDatabase(ddl);
  try {
    await generateInto(database, rows);
    return database;
  } catch (error) {
    if (!(error instanceof StatewrightError)) throw error;
    expect(error.code).toMatch(/^generate\.(noRoom|unsatisfied)$/);
    const [found] = await ask(database, 'select count(*)::int as n from t0');
    expect(found).toEqual({ n: 0 });
    return null;
  }
}

function ask(database: Database, text: string) {
  return database.session((sql) => sql.query(text));
}

const settings = { numRuns: 12, seed: 4, endOnFailure: true };

test('random schemas are filled as asked, or a finding comes before anything is written', async () => {
  let full = 0;
  await fc.assert(
    fc.asyncProperty(schema, async (tables) => {
      const database = await filled(ddlOf(tables), rowsOf(tables));
      if (!database) return;
      full += 1;
      for (const [at, { rows }] of tables.entries()) {
        const [found] = await ask(
          database,
          `select count(*)::int as n, bool_and(created_at < updated_at) as agree from t${at}`,
        );
        expect(found).toEqual({ n: rows, agree: true });
        const taken = `with next as (select nextval(pg_get_serial_sequence('t${at}', 'id')) as n)
          select from t${at}, next where id = n`;
        expect(await ask(database, taken)).toEqual([]);
      }
    }),
    settings,
  );
  expect(full).toBeGreaterThan(settings.numRuns / 2);
}, 240_000);

test('a raised count keeps the rows before it, a column more leaves the others alone', async () => {
  const free = schema.map((tables) => tables.map((one) => ({ ...one, parent: null, owner: null })));
  await fc.assert(
    fc.asyncProperty(free, async (tables) => {
      const few = await filled(ddlOf(tables), rowsOf(tables));
      const many = await filled(ddlOf(tables), rowsOf(tables, 25));
      const wide = `${ddlOf(tables)} alter table t0 add column remark text;`;
      const wider = await filled(wide, rowsOf(tables));
      if (!few || !many || !wider) return;
      for (const [at, { rows }] of tables.entries()) {
        const query = `select id, state, code, amount, live, created_at::text, updated_at::text
          from t${at} order by id limit ${rows}`;
        const first = await ask(few, query);
        expect(await ask(many, query)).toEqual(first);
        expect(await ask(wider, query)).toEqual(first);
      }
    }),
    { ...settings, numRuns: 6 },
  );
}, 240_000);
