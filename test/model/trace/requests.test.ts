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

test('a route that a function declares asks for what it is given, and its body is parsed but once', () => {
  const code = `
    import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
    const app = new OpenAPIHono();
    const declared = (of) => createRoute({
      method: 'post',
      path: of.path,
      ...(of.body ? { request: { body: { content: { 'application/json': { schema: of.body } } } } } : {}),
      responses: {},
    });
    class Asked { static readonly NOTE = z.object({ title: z.string() }); }
    app.openapi(declared({ path: '/notes', body: Asked.NOTE }), async (c) => c.json(await c.req.json()));
    app.openapi(declared({ path: '/pings' }), (c) => c.json({}));
    export default app;`;
  const app = {
    'package.json': '{ "dependencies": { "hono": "4", "@hono/zod-openapi": "1" } }',
    'src/app.ts': code,
  };
  const said = (route: string) =>
    outcomes(trace(app, route))
      .map((each) => each.split(': ')[1])
      .sort();
  expect(said('POST /notes')).toEqual(['invalid body', 'malformed body', 'valid body']);
  expect(said('POST /pings')).toEqual(['']);
});
