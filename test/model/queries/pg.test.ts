import { expect, test } from 'vitest';
import { outcomes, reads, termText, trace } from '../../setup/trace.ts';
import { SCHEMA } from '../trace/shop.ts';

const HEAD = `
import { Hono } from 'hono';
import pg, { Pool, type PoolClient } from 'pg';
import './schema';
const pool = new Pool({ connectionString: process.env.DATABASE_URL });
const app = new Hono();
`;

const traced = (body: string, before = '') =>
  trace(
    {
      'schema.ts': SCHEMA,
      'app.ts': `${HEAD}${before}\napp.post('/orders/:id', async (c) => {${body}});\nexport default app;`,
    },
    'POST /orders/:id',
  );

test('reads joins, operators and limits out of SQL text', () => {
  const found = traced(`
    const { rows } = await pool.query(
      \`SELECT o.*, u.email FROM orders o JOIN users u ON u.id = o.user_id LEFT JOIN items i ON i.order_id = o.id
       WHERE o.status IN ('paid', 'pending') AND o.paid_at IS NULL AND (i.quantity > 2 OR NOT u.role = 'x')
         AND o.created_at > now() - interval '2 days' AND o.id = $1 LIMIT 1\`, [c.req.param('id')]);
    if (rows.length === 0) return c.json({ error: 'no_order' }, 404);
    return c.json({ mail: rows[0].email });`);
  expect(reads(found)).toEqual([
    'order join user on user.id = order.user_id left join item on item.order_id = order.id: order.status in ("paid", "pending") & order.paid_at = null & (item.quantity > 2 | user.role != "x") & order.created_at > (now - 172800000) & order.id = params.id',
  ]);
  expect(outcomes(found)).toEqual(['no_order 404: absent order', '200 200: exists order']);
});

test('ties subqueries to the rows around them', () => {
  const found = traced(`
    const { rows: [row] } = await pool.query(
      'select p.id, (select count(*) from items i where i.product_id = p.id) as sold from products p where exists (select 1 from items where items.product_id = p.id and items.quantity > $2) and p.id = $1',
      [c.req.param('id'), 3]);
    const taken = await pool.query('SELECT EXISTS(SELECT 1 FROM users WHERE email = $1) AS taken', [c.req.query('email')]);
    if (taken.rows[0].taken) return c.json({ error: 'taken' }, 409);
    return c.json({ sold: row.sold });`);
  expect(reads(found)).toEqual([
    'product: exists item & product.id = params.id',
    'item*: item.product_id = product.id & item.quantity > 3',
    'item#2*: item#2.product_id = product.id',
    'user*: user.email = query.email',
  ]);
  expect(outcomes(found)[0]).toBe('taken 409: exists user');
});

test('a sum inside a subquery leaves the rows around it as they are', () => {
  const found = traced(`
    const { rows } = await pool.query(
      \`with sold as (select count(*) as sum from items)
        select p.id, coalesce((select sum from sold), 0) + 1 as sold from products p where p.id = $1\`, [c.req.param('id')]);
    return rows.length > 0 ? c.json({ id: rows[0].id }) : c.json({ error: 'none' }, 404);`);
  expect(outcomes(found)).toEqual(['200 200: exists product', 'none 404: absent product']);
});

test('writes with RETURNING, rowCount, conflicts and writes in WITH', () => {
  const found = traced(
    `
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const made = await insertUser(client, c.req.query('email'));
      const { rowCount } = await client.query(
        'update products p set stock = p.stock - 1 where p.id = $1 and p.stock > 0', [c.req.param('id')]);
      if (rowCount === 0) return c.json({ error: 'sold_out' }, 409);
      const { rows: [order] } = await client.query(
        \`with o as (insert into orders (user_id, status) values ($1, 'pending') returning id)
          insert into items (order_id, product_id, quantity) select o.id, $2, 1 from o returning order_id as "order"\`,
        [made.id, c.req.param('id')]);
      await client.query('COMMIT');
      return c.json({ order: order.order, by: made.email }, 201);
    } catch (error) {
      await client.query('ROLLBACK');
      if (error.code === '23505') return c.json({ error: 'email_taken' }, 409);
      throw error;
    } finally { client.release(); }`,
    `async function insertUser(client: PoolClient, email) {
      const sql = 'INSERT INTO users (email, role, password_hash) ' + \`VALUES ($1, 'user', '') RETURNING *\`;
      const result = await client.query({ text: sql, values: [email] });
      return result.rows[0];
    }`,
  );
  expect(
    found.writes.map(({ id, kind, set }) => [id, kind, ...Object.values(set).map(termText)]),
  ).toEqual([
    ['user', 'insert', 'query.email', '"user"', '""'],
    ['product', 'update', '(product.stock - 1)'],
    ['order', 'insert', 'user.id', '"pending"'],
    ['item', 'insert', 'order.id', 'params.id', '1'],
  ]);
  expect(reads(found)).toEqual(['product#2*: product#2.id = params.id & product#2.stock > 0']);
  expect(outcomes(found).map((each) => each.split(':')[0])).toEqual([
    'sold_out 409',
    '201 201',
    'email_taken 409',
  ]);
});

