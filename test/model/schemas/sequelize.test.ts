import { expect, test } from 'vitest';
import { overlaidTables } from '../../../src/model/schemas/complete.ts';
import { sequelize } from '../../../src/model/schemas/sequelize.ts';
import { sql } from '../../../src/model/schemas/sql.ts';
import { programOf } from '../../setup/code.ts';

const program = programOf({
  'package.json': JSON.stringify({ name: 'app', dependencies: { sequelize: '^6' } }),
  'db.js': `
    const { Sequelize } = require('sequelize');
    module.exports = new Sequelize('postgres://…', { define: { underscored: true } });`,
  'models/crew.js': `
    module.exports = (sequelize, DataTypes) => {
      const crew = sequelize.define('crew', {
        fullName: { type: DataTypes.STRING(80), allowNull: false },
        kind: { type: DataTypes.ENUM('sail', 'motor'), defaultValue: 'sail' },
        tags: DataTypes.ARRAY(DataTypes.TEXT),
        label: { type: DataTypes.VIRTUAL, get() { return this.fullName; } },
      }, { paranoid: true, schema: 'sea' });
      crew.associate = (models) => { crew.hasMany(models.Boat, { as: 'fleet' }); };
      return crew;
    };`,
  'models/boat.js': `
    const { DataTypes, Model } = require('sequelize');
    class Boat extends Model {
      static associate(models) { this.belongsTo(models.crew, { as: 'owner', foreignKey: { allowNull: false } }); }
    }
    Boat.init({
      id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 },
      mail: { type: DataTypes.CITEXT, unique: true, field: 'e_mail' },
    }, { sequelize, tableName: 'ships', timestamps: false });`,
  'migrations/1.sql': `
    CREATE TABLE ships (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), e_mail varchar(60) NOT NULL, extra integer);
    CREATE TABLE logs (id serial PRIMARY KEY);`,
});

test('models are tables, under the names Sequelize gives them', () => {
  const { tables, relations, hiddenBy } = sequelize.read(program, '.');
  const told = tables.map(({ id, property, columns }) => [
    id,
    property,
    columns.map(({ name, type, nullable }) => `${name} ${type}${nullable ? '' : ' not null'}`),
  ]);
  expect(told).toEqual([
    [
      'sea.crews',
      'crew',
      [
        'id integer not null',
        'full_name character varying(80) not null',
        'kind enum_crews_kind',
        'tags text',
        'created_at timestamp with time zone not null',
        'updated_at timestamp with time zone not null',
        'deleted_at timestamp with time zone',
      ],
    ],
    [
      'ships',
      'Boat',
      ['id uuid not null', 'e_mail citext', 'owner_id integer not null', 'crew_id integer'],
    ],
  ]);
  expect(tables.map(({ id }) => relations(id))).toEqual([
    [{ name: 'fleet', kind: 'many', table: 'ships', fields: ['id'], references: ['crew_id'] }],
    [{ name: 'owner', kind: 'one', table: 'sea.crews', fields: ['owner_id'], references: ['id'] }],
  ]);
  expect(tables.map(({ id }) => hiddenBy?.(id))).toEqual(['deletedAt', undefined]);
});

test('what migrations say goes over what models say', () => {
  const { tables } = sequelize.read(program, '.');
  const laid = overlaidTables(tables, sql.read(program, '.').tables);
  expect(laid.map(({ id }) => id)).toEqual(['logs', 'sea.crews', 'ships']);
  const ships = laid.find(({ id }) => id === 'ships');
  expect(ships?.columns.map(({ name, property, type }) => `${property}: ${name} ${type}`)).toEqual([
    'id: id uuid',
    'mail: e_mail character varying(60)',
    'extra: extra integer',
    'ownerId: owner_id integer',
    'crewId: crew_id integer',
  ]);
});

