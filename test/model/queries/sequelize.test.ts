import { expect, test } from 'vitest';
import { outcomes, reads, trace, traceAll } from '../../setup/trace.ts';

const TABLES = `
CREATE TABLE harbours (id uuid PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE boats (id uuid PRIMARY KEY, "harbourId" uuid NOT NULL REFERENCES harbours, name text NOT NULL,
  length integer, "deletedAt" timestamptz);
`;

const traced = (body: string, before = '') =>
  trace(
    {
      'migrations/1.sql': TABLES,
      'app.ts': `
        import { Hono } from 'hono';
        import { Op, QueryTypes, Sequelize, UniqueConstraintError } from 'sequelize';
        const sequelize = new Sequelize(process.env.DATABASE_URL);
        const app = new Hono();
        app.onError((error, c) =>
          error.name.includes('Sequelize') ? c.json({ error: 'database' }, 500) : c.json({ error: 'other' }, 500));
        ${before}
        app.post('/boats/:id', async (c) => {${body}});
        export default app;`,
    },
    'POST /boats/:id',
  );

test('reads texts with replacements, whole rows and what each kind of query gives', () => {
  const found = traced(`
    const boats = await sequelize.query(
      'SELECT b.* FROM boats b WHERE b.id = :id AND b.name IN (:names) AND b."deletedAt"::date IS NULL -- :not',
      { replacements: { id: c.req.param('id'), names: ['a', 'b'] }, type: QueryTypes.SELECT });
    if (boats.length !== 1) return c.json({ error: 'none' }, 404);
    const [rows] = await sequelize.query(
      'select h.id, row_to_json(h) as whole from harbours h where h.id = ?', { replacements: [boats[0].harbourId] });
    const [harbour] = rows;
    if (harbour?.whole.name === 'x') return c.json({ error: 'named_x' }, 409);
    return c.json({});`);
  expect(reads(found)).toEqual([
    'boat: boat.id = params.id & boat.name in ("a", "b") & boat.deletedAt = null',
    'harbour: harbour.id = boat.harbourId',
  ]);
  expect(outcomes(found)).toEqual([
    'none 404: count(boat) != 1',
    'named_x 409: count(boat) = 1 & exists harbour & harbour.name = "x"',
    '200 200: count(boat) = 1 & (absent harbour | harbour.name != "x")',
  ]);
});

test('a name that a request leaves out is an error before anything is sent', () => {
  const found = traced(`
    const { name } = await c.req.json();
    await sequelize.query('UPDATE boats SET name = :name WHERE id = :id', {
      replacements: { name, id: c.req.param('id') }, type: QueryTypes.UPDATE });
    return c.json({});`);
  expect(outcomes(found)).toEqual([
    'other~malformed-body 500: malformed body',
    'other~missing-body.name 500: missing body.name',
    '200 200: present body.name',
  ]);
});

test('constraints come as errors of Sequelize’s own', () => {
  const found = traced(`
    const { id, name } = await c.req.json();
    const transaction = await sequelize.transaction();
    try {
      await sequelize.query('INSERT INTO harbours (id, name) VALUES ($id, $name)', { bind: { id, name }, transaction });
      await transaction.commit();
    } catch (error) {
      await transaction.rollback();
      if (error instanceof UniqueConstraintError) return c.json({ error: 'taken_' + error.errors[0].path }, 409);
      throw error;
    }
    return c.json({}, 201);`);
  expect(outcomes(found).slice(3)).toEqual([
    'taken_name 409: present body.id & present body.name & conflict harbour(name)',
    'taken_id 409: present body.id & present body.name & conflict harbour(id)',
    '201 201: present body.id & present body.name & not conflict harbour(name) & not conflict harbour(id)',
  ]);
});

const MODELS = `
  const Harbour = sequelize.define('harbour', {
    id: { type: DataTypes.UUID, primaryKey: true, defaultValue: DataTypes.UUIDV4 },
    name: { type: DataTypes.TEXT, allowNull: false, unique: true },
  }, { timestamps: false });
  const Boat = sequelize.define('boat', {
    id: { type: DataTypes.UUID, primaryKey: true },
    name: { type: DataTypes.TEXT, allowNull: false },
    length: DataTypes.INTEGER,
  }, { paranoid: true });
  Boat.belongsTo(Harbour, { as: 'home', foreignKey: { name: 'harbourId', allowNull: false } });
  Harbour.hasMany(Boat);`;

