import { expect, test } from 'vitest';
import { outcomes, reads, trace } from '../../setup/trace.ts';

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
