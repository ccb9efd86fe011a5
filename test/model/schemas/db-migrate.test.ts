import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/db/db.ts';
import { dbMigrate } from '../../../src/model/schemas/db-migrate.ts';
import { programOf } from '../../setup/code.ts';
import { freshDatabase } from '../../setup/database.ts';
import { catalogOf, shapeOf } from '../../setup/table-shape.ts';

let database: Database;
beforeAll(async () => {
  database = await freshDatabase('select 1');
});
afterAll(() => database?.close());

const FIRST = `
'use strict';
const async = require('async');
exports.up = function (db, callback) {
  async.series([
    db.createTable.bind(db, 'crews', {
      id: { type: 'int', primaryKey: true, autoIncrement: true },
      name: { type: 'string', length: 80, notNull: true, unique: true },
      made_at: { type: 'timestamp', defaultValue: { special: 'CURRENT_TIMESTAMP' } },
      note: 'text',
    }),
    db.runSql.bind(db, \`ALTER TABLE crews ADD COLUMN size integer DEFAULT 2\`),
    (next) => db.addColumn('crews', 'home', { type: 'string' }, next),
  ], callback);
};
exports.down = (db, callback) => db.dropTable('crews', callback);`;

const SECOND = `
exports.up = (db, callback) => {
  db.createTable('boats', {
    crew_id: { type: 'int', primaryKey: true, foreignKey: { name: 'of_crew', table: 'crews', mapping: 'id', rules: { onDelete: 'CASCADE' } } },
    number: { type: 'bigint', primaryKey: true },
    afloat: { type: 'boolean', notNull: true, defaultValue: true },
  }, (error) => {
    if (error) return callback(error);
    db.runSql('CREATE TABLE berths (id uuid PRIMARY KEY, pier text)', () =>
      db.addIndex('berths', 'one_pier', ['pier'], true, callback));
  });
};`;

const THIRD = `
exports.up = async (db) =>
  db.renameColumn('crews', 'home', 'harbour')
    .then(() => db.changeColumn('boats', 'afloat', { notNull: false }))
    .then(() => db.removeColumn('crews', 'note'))
    .then(() => db.addForeignKey('berths', 'crews', 'berth_of', { pier: 'name' }, { onDelete: 'SET NULL' }));
exports._meta = { version: 1 };`;

const SQL = [
  `CREATE TABLE crews (id serial PRIMARY KEY, name varchar(80) NOT NULL UNIQUE,
     made_at timestamp DEFAULT CURRENT_TIMESTAMP, size integer DEFAULT 2, harbour varchar)`,
  `CREATE TABLE boats (crew_id integer CONSTRAINT of_crew REFERENCES crews (id) ON DELETE CASCADE,
     number bigint, afloat boolean DEFAULT true, PRIMARY KEY (crew_id, number))`,
  `CREATE TABLE berths (id uuid PRIMARY KEY, pier text CONSTRAINT berth_of REFERENCES crews (name) ON DELETE SET NULL)`,
  'CREATE UNIQUE INDEX one_pier ON berths (pier)',
];

test('reads migrations as PostgreSQL has them after db-migrate ran them', async () => {
  const found = dbMigrate.read(
    programOf({
      'migrations/20100101-first.js': FIRST,
      'migrations/20100102-second.js': SECOND,
      'migrations/20100103-third.js': THIRD,
    }),
    '.',
  );
  expect(found.findings).toEqual([]);
  expect(shapeOf(found.tables)).toEqual(shapeOf(await catalogOf(database, SQL)));
});
