import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../src/db/db.ts';
import { sequelizeMigrations } from '../../../src/model/schemas/sequelize-migrations.ts';
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
/** @type {import('sequelize-cli').Migration} */
module.exports = {
  up: async (queryInterface, Sequelize) => {
    await queryInterface.createTable('crews', {
      id: { type: Sequelize.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false },
      name: { type: Sequelize.STRING(80), allowNull: false, unique: true },
      rank: { type: Sequelize.ENUM('mate', 'captain'), allowNull: false, defaultValue: 'mate' },
      note: Sequelize.TEXT,
      share: Sequelize.DECIMAL(6, 2),
      shown: { type: Sequelize.VIRTUAL },
      createdAt: { type: Sequelize.DATE, allowNull: false, defaultValue: Sequelize.literal('CURRENT_TIMESTAMP') },
    });
  },
  down: (queryInterface) => queryInterface.dropTable('crews'),
};`;

const SECOND = `
const TABLE = 'boats';
module.exports = {
  async up(queryInterface, { DataTypes }) {
    const transaction = await queryInterface.sequelize.transaction();
    try {
      const tags = { type: DataTypes.ARRAY(DataTypes.STRING), defaultValue: [] };
      await queryInterface.createTable(TABLE, {
        id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 },
        crew_id: {
          type: DataTypes.INTEGER,
          references: { model: { tableName: 'crews' }, key: 'id' },
          onDelete: 'CASCADE',
          onUpdate: 'SET NULL',
        },
        number: { type: DataTypes.BIGINT, field: 'hull_number' },
        tags,
      }, { transaction, uniqueKeys: { hull: { fields: ['crew_id', 'hull_number'] } } });
      await queryInterface.sequelize.query(\`
        CREATE TABLE berths (id serial PRIMARY KEY, pier varchar(12) NOT NULL);
        CREATE UNIQUE INDEX one_pier ON berths (pier);
      \`, { transaction });
      await transaction.commit();
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  },
};`;

const THIRD = `
import type { MigrationFn } from 'umzug';
import { DataTypes, QueryInterface } from 'sequelize';
export const up: MigrationFn<QueryInterface> = async ({ context: queryInterface }) => {
  await queryInterface.sequelize.transaction(async (transaction) => {
    await queryInterface.addColumn('berths', 'crew', { type: DataTypes.INTEGER, allowNull: true }, { transaction });
    await queryInterface.addConstraint('berths', {
      fields: ['crew'], type: 'foreign key', references: { table: 'crews', field: 'id' }, onDelete: 'SET NULL', transaction,
    });
    await queryInterface.addConstraint('boats', ['hull_number'], { type: 'unique', name: 'one_hull' });
    await queryInterface.addIndex('boats', { fields: ['crew_id'], unique: true, where: { crew_id: null } });
    await queryInterface.addIndex('boats', ['tags']);
    await queryInterface.changeColumn('crews', 'note', { type: DataTypes.STRING(20), allowNull: false, defaultValue: '-' });
    await queryInterface.renameColumn('berths', 'pier', 'quay');
    await queryInterface.removeColumn('crews', 'share');
  });
};
export const down: MigrationFn<QueryInterface> = async ({ context: queryInterface }) => {
  await queryInterface.dropTable('berths');
};`;

const SQL = [
  `CREATE TYPE enum_crews_rank AS ENUM ('mate', 'captain')`,
  `CREATE TABLE crews (id serial PRIMARY KEY, name varchar(80) NOT NULL UNIQUE,
     rank enum_crews_rank NOT NULL DEFAULT 'mate', note varchar(20) NOT NULL DEFAULT '-',
     "createdAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP)`,
  `CREATE TABLE boats (id uuid PRIMARY KEY,
     crew_id integer REFERENCES crews (id) ON DELETE CASCADE ON UPDATE SET NULL,
     hull_number bigint CONSTRAINT one_hull UNIQUE, tags varchar(255)[] DEFAULT '{}',
     UNIQUE (crew_id, hull_number))`,
  'CREATE TABLE berths (id serial PRIMARY KEY, quay varchar(12) NOT NULL, crew integer)',
  `ALTER TABLE berths ADD CONSTRAINT berths_crew_crews_fk FOREIGN KEY (crew) REFERENCES crews (id) ON DELETE SET NULL`,
  'CREATE UNIQUE INDEX one_pier ON berths (quay)',
  'CREATE UNIQUE INDEX boats_crew_id ON boats (crew_id) WHERE crew_id IS NULL',
];

test('reads migrations as PostgreSQL has them after Sequelize ran them', async () => {
  const found = sequelizeMigrations.read(
    programOf({
      'migrations/20200101-first.js': FIRST,
      'migrations/20200102-second.js': SECOND,
      'migrations/20200103-third.ts': THIRD,
    }),
    '.',
  );
  expect(found.findings).toEqual([]);
  expect(shapeOf(found.tables)).toEqual(shapeOf(await catalogOf(database, SQL)));
});
