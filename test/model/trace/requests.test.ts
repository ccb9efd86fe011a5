import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

const HEAD = `
  import { Hono } from 'hono';
  import * as z from 'zod';
  import { drizzle } from 'drizzle-orm/node-postgres';
  import { pgTable, text } from 'drizzle-orm/pg-core';
  const db = drizzle('');
  const notes = pgTable('notes', { id: text('id').primaryKey(), title: text('title'), body: text('body') });
  const app = new Hono();
`;
const PACKAGE = '{ "dependencies": { "hono": "4", "drizzle-orm": "0", "zod": "4" } }';

function traced(handler: string, route = 'POST /notes') {
  const [method = 'POST', path = '/notes'] = route.split(' ');
  const code = `${HEAD}\n app.${method.toLowerCase()}('${path}', async (c) => {${handler}});\n export default app;`;
  return trace({ 'package.json': PACKAGE, 'src/app.ts': code }, route);
}

test('what is left of a validated body is its other fields', () => {
  const { writes } = traced(`
    const Note = z.object({ id: z.string(), title: z.string(), tags: z.array(z.string()) });
    const { tags, ...rest } = Note.parse((await c.req.json()) ?? {});
    await db.insert(notes).values({ ...rest, body: tags.join() });
    return c.json({});
  `);
  expect(Object.keys(writes[0]?.set ?? {}).sort()).toEqual(['body', 'id', 'title']);
  expect(writes[0]?.set['title']).toEqual({ kind: 'input', from: 'body', path: ['title'] });
});

test('a query that is a text is one that is there', () => {
  const found = traced(
    `if (typeof c.req.query('q') !== 'string') return c.json({ error: 'no_q' }, 400);
     return c.json({});`,
    'GET /notes',
  );
  expect(outcomes(found)).toEqual(['no_q 400: missing query.q', '200 200: present query.q']);
});