const ofModels = (body: string) => {
  const files = {
    'app.ts': `
      import { Hono } from 'hono';
      import { DataTypes, Op, Sequelize, UniqueConstraintError } from 'sequelize';
      const sequelize = new Sequelize(process.env.DATABASE_URL);
      ${MODELS}
      const app = new Hono();
      app.post('/boats/:id', async (c) => {${body}});
      export default app;`,
    'package.json': JSON.stringify({ name: 'app', dependencies: { hono: '4', sequelize: '^6' } }),
  };
  return trace(files, 'POST /boats/:id');
};

test('finds rows by conditions, keys and what they include', () => {
  const found = ofModels(`
    const boat = await Boat.findByPk(c.req.param('id'));
    if (!boat) return c.json({ error: 'none' }, 404);
    const others = await sequelize.models.boat.findAll({
      where: { name: ['a', 'b'], [Op.or]: [{ length: { [Op.gt]: 3 } }, { length: null }] },
      include: [{ model: Harbour, as: 'home', required: true, where: { name: { [Op.ne]: 'x' } } }],
    });
    if (others.length > 0) return c.json({ error: 'others' }, 409);
    const home = await boat.getHome();
    const siblings = await home.dataValues.getBoats({ where: { length: boat.get('length') } });
    if (siblings.length === 0) return c.json({ error: 'alone' }, 409);
    return c.json({});`);
  expect(reads(found)).toEqual([
    'boat: boat.id = params.id & boat.deletedAt = null',
    'boat#2*: boat#2.name in ("a", "b") & (boat#2.length > 3 | boat#2.length = null) & exists harbour & boat#2.deletedAt = null',
    'harbour*: harbour.id = boat#2.harbourId & harbour.name != "x"',
    'harbour#2: harbour#2.id = boat.harbourId',
    'boat#3*: boat#3.length = boat.length & boat#3.harbourId = harbour#2.id & boat#3.deletedAt = null',
  ]);
  expect(outcomes(found)).toEqual([
    'none 404: absent boat',
    'others 409: exists boat & exists boat#2',
    'alone 409: exists boat & absent boat#2 & absent boat#3',
    '200 200: exists boat & absent boat#2 & exists boat#3',
  ]);
});

test('creates, updates and destroys rows, hidden ones of paranoid models', () => {
  const found = ofModels(`
    const { name } = await c.req.json();
    try {
      const [harbour, made] = await Harbour.findOrCreate({ where: { name }, defaults: { id: 'a' } });
      if (made) return c.json({ made: harbour.name }, 201);
    } catch (error) {
      if (error instanceof UniqueConstraintError) return c.json({ error: 'taken' }, 409);
      throw error;
    }
    const [count] = await Boat.update({ name }, { where: { id: c.req.param('id') } });
    if (count === 0) return c.json({ error: 'none' }, 404);
    const boat = await Boat.findOne({ where: { name }, rejectOnEmpty: true });
    boat.length = 3;
    await boat.save();
    await boat.destroy();
    await Harbour.destroy({ where: { name } });
    return c.json({});`);
  expect(outcomes(found)).toEqual([
    '201 201: present body.name & absent harbour & not conflict harbour#2(id)',
    'where-parameter-name-has-invalid-undefined-value 500: missing body.name',
    'taken 409: present body.name & absent harbour & conflict harbour#2(id)',
    'none 404: present body.name & exists harbour & absent boat#2',
    'EmptyResultError 500: present body.name & exists harbour & exists boat#2 & absent boat#3',
    '200 200: present body.name & exists harbour & exists boat#2 & exists boat#3',
  ]);
  const written = found.writes.map(({ kind, table, set }) => [kind, table, ...Object.keys(set)]);
  expect(written.map((each) => each.join(' '))).toEqual([
    'insert harbours name id',
    'update boats name',
    'update boats length',
    'update boats deletedAt',
    'delete harbours',
  ]);
});

