import { expect, test } from 'vitest';
import { toldEndings } from '../../setup/told-endings.ts';
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

test('an instance filled with a body that no schema describes has the fields its class declares', () => {
  const app = `
    import express from 'express';
    class Named { name: string; }
    class Boat extends Named { static count: number; kind: string; crew = 1; }
    const app = express();
    app.use(express.json());
    app.post('/boats', (req, res) => {
      const boat = new Boat();
      Object.assign(boat, req.body);
      if (!boat.name) return res.status(400).json({ error: 'no_name' });
      if (boat.crew === 0) return res.status(409).json({ error: 'no_crew' });
      res.json({ kind: boat.kind });
    });
    app.listen(3000);`;
  const ends = toldEndings({
    'package.json': '{ "dependencies": { "express": "5" } }',
    'app.ts': app,
  });
  expect(ends.slice(1)).toEqual([
    'POST /boats › respond 400 no_name: missing body.name',
    'POST /boats › respond 409 no_crew: present body.name, present body.crew, input',
    'POST /boats › respond 200: present body.name, (missing body.crew or input)',
  ]);
});

test('what is assigned through a setter is there', () => {
  const app = `
    import express from 'express';
    class Base {
      constructor(name) { this.named = name; }
      set named(name) { this.name = name.toUpperCase(); }
    }
    class Boat extends Base {}
    const app = express();
    app.get('/boats/:name', (req, res) => {
      const boat = new Boat('anna');
      if (!boat.name) return res.status(500).end();
      boat.named = 'berta';
      res.json({ name: boat.name });
    });
    app.listen(3000);`;
  const ends = toldEndings({
    'package.json': '{ "dependencies": { "express": "5" } }',
    'app.ts': app,
  });
  expect(ends).toEqual(['GET /boats/:name › respond 200: ']);
});
