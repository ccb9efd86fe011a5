import { expect, test } from 'vitest';
import { outcomes, reads, termText, trace } from '../../setup/trace.ts';
import { SCHEMA } from '../trace/shop.ts';

const HEAD = `
import { Hono } from 'hono';
import postgres from 'postgres';
import './schema';
const sql = postgres(process.env.DATABASE_URL);
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

test('templates, fragments inside them, names and lists', () => {
  const found = traced(
    `
    const rows = await sql\`
      SELECT \${sql(COLUMNS)}, \${mail(sql)} FROM orders o JOIN users u ON u.id = o.user_id
      WHERE o.id = \${c.req.param('id')} AND o.status IN \${sql(['paid', 'pending'])}
        \${c.req.query('user') ? sql\`AND o.user_id = \${c.req.query('user')}\` : sql\`\`} LIMIT 1\`;
    if (rows.count === 0) return c.json({ error: 'no_order' }, 404);
    return c.json({ mail: rows[0].mail });`,
    `const COLUMNS = ['id', 'status'].map((each) => \`o.\${each}\`);
     const mail = (sql: postgres.Sql) => sql\`u.email AS mail\`;`,
  );
  expect(reads(found)).toEqual([
    'order join user on user.id = order.user_id: order.id = params.id & order.status in ("paid", "pending") & order.user_id = query.user',
    'order#2 join user#2 on user#2.id = order#2.user_id: order#2.id = params.id & order#2.status in ("paid", "pending")',
  ]);
  expect(outcomes(found).map((each) => each.split(':')[0])).toEqual(['no_order 404', '200 200']);
});

test('writes of objects, in transactions, and what is refused', () => {
  const found = traced(`
    try {
      const made = await sql.begin(async (sql) => {
        const [user] = await sql\`INSERT INTO users \${sql({ email: c.req.query('email'), role: 'user', password_hash: '' })} RETURNING *\`;
        await sql\`INSERT INTO orders \${sql([{ user_id: user.id, status: 'pending' }], 'user_id', 'status')}\`;
        const { count } = await sql\`UPDATE products SET \${sql({ stock: 3 }, 'stock')} WHERE id = \${c.req.param('id')}\`;
        if (count === 0) throw new Error('gone');
        return user;
      });
      return c.json({ id: made.id }, 201);
    } catch (error) {
      if (error instanceof postgres.PostgresError && error.code === '23505') return c.json({ error: 'email_taken' }, 409);
      return c.json({ error: error.message }, 400);
    }`);
  expect(
    found.writes.map(({ id, kind, set }) => [id, kind, ...Object.values(set).map(termText)]),
  ).toEqual([
    ['user', 'insert', 'query.email', '"user"', '""'],
    ['order', 'insert', 'user.id', '"pending"'],
    ['product', 'update', '3'],
  ]);
  expect(outcomes(found).map((each) => each.split(':')[0])).toEqual([
    '201 201',
    'gone 400',
    '400 400',
    'email_taken 409',
  ]);
});

test('stores of the API toolkit have it as their own', () => {
  const found = traced(
    `
    const order = await store.items.order(c.req.param('id'));
    return order ? c.json({ status: order.status }) : c.json({ error: 'no_order' }, 404);`,
    `import { BasePgStore, BasePgStoreModule, connectPostgres } from '@hirosystems/api-toolkit';
     class Items extends BasePgStoreModule {
       async order(id: string) {
         return await this.sqlTransaction(async (sql) => {
           const found = await this.sql\`SELECT * FROM orders WHERE id = \${id}\`;
           if (found.count) return found[0];
         });
       }
     }
     class Store extends BasePgStore {
       readonly items: Items;
       static async connect() { return new Store(await connectPostgres({})); }
       constructor(sql) { super(sql); this.items = new Items(this); }
     }
     const store = await Store.connect();`,
  );
  expect(reads(found)).toEqual(['order: order.id = params.id']);
  expect(outcomes(found)).toEqual(['200 200: exists order', 'no_order 404: absent order']);
});