test('a column that is compared with nothing is an error before anything is sent, a key of nothing finds no row', () => {
  const found = ofModels(`
    const { id, name } = await c.req.json();
    const byKey = await Harbour.findByPk(id);
    if (byKey) return c.json({ error: 'known' }, 409);
    const byName = await Harbour.findOne({ where: { [Op.or]: [{ name }, { name: 'x' }] } });
    return c.json({}, byName ? 200 : 201);`);
  expect(outcomes(found)).toEqual([
    'known 409: exists harbour',
    'where-parameter-name-has-invalid-undefined-value 500: absent harbour & missing body.name',
    '200 200: absent harbour & present body.name & exists harbour#2',
    '201 201: absent harbour & present body.name & absent harbour#2',
  ]);
});

test('a row that others point at is not deleted', () => {
  const found = ofModels(`
    try {
      await Harbour.destroy({ where: { id: c.req.param('id') } });
    } catch (error) {
      if (error.name === 'SequelizeForeignKeyConstraintError') return c.json({ error: 'in_use' }, 409);
      throw error;
    }
    return c.json({});`);
  expect(outcomes(found).map((each) => each.split(':')[0])).toEqual(['in_use 409', '200 200']);
});

test('what is built is inserted once it is saved; what is counted on is updated', () => {
  const found = ofModels(`
    const boat = Boat.build({ name: 'Gull' });
    boat.harbourId = c.req.param('id');
    await boat.save();
    const [other] = await Boat.findAll({ where: { name: 'Tern' } });
    await other.increment('length', { by: 2 });
    await Boat.decrement({ length: 1 }, { where: { name: 'Gull' } });
    return c.json({ id: boat.id });`);
  expect(found.writes.map(({ kind, table, set }) => [kind, table, Object.keys(set)])).toEqual([
    ['insert', 'boats', ['name', 'harbourId', 'createdAt', 'updatedAt']],
    ['update', 'boats', ['length']],
    ['update', 'boats', ['length']],
  ]);
});

test('models that sequelize-cli’s index loads from its folder go by their names', () => {
  const files = {
    'package.json': JSON.stringify({ name: 'app', dependencies: { hono: '4', sequelize: '6' } }),
    'models/index.js': `
      const fs = require('fs');
      const path = require('path');
      const Sequelize = require('sequelize');
      const db = {};
      const sequelize = new Sequelize(process.env.DATABASE_URL);
      fs.readdirSync(__dirname).filter((file) => file !== 'index.js').forEach((file) => {
        const model = require(path.join(__dirname, file))(sequelize, Sequelize.DataTypes);
        db[model.name] = model;
      });
      db.sequelize = sequelize;
      module.exports = db;`,
    'models/boat.js': `
      module.exports = (sequelize, DataTypes) =>
        sequelize.define('Boat', { name: DataTypes.STRING }, { tableName: 'boats' });`,
    'app.js': `
      const { Hono } = require('hono');
      const { Boat, sequelize } = require('./models');
      const db = require('./models');
      const app = new Hono();
      app.get('/boats/:id', async (c) =>
        sequelize.transaction(async () => {
          const boat = await Boat.findByPk(c.req.param('id'));
          if (!boat) return c.json({ error: 'none' }, 404);
          const other = await db.Boat.findOne({ where: { name: boat.name } });
          return c.json({ other: other.id });
        }));
      module.exports = app;`,
  };
  expect(reads(trace(files, 'GET /boats/:id'))).toEqual([
    'boat: boat.id = params.id',
    'boat#2: boat#2.name = boat.name',
  ]);
});

