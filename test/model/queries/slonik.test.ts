import { expect, test } from 'vitest';
import { outcomes, reads, termText, trace } from '../../setup/trace.ts';
import { SCHEMA } from '../trace/shop.ts';

const HEAD = `
import { Hono } from 'hono';
import { createPool, sql, ForeignKeyIntegrityConstraintViolationError, NotFoundError, UniqueIntegrityConstraintViolationError } from 'slonik';
import { z } from 'zod';
import './schema';
const user = z.object({ id: z.number(), email: z.string() });
const pool = await createPool(process.env.DATABASE_URL);
const app = new Hono();
`;

const traced = (body: string) =>
  trace(
    {
      'schema.ts': SCHEMA,
      'app.ts': `${HEAD}\napp.post('/orders/:id', async (c) => {${body}});\nexport default app;`,
    },
    'POST /orders/:id',
  );

test('how many rows there are is said by the method', () => {
  const found = traced(`
    const id = c.req.param('id');
    const order = await pool.maybeOne(sql.type(user)\`SELECT * FROM \${sql.identifier(['orders'])} WHERE id = \${id}\`);
    if (order === null) return c.json({ error: 'no_order' }, 404);
    try {
      const owner = await pool.one(sql.unsafe\`SELECT * FROM users WHERE email = \${c.req.query('owner')}\`);
      if (owner.role === 'barred') return c.json({ error: 'barred' }, 403);
    } catch (error) {
      if (error instanceof NotFoundError) return c.json({ error: 'no_owner' }, 410);
      throw error;
    }
    if (await pool.exists(sql.fragment\`SELECT 1 FROM products WHERE stock = 0\`)) return c.json({ error: 'sold_out' }, 409);
    return c.json({ id });`);
  expect(outcomes(found).filter((each) => !/Bad_Request|500/.test(each))).toEqual([
    'no_order 404: absent order',
    'barred 403: exists order & exists user & user.role = "barred"',
    'no_owner 410: exists order & absent user',
    'sold_out 409: exists order & exists user & user.role != "barred" & exists product',
    '200 200: exists order & exists user & user.role != "barred" & absent product',
  ]);
});

test('pieces are joined, conditions stand among them', () => {
  const found = traced(`
    const only = [sql.fragment\`stock > \${3}\`, sql.fragment\`id = \${c.req.param('id')}\`];
    const { rows, rowCount } = await pool.query(sql.type(user)\`
      SELECT id FROM products WHERE \${sql.join(only, sql.fragment\` AND \`)}
      AND \${c.req.query('left') ? sql.fragment\`stock = \${c.req.query('left')}\` : true}\`);
    if (rowCount === 0) return c.json({ error: 'none' }, 404);
    return c.json(rows);`);
  expect(reads(found)).toEqual([
    'product*: product.stock > 3 & product.id = params.id & product.stock = query.left',
    'product#2*: product#2.stock > 3 & product#2.id = params.id',
  ]);
});

test('what a constraint refuses has a class of its own, in transactions, too', () => {
  const found = traced(`
    try {
      await pool.transaction(async (connection) => {
        await connection.query(sql.unsafe\`INSERT INTO users (email, role, password_hash) VALUES (\${c.req.query('email')}, 'user', '')\`);
        await connection.query(sql.unsafe\`INSERT INTO orders (user_id, status) VALUES (\${c.req.query('user')}, 'pending')\`);
      });
    } catch (error) {
      if (error instanceof UniqueIntegrityConstraintViolationError) return c.json({ error: 'email_taken' }, 409);
      if (error instanceof ForeignKeyIntegrityConstraintViolationError) return c.json({ error: 'no_user' }, 422);
      throw error;
    }
    return c.body(null, 201);`);
  expect(
    found.writes.map(({ id, kind, set }) => [id, kind, ...Object.values(set).map(termText)]),
  ).toEqual([
    ['user', 'insert', 'query.email', '"user"', '""'],
    ['order', 'insert', 'query.user', '"pending"'],
  ]);
  const codes = outcomes(found).map((each) => each.split(':')[0]);
  expect(codes).toContain('email_taken 409');
  expect(codes).toContain('no_user 422');
  expect(codes).toContain('201 201');
});
