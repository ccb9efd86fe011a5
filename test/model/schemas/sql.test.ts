import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/db/db.ts';
import { sql } from '../../../src/model/schemas/sql.ts';
import { programOf } from '../../setup/code.ts';
import { freshDatabase } from '../../setup/database.ts';
import { catalogOf, shapeOf } from '../../setup/table-shape.ts';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase('select 1');
});
afterAll(() => database?.close());

const migrationsOf = (app: string) => {
  const folder = join(import.meta.dirname, `../../../fixtures/apps/${app}/migrations`);
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .map((name) => [`migrations/${name}`, readFileSync(join(folder, name), 'utf8')]),
  );
};

test.each(['clinic', 'library', 'storefront'])(
  'reads the %s’s migrations as PostgreSQL does',
  async (app) => {
    const texts = migrationsOf(app);
    const found = sql.read(programOf(texts), '.');
    expect(found.findings).toEqual([]);
    expect(found.tables.length).toBeGreaterThan(3);
    expect(shapeOf(found.tables)).toEqual(shapeOf(await catalogOf(database, Object.values(texts))));
  },
);

test('follows types, alterations, renames and drops', async () => {
  const texts = {
    'migrations/1_init.sql': `
      CREATE SCHEMA app;
      CREATE TYPE mood AS ENUM ('sad', 'happy');
      CREATE DOMAIN email AS varchar(120) CHECK (VALUE LIKE '%@%');
      CREATE TABLE people (
        id bigserial PRIMARY KEY, "Name" varchar(40) NOT NULL DEFAULT 'x', mail email NOT NULL,
        mood mood DEFAULT 'happy', tags text[] NOT NULL DEFAULT '{}', born date, score numeric(10,2) CHECK (score >= 0),
        code char(3), seen timestamptz(3) DEFAULT now(), n int GENERATED ALWAYS AS IDENTITY,
        twice int GENERATED ALWAYS AS (1 + 1) STORED, extra jsonb DEFAULT '{"a": 1}'::jsonb,
        CHECK (born < seen), UNIQUE (mail, mood)
      );
      CREATE TABLE app.notes (a int, b int, owner bigint REFERENCES people ON DELETE CASCADE, PRIMARY KEY (a, b));
      CREATE TABLE old (id int PRIMARY KEY);`,
    'migrations/2_more.sql': `
      ALTER TABLE people RENAME COLUMN code TO short;
      ALTER TABLE people ALTER COLUMN born SET NOT NULL, ADD COLUMN parent bigint REFERENCES people (id) ON DELETE SET NULL DEFERRABLE,
        ADD CONSTRAINT short_len CHECK (length(short) = 3), DROP COLUMN extra;
      ALTER TABLE app.notes ADD COLUMN people_id int8, ALTER COLUMN owner TYPE int8;
      ALTER TABLE app.notes ADD FOREIGN KEY (people_id) REFERENCES people;
      ALTER TYPE mood ADD VALUE 'calm' BEFORE 'happy';
      CREATE UNIQUE INDEX people_mail ON people (lower(mail)) WHERE parent IS NULL;
      CREATE UNIQUE INDEX ON people (short, born);
      DROP TABLE old;
      DO $$ BEGIN CREATE TABLE late (id int4 PRIMARY KEY); EXCEPTION WHEN duplicate_table THEN NULL; END $$;`,
  };
  const found = sql.read(programOf(texts), '.');
  expect(shapeOf(found.tables)).toEqual(shapeOf(await catalogOf(database, Object.values(texts))));
});

test('leaves ways back, seeds and tests out, and says what is no SQL', () => {
  const found = sql.read(
    programOf({
      'db/1.up.sql': 'create table a (id int);\n-- migrate:down\ndrop table a;',
      'db/1.down.sql': 'create table gone (id int)',
      'db/2.sql': '\\connect app\ncreate table b (id int);\ncreate tabel c (id int);',
      'seeds/1.sql': 'create table seeded (id int)',
      'src/x.ts': 'await pool.query(`CREATE TABLE ignored (id int)`);',
    }),
    '.',
  );
  expect(found.tables.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(found.findings.map(({ code, facts }) => [code, facts['text']])).toEqual([
    ['model.unresolvedSchema', 'create tabel c (id int);'],
  ]);
});

test('reads the tables of MySQL as PostgreSQL would have them', () => {
  const { tables, findings } = sql.read(
    programOf({
      'migrations/001.do.boats.sql': `
        CREATE TABLE \`boats\` (
          \`id\` INT(11) UNSIGNED AUTO_INCREMENT PRIMARY KEY,
          name VARCHAR(255) CHARACTER SET utf8mb4 UNIQUE NOT NULL COMMENT 'as painted',
          kind ENUM('sail', 'motor') NOT NULL DEFAULT 'sail',
          open TINYINT(1) NOT NULL DEFAULT 1,
          harbour_id BIGINT(20) NOT NULL,
          updated_at DATETIME DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
          UNIQUE KEY named (name, harbour_id),
          KEY by_harbour (harbour_id),
          FOREIGN KEY (harbour_id) REFERENCES harbours(id) ON DELETE CASCADE
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;`,
    }),
    '.',
  );
  expect(findings).toEqual([]);
  const [boats] = tables;
  expect(boats?.columns.map(({ name, type, nullable }) => `${name} ${type} ${nullable}`)).toEqual([
    'id integer false',
    'name character varying(255) false',
    'kind text false',
    'open boolean false',
    'harbour_id bigint false',
    'updated_at timestamp without time zone true',
  ]);
  expect(boats?.primaryKey).toEqual(['id']);
  expect(boats?.uniques.map(({ columns }) => columns.join())).toEqual(['name', 'name,harbour_id']);
  expect(boats?.foreignKeys.map(({ onDelete }) => onDelete)).toEqual(['cascade']);
});

test('reads tables that code makes where there are no files', () => {
  const found = sql.read(
    programOf({
      'src/x.ts':
        'export const up = (q) => q.query(`CREATE TABLE IF NOT EXISTS a (id int)`);\nexport function down(q) { return q.query("create table b (id int)"); }',
    }),
    '.',
  );
  expect(found.tables.map(({ id }) => id)).toEqual(['a']);
});

test('reads what migrations in code send, unique indexes too', () => {
  const { tables } = sql.read(
    programOf({
      'src/1-init.ts': `
        export class Init {
          async up(runner) {
            await runner.query('CREATE TABLE seats (id serial PRIMARY KEY, row text NOT NULL, gone timestamptz)');
            await runner.query('CREATE UNIQUE INDEX seats_row_key ON seats (row) WHERE gone IS NULL');
          }
          async down(runner) { await runner.query('DROP TABLE seats'); }
        }`,
    }),
    '.',
  );
  expect(tables.map(({ id, uniques }) => [id, uniques.map(({ name }) => name)])).toEqual([
    ['seats', ['seats_row_key']],
  ]);
});