test('classes that decorators make models have the methods of models', () => {
  const files = {
    'package.json': JSON.stringify({
      name: 'app',
      dependencies: { hono: '4', sequelize: '^6', 'sequelize-typescript': '^2' },
    }),
    'app.ts': `
      import { Hono } from 'hono';
      import { BelongsTo, Column, ForeignKey, HasMany, Model, Sequelize, Table } from 'sequelize-typescript';
      @Table({ timestamps: false })
      class Harbour extends Model {
        @Column name: string;
        @HasMany(() => Boat) boats: Boat[];
        get title() { return 'Port of ' + this.name; }
      }
      @Table({ timestamps: false })
      class Boat extends Model {
        @Column name: string;
        @ForeignKey(() => Harbour) @Column harbourId: number;
        @BelongsTo(() => Harbour) harbour: Harbour;
        static named(name: string) { return this.findOne({ where: { name }, include: [Harbour] }); }
      }
      const sequelize = new Sequelize(process.env.DATABASE_URL);
      sequelize.addModels([Harbour, Boat]);
      const app = new Hono();
      app.post('/boats/:id', async (c) => {
        const boat = await Boat.named(c.req.param('id'));
        if (!boat) return c.json({ error: 'none' }, 404);
        if (!(boat instanceof Boat) || boat instanceof Harbour || boat === Boat) return c.json({ error: 'never' }, 500);
        if (boat.harbour.title === 'Port of Skagen') return c.json({ error: 'home' }, 409);
        await sequelize.transaction(async (transaction) => boat.update({ name: 'x' }, { transaction }));
        return c.json({});
      });
      export default app;`,
  };
  const found = trace(files, 'POST /boats/:id');
  expect(outcomes(found)).toEqual([
    'none 404: absent boat',
    'TypeError 500: exists boat & absent harbour',
    'home 409: exists boat & exists harbour & concat("Port of ", harbour.name) = "Port of Skagen"',
    '200 200: exists boat & exists harbour & concat("Port of ", harbour.name) != "Port of Skagen"',
  ]);
  expect(found.writes.map(({ kind, table, set }) => [kind, table, ...Object.keys(set)])).toEqual([
    ['update', 'Boats', 'name'],
  ]);
});

test('rows are made of what a request sends, whole or as an instance of the model', () => {
  const made = (body: string) => {
    const files = {
      'package.json': JSON.stringify({
        name: 'app',
        dependencies: { hono: '4', sequelize: '^6', 'sequelize-typescript': '^2' },
      }),
      'app.ts': `
        import { Hono } from 'hono';
        import { AutoIncrement, Column, DataType, Model, PrimaryKey, Sequelize, Table } from 'sequelize-typescript';
        import { QueryTypes } from 'sequelize';
        @Table({ timestamps: false })
        class Boat extends Model {
          @PrimaryKey @AutoIncrement @Column(DataType.INTEGER) id: number;
          @Column(DataType.STRING(20)) name: string;
          @Column berths: number;
          crew?: string[];
          get title() { return 'MS ' + this.name; }
        }
        const sequelize = new Sequelize(process.env.DATABASE_URL);
        const app = new Hono();
        app.post('/boats', async (c) => {
          const body = await c.req.json();
          ${body}
        });
        export default app;`,
    };
    const found = traceAll(files, 'POST /boats');
    const sets = found.writes.map(({ set }) => Object.keys(set).join());
    return [...sets, ...outcomes(found).filter((each) => !each.startsWith('SyntaxError'))];
  };
  const refused =
    '(length(body.name) > 20 | body.berths not matches "^-?[0-9]{1,9}$" | body.name matches "\\u0000")';
  expect(made('await Boat.create(body); return c.json({});')).toEqual([
    'name,berths',
    `DatabaseError 500: ${refused}`,
    '200 200: ',
  ]);
  expect(
    made(`const boat = new Boat({ ...body, berths: 3 });
      if (boat.title === 'MS Gull') return c.json({ error: 'gull' }, 409);
      await boat.save();
      return c.json({ id: boat.id });`),
  ).toEqual([
    'name,berths',
    'gull 409: concat("MS ", body.name) = "MS Gull"',
    'DatabaseError 500: concat("MS ", body.name) != "MS Gull" & (length(body.name) > 20 | body.name matches "\\u0000")',
    '200 200: concat("MS ", body.name) != "MS Gull"',
  ]);
  expect(
    made(`const rows = await sequelize.query('DELETE FROM "Boats" WHERE name = :name RETURNING id', {
        replacements: { name: 'Gull' }, type: QueryTypes.DELETE });
      return rows.length > 0 ? c.json({}) : c.json({ error: 'none' }, 404);`),
  ).toEqual(['', '200 200: exists boat', 'none 404: absent boat']);
});
