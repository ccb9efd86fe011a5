import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { StatewrightError } from '../../src/kernel/errors.ts';
import { freshDatabase } from '../setup/database.ts';
import { generateInto } from './setup.ts';

/** A table of a random schema; `parent` and `owner` are tables by position. */
const table = fc.record({
  code: fc.constantFrom('none', 'unique', 'per parent', 'while live'),
  amount: fc.constantFrom(
    null,
    'amount >= 0',
    'amount between 5 and 7',
    'amount > 10 and amount < least',
  ),
  state: fc.boolean(),
  parent: fc.option(fc.nat(9)),
  required: fc.boolean(),
  once: fc.boolean(),
  owner: fc.option(fc.nat(9)),
  rows: fc.integer({ min: 1, max: 40 }),
});
type Table = typeof table extends fc.Arbitrary<infer T> ? T : never;
const schema = fc.array(table, { minLength: 1, maxLength: 5 });

function ddlOf(tables: readonly Table[]): string {
  const made = tables.map((one, at) => {
    const columns = [
      'id int generated always as identity primary key',
      `state mood ${one.state ? 'not null' : ''}`,
      `code varchar(12) ${one.code === 'none' ? '' : 'not null'}`,
      `amount int ${one.amount ? `not null check (${one.amount.replace('least', '1000')})` : ''}`,
      'live boolean not null default true',
      'created_at timestamptz not null default now(), updated_at timestamptz not null',
    ];
    // Earlier tables only, so that a required key makes no cycle; owners may make one.
    if (one.parent !== null && at > 0) {
      const unique = one.once ? 'unique' : '';
      columns.push(
        `parent int ${one.required ? 'not null' : ''} ${unique} references t${one.parent % at}`,
      );
      if (one.code === 'per parent') columns.push('unique (parent, code)');
    }
    if (one.owner !== null) columns.push('owner int');
    if (one.code === 'unique') columns.push('unique (code)');
    return `create table t${at} (${columns.join(', ')});
      ${one.code === 'while live' ? `create unique index on t${at} (lower(code)) where live;` : ''}`;
  });
  const owners = tables.flatMap(({ owner }, at) =>
    owner === null
      ? []
      : [`alter table t${at} add foreign key (owner) references t${owner % tables.length};`],
  );
  return ["create type mood as enum ('calm', 'keen', 'odd');", ...made, ...owners].join('\n');
}

function rowsOf(tables: readonly Table[], more = 0): string {
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
