import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/db/db.ts';
import { kysely } from '../../../src/model/schemas/kysely.ts';
import { programOf } from '../../setup/code.ts';
import { freshDatabase } from '../../setup/database.ts';
import { catalogOf, shapeOf } from '../../setup/table-shape.ts';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase('select 1');
});
afterAll(() => database?.close());

const FIRST = `
import { type Kysely, sql } from 'kysely';
const stamps = (table: any) => table.addColumn('created_at', 'timestamptz', (col: any) => col.notNull().defaultTo(sql\`now()\`));
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.createType('board_kind').asEnum(['open', 'closed']).execute();
  await db.schema.createTable('users').ifNotExists()
    .addColumn('id', 'serial', (col) => col.primaryKey())
    .addColumn('email', 'varchar(120)', (col) => col.notNull().unique())
    .addColumn('role', 'text', (col) => col.notNull().defaultTo('user').check(sql\`role in ('user', 'admin')\`))
    .addColumn('age', 'integer')
    .$call(stamps)
    .execute();
  for (const name of ['boards', 'archives']) {
    await db.schema.createTable(name)
      .addColumn('id', 'uuid', (col) => col.primaryKey().defaultTo(sql\`gen_random_uuid()\`))
      .addColumn('owner_id', 'integer', (col) => col.notNull().references('users.id').onDelete('cascade'))
      .addColumn('kind', sql\`board_kind\`, (col) => col.notNull().defaultTo('open'))
      .addColumn('seats', 'integer', (col) => col.notNull().defaultTo(3))
      .addUniqueConstraint(name + '_owner_kind', ['owner_id', 'kind'])
      .addCheckConstraint(name + '_seats', sql\`seats > 0\`)
      .execute();
  }
}
export async function down(db: Kysely<any>): Promise<void> {
  await db.schema.dropTable('users').execute();
}`;

const SECOND = `
import { Kysely, sql } from 'kysely';
export const up = async (db: Kysely<any>) => {
  await db.schema.createTable('members')
    .addColumn('board_id', 'uuid')
    .addColumn('user_id', 'integer', (col) => col.notNull())
    .addColumn('note', 'text')
    .addPrimaryKeyConstraint('members_pk', ['board_id', 'user_id'])
    .addForeignKeyConstraint('members_board', ['board_id'], 'boards', ['id'], (cb) => cb.onDelete('restrict'))
    .execute();
  await db.schema.alterTable('users').renameColumn('age', 'years').execute();
  await db.schema.alterTable('members').alterColumn('note', (col) => col.setNotNull()).alterColumn('note', (col) => col.setDefault('')).execute();
  await db.schema.alterTable('boards').addColumn('closed_at', 'timestamptz').execute();
  await db.schema.createIndex('one_open').on('boards').column('owner_id').unique().where('closed_at', 'is', sql\`null\`).execute();
  await db.schema.createIndex('mail').on('users').expression(sql\`lower(email)\`).unique().execute();
  await sql\`alter table archives drop column seats\`.execute(db);
};`;

const TWIN = `
CREATE TYPE board_kind AS ENUM ('open', 'closed');
CREATE TABLE users (id serial PRIMARY KEY, email varchar(120) NOT NULL UNIQUE, role text NOT NULL DEFAULT 'user' CHECK (role in ('user', 'admin')), years integer, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE boards (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE, kind board_kind NOT NULL DEFAULT 'open', seats integer NOT NULL DEFAULT 3,
  CONSTRAINT boards_owner_kind UNIQUE (owner_id, kind), CONSTRAINT boards_seats CHECK (seats > 0), closed_at timestamptz);
CREATE TABLE archives (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE, kind board_kind NOT NULL DEFAULT 'open', CONSTRAINT archives_owner_kind UNIQUE (owner_id, kind));
CREATE TABLE members (board_id uuid, user_id integer NOT NULL, note text NOT NULL DEFAULT '', CONSTRAINT members_pk PRIMARY KEY (board_id, user_id), CONSTRAINT members_board FOREIGN KEY (board_id) REFERENCES boards (id) ON DELETE RESTRICT);
CREATE UNIQUE INDEX one_open ON boards (owner_id) WHERE closed_at is null;
CREATE UNIQUE INDEX mail ON users ((lower(email)));
`;

test('reads migrations of the schema builder as PostgreSQL has them', async () => {
  const found = kysely.read(
    programOf({ 'migrations/10_more.ts': SECOND, 'migrations/2_first.ts': FIRST }),
    '.',
  );
  expect(found.findings).toEqual([]);
  expect(shapeOf(found.tables)).toEqual(shapeOf(await catalogOf(database, [TWIN])));
});

test('gives tables the names that a plugin makes of the code’s', () => {
  const found = kysely.read(
    programOf({
      'db.ts': `import { Kysely, CamelCasePlugin } from 'kysely'; export const db = new Kysely({ plugins: [new CamelCasePlugin()] });`,
      'migrate.ts': `import { db } from './db'; // kysely
        export async function createTables() { await db.schema.createTable('userProfile').addColumn('firstName', 'text').execute(); }`,
    }),
    '.',
  );
  expect(found.tables.map(({ id, columns }) => [id, columns.map(({ name }) => name)])).toEqual([
    ['user_profile', ['first_name']],
  ]);
});
