import { type ColumnDefinitions, MigrationBuilder } from 'node-pg-migrate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/db/db.ts';
import { nodePgMigrate } from '../../../src/model/schemas/node-pg-migrate.ts';
import { programOf } from '../../setup/code.ts';
import { freshDatabase } from '../../setup/database.ts';
import { catalogOf, shapeOf } from '../../setup/table-shape.ts';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase('select 1');
});
afterAll(() => database?.close());

const FIRST = `
exports.shorthands = {
  name: { type: 'varchar(80)', notNull: true },
  unique_name: { type: 'name', unique: true },
};
exports.up = (pgm) => {
  pgm.createExtension('plpgsql', { ifNotExists: true });
  pgm.createSchema('yard');
  pgm.createType('boat_kind', ['sail', 'motor']);
  pgm.createDomain('share', 'int', { check: 'VALUE >= 0', default: 1 });
  pgm.createTable('crews', {
    id: 'id',
    name: 'unique_name',
    note: 'string',
    tags: { type: 'text', array: true, notNull: true, default: ['new', "captain's"] },
    made_at: { type: 'datetime', notNull: true, default: pgm.func('(now())') },
    rating: { type: 'double', default: null },
  }, { comment: 'who sails' });
  pgm.createTable({ schema: 'yard', name: 'boats' }, {
    number: { type: 'bigint', sequenceGenerated: { precedence: 'ALWAYS' }, primaryKey: true },
    crew_id: { type: 'int', notNull: true, references: 'crews', onDelete: 'CASCADE' },
    berth: { type: 'int', references: 'crews(id)', referencesConstraintName: 'of_crew', deferrable: true },
    kind: { type: 'boat_kind', notNull: true, default: 'sail' },
    share: 'share',
    length: { type: 'numeric(5,1)', check: 'length > 0' },
    area: { type: 'numeric', expressionGenerated: 'length * 2' },
  }, {
    ifNotExists: true,
    constraints: { unique: [['crew_id', 'kind'], 'berth'], check: ['berth > 0', 'length < 99'] },
  });
  pgm.createTable('trips', {
    boat: { type: 'bigint', primaryKey: true },
    day: { type: 'date', primaryKey: true },
    crew: 'name',
  });
};
exports.down = (pgm) => pgm.dropTable('trips');`;

const SECOND = `
const stamps = { left_at: { type: 'timestamptz' }, back_at: { type: 'timestamptz' } };
exports.up = async function (pgm) {
  pgm.addColumns('trips', { ...stamps, miles: { type: 'float', notNull: true, default: 0 } });
  pgm.addColumn('trips', { code: { type: 'int', references: { name: 'crews' }, unique: true } });
  pgm.dropConstraint('trips', 'trips_code_fkey', { ifExists: true });
  pgm.addConstraint('trips', 'back_later', 'CHECK (back_at > left_at)');
  pgm.createConstraint('trips', 'of_boat', {
    foreignKeys: { columns: 'boat', references: { schema: 'yard', name: 'boats' }, onUpdate: 'CASCADE' },
  });
  pgm.addConstraint('trips', null, { unique: 'crew' });
  pgm.addIndex('trips', ['day', { name: 'miles', sort: 'DESC' }], { unique: true, where: 'miles > 0' });
  pgm.createIndex('trips', 'lower(crew)', { name: 'by_crew', unique: true });
  pgm.createIndex('trips', ['left_at']);
  pgm.createIndex('trips', 'back_at', { unique: true });
  pgm.dropIndex('trips', 'back_at', { unique: true });
  for (const column of ['note', 'rating']) pgm.dropColumn('crews', column);
  pgm.addTypeValue('boat_kind', 'oar', { before: 'motor' });
  pgm.alterColumn('trips', 'miles', { type: 'int', default: null, allowNull: true });
  pgm.alterColumn('trips', 'crew', { notNull: false, default: 'all' });
  pgm.renameColumn('trips', 'code', 'label');
  pgm.sql('ALTER TABLE {table} ADD COLUMN wind integer DEFAULT {least}', { table: 'crews', least: 2 });
  pgm.createTrigger('trips', 'logged', { when: 'BEFORE', operation: 'INSERT', level: 'ROW', language: 'plpgsql', replace: true },
    'BEGIN RETURN NEW; END;');
  pgm.createTable('gone', { id: 'id' });
  pgm.dropTable('gone', { cascade: true });
  pgm.renameTable('trips', 'voyages');
  pgm.renameConstraint('voyages', 'back_later', 'home_later');
};`;

/** The statements that node-pg-migrate itself sends, file by file with the shorthands so far. */
async function sentBy(texts: readonly string[]): Promise<string[]> {
  let shorthands: ColumnDefinitions = {};
  const sent: string[] = [];
  const none = async () => ({}) as never;
  const quiet = { debug: none, info: none, warn: none, error: none };
  for (const text of texts) {
    const module = {} as { up: (pgm: MigrationBuilder) => unknown; shorthands?: ColumnDefinitions };
    new Function('exports', text)(module);
    shorthands = { ...shorthands, ...module.shorthands };
    const pgm = new MigrationBuilder({ query: none, select: none }, shorthands, false, quiet);
    await module.up(pgm);
    sent.push(pgm.getSql());
  }
  return sent;
}

test('reads migrations as PostgreSQL has them after node-pg-migrate ran them', async () => {
  const found = nodePgMigrate.read(
    programOf({
      'migrations/1700000000002_more.js': SECOND,
      'migrations/1700000000001_first.js': FIRST,
    }),
    '.',
  );
  expect(found.findings).toEqual([]);
  const real = await catalogOf(database, await sentBy([FIRST, SECOND]));
  expect(shapeOf(found.tables)).toEqual(shapeOf(real));
});

test('TypeScript’s modules, the list of types and literals of the package', () => {
  const found = nodePgMigrate.read(
    programOf({
      'migrations/1_first.ts': `
        import { type ColumnDefinitions, type MigrationBuilder, PgLiteral, PgType } from 'node-pg-migrate';
        export const shorthands: ColumnDefinitions | undefined = undefined;
        const owned = (table: string, pgm: MigrationBuilder) =>
          pgm.createTable(table, { at: { type: PgType.TIMESTAMP_WITH_TIME_ZONE, default: new PgLiteral('now()') } });
        export async function up(pgm: MigrationBuilder): Promise<void> {
          ['posts', 'notes'].forEach((table) => owned(table, pgm));
          await pgm.db.query('ALTER TABLE posts ADD COLUMN pinned boolean');
        }
        export async function down(pgm: MigrationBuilder) { pgm.dropTable('posts'); }`,
    }),
    '.',
  );
  expect(
    found.tables.map(({ id, columns }) => [id, columns.map((each) => [each.name, each.type])]),
  ).toEqual([
    ['notes', [['at', 'timestamp with time zone']]],
    [
      'posts',
      [
        ['at', 'timestamp with time zone'],
        ['pinned', 'boolean'],
      ],
    ],
  ]);
});