test('what becomes of rows that point at a deleted one is what associations say, and migrations over them', () => {
  const harbour = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies: { sequelize: '^6' } }),
    'models.js': `
      const { DataTypes, Sequelize } = require('sequelize');
      const sequelize = new Sequelize('postgres://…', { define: { timestamps: false } });
      const Crew = sequelize.define('crew', { name: DataTypes.TEXT });
      const Boat = sequelize.define('boat', { name: DataTypes.TEXT });
      const Berth = sequelize.define('berth', { name: DataTypes.TEXT });
      Berth.belongsTo(Crew, { as: 'keeper', foreignKey: { allowNull: false } });
      Berth.belongsTo(Crew, { as: 'guest' });
      Berth.belongsTo(Crew, { as: 'visitor', constraints: false });
      Boat.hasMany(Berth, { onDelete: 'CASCADE' });
      Berth.belongsTo(Boat, { foreignKey: 'boatId' });`,
    'migrations/1.sql': `
      CREATE TABLE crews (id serial PRIMARY KEY, name text);
      CREATE TABLE berths (id serial PRIMARY KEY, name text, "guestId" integer REFERENCES crews (id));`,
  });
  const { tables } = sequelize.read(harbour, '.');
  const actions = (all: typeof tables) =>
    Object.fromEntries(
      (all.find(({ id }) => id === 'berths')?.foreignKeys ?? []).map((key) => [
        key.columns.join(),
        key.onDelete,
      ]),
    );
  expect(actions(tables)).toEqual({
    keeperId: 'no action',
    guestId: 'set null',
    boatId: 'cascade',
  });
  expect(actions(overlaidTables(tables, sql.read(harbour, '.').tables))).toEqual({
    keeperId: 'no action',
    guestId: 'no action',
    boatId: 'cascade',
  });
});

const decorated = programOf({
  'package.json': JSON.stringify({
    name: 'app',
    dependencies: { sequelize: '^6', 'sequelize-typescript': '^2' },
  }),
  'kinds.ts': `export enum Kind { Sail = 'sail', Motor = 'motor' }`,
  'named.ts': `
    import { Column, Model } from 'sequelize-typescript';
    export abstract class Named extends Model { @Column({ allowNull: false }) name: string; }`,
  'models.ts': `
    import { AllowNull, AutoIncrement, BelongsTo, Column, CreatedAt, DataType, DeletedAt, ForeignKey, HasMany, HasOne,
      Model, PrimaryKey, Table, Unique } from 'sequelize-typescript';
    import { Kind } from './kinds';
    import { Named } from './named';
    @Table({ tableName: 'harbours', underscored: true, timestamps: true })
    export class Harbour extends Named {
      @HasMany(() => Boat, { as: 'fleet' })
      @HasOne(() => Master, 'post')
      @PrimaryKey @AutoIncrement @Column
      id: number;
      @Unique @Column(DataType.STRING(40)) shortName: string | null;
      @DeletedAt closedAt: Date;
    }
    @Table({ timestamps: false })
    export class Boat extends Model<Boat> {
      @Column({ type: DataType.UUID, primaryKey: true, defaultValue: DataType.UUIDV4 }) id: string;
      @Column(DataType.ENUM(...Object.values(Kind))) kind: Kind;
      @AllowNull(false) @ForeignKey(() => Harbour) @Column home: number;
      @BelongsTo(() => Harbour) harbour: Harbour;
    }
    @Table({ tableName: 'masters', timestamps: false })
    export class Master extends Named { @Column post: number; }`,
});

test('classes that decorators make models are tables', () => {
  const { tables, relations, hiddenBy, tableAt, classOf } = sequelize.read(decorated, '.');
  const told = tables.map(({ id, property, columns }) => [
    id,
    property,
    columns.map(({ name, type, nullable }) => `${name} ${type}${nullable ? '' : ' not null'}`),
  ]);
  expect(told).toEqual([
    ['Boats', 'Boat', ['id uuid not null', 'kind enum_Boats_kind', 'home integer not null']],
    [
      'harbours',
      'Harbour',
      [
        'name character varying(255) not null',
        'id integer not null',
        'short_name character varying(40)',
        'closed_at timestamp with time zone',
        'created_at timestamp with time zone not null',
        'updated_at timestamp with time zone not null',
      ],
    ],
    [
      'masters',
      'Master',
      ['id integer not null', 'name character varying(255) not null', 'post integer'],
    ],
  ]);
  expect(tables[0]?.columns[1]?.values).toEqual(['sail', 'motor']);
  expect(tables[0]?.foreignKeys).toEqual([
    {
      name: null,
      columns: ['home'],
      table: 'harbours',
      references: ['id'],
      deferrable: false,
      onDelete: 'cascade',
    },
  ]);
  expect(tables.map(({ id }) => relations(id))).toEqual([
    [{ name: 'harbour', kind: 'one', table: 'harbours', fields: ['home'], references: ['id'] }],
    [
      { name: 'fleet', kind: 'many', table: 'Boats', fields: ['id'], references: ['home'] },
      { name: 'id', kind: 'one', table: 'masters', fields: ['id'], references: ['post'] },
    ],
    [],
  ]);
  expect(tables.map(({ id }) => hiddenBy?.(id))).toEqual([undefined, 'closedAt', undefined]);
  const harbour = classOf?.('harbours');
  expect(harbour && tableAt(harbour)?.id).toBe('harbours');
});