test('follows a text with alternatives and pieces nobody knows', () => {
  const found = traced(`
    const { rows } = await pool.query(
      \`SELECT id FROM products WHERE active \${c.req.query('min') ? 'AND price >= $1' : ''} ORDER BY \${c.req.query('by')} LIMIT 20\`,
      c.req.query('min') ? [c.req.query('min')] : []);
    return c.json({ first: rows[0].id });`);
  expect(reads(found)).toEqual([
    'product: product.active = true & product.price >= query.min',
    'product#2: product#2.active = true',
  ]);
});

test('leaves SQL it has no word for opaque, under its own text', () => {
  const found = traced(`
    const { rows } = await pool.query("SELECT * FROM products WHERE to_tsvector(id) @@ plainto_tsquery($1) AND active", [c.req.query('q')]);
    const unseen = await pool.query('SELECT * FROM nowhere WHERE id = $1', [rows[0].id]);
    return unseen.rows.length ? c.json({}) : c.json({}, 404);`);
  expect(reads(found)).toEqual([
    'product: [to_tsvector(id) @@ plainto_tsquery($1) AND active] & product.active = true',
  ]);
});

test('callbacks are given the client, the rows, and what the database refuses', () => {
  const found = traced(
    `
    const id = c.req.param('id');
    try {
      const rows = await find('SELECT * FROM users WHERE email = $1', [id]);
      if (!rows.length) return c.json({ error: 'nobody' }, 404);
      await find("INSERT INTO users (email, role, password_hash) VALUES ($1, 'user', '')", [c.req.query('email')]);
      return c.json({});
    } catch (error) {
      return c.json({ error: 'refused' }, 409);
    }`,
    `function find(text, params) {
      return new Promise((resolve, reject) => {
        pool.connect((error, client, release) => {
          if (error) return reject(error);
          client.query(text, params, (error, results) => {
            release();
            if (error) return reject(error);
            resolve(results.rows);
          });
        });
      });
    }`,
  );
  expect(outcomes(found)).toEqual([
    expect.stringMatching(/^nobody 404: .*absent user$/),
    expect.stringMatching(/^200 200: .*exists user & .*not conflict user#2\(email\)$/),
    expect.stringMatching(
      /^refused 409: .*exists user & missing query\.email .*exists user & conflict user#2\(email\)/,
    ),
  ]);
});

test('what sums up a table gives one row, be the table known or not', () => {
  const counted = (from: string) =>
    outcomes(
      traced(`
        const { rows } = await pool.query('select count(*)::int as total from ${from}');
        if (!rows.length) return c.json({ error: 'no_count' }, 500);
        if (rows[0].total === 0) return c.json({ error: 'none' }, 404);
        return c.json({});`),
    ).map((each) => each.split(':')[0]);
  expect(counted('imported.customers')).toEqual(['none 404', '200 200']);
  expect(counted('users')).toEqual(['none 404', '200 200']);
});

test('what is asked of a sum is there for one row as well', () => {
  const found = traced(`
    const { rows: [row] } = await pool.query('SELECT count(*) > 0 AS known FROM users WHERE email = $1', [c.req.query('email')]);
    if (!row.known) return c.json({ error: 'nobody' }, 404);
    return c.json({});`);
  expect(outcomes(found)).toEqual(['nobody 404: absent user', '200 200: exists user']);
});

test('of a text with many alternatives a few are followed on both sides', () => {
  const names = Array.from({ length: 20 }, (_, index) => `filter${index}`);
  const filters = names.map(
    (name) => `const ${name} = c.req.query('${name}') ? "AND u.role != '${name}'" : '';`,
  );
  const text = names.map((name) => `\${${name}}`).join(' ');
  const found = traced(`
    ${filters.join('\n')}
    const { rows } = await pool.query(\`SELECT * FROM users u WHERE u.role = $1 ${text}\`, [c.req.param('id')]);
    if (rows.length === 0) return c.json({ error: 'nobody' }, 404);
    return c.json({});`);
  expect(reads(found)).toHaveLength(8);
  const said = outcomes(found);
  expect(said.map((each) => each.split(':')[0])).toEqual(['nobody 404', '200 200']);
  for (const each of said) expect(each).toContain('missing query.filter19');
});

test.each([
  [
    'added to it',
    `const sql = 'SELECT * FROM users u WHERE u.role = $1' + (c.req.query('email') ? " AND u.email = 'a'" : '') + (c.req.query('old') ? ' AND u.id < 9' : '');`,
  ],
  [
    'joined to it',
    `const parts = ['u.role = $1'];
    if (c.req.query('email')) parts.push("u.email = 'a'");
    if (c.req.query('old')) parts.push('u.id < 9');
    const sql = \`SELECT * FROM users u WHERE \${parts.join(' AND ')}\`;`,
  ],
])('a condition that is %s under a condition is one of each side', (_, sql) => {
  const found = traced(`${sql}
    const { rows } = await pool.query(sql, [c.req.param('id')]);
    return rows.length === 0 ? c.json({ error: 'nobody' }, 404) : c.json({});`);
  expect(reads(found)).toEqual([
    'user*: user.role = params.id & user.email = "a" & user.id < 9',
    'user#2*: user#2.role = params.id & user#2.email = "a"',
    'user#3*: user#3.role = params.id & user#3.id < 9',
    'user#4*: user#4.role = params.id',
  ]);
});
