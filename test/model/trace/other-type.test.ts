import { expect, test } from 'vitest';
import type { FrameworkReader } from '../../../src/model/reader.ts';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, traceAll } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (body: string) =>
  outcomes(traceAll(shop(`app.post("/orders", async (c) => {${body}});`), 'POST /orders')).filter(
    (each) => !each.endsWith(': malformed body'),
  );

test('a value that nobody declares may be of another type than code takes it for', () => {
  const found = traced(`const body = await c.req.json();
    if (!body.name?.trim()) return c.body(null, 400);
    return c.json({ tags: body.tags.map((tag) => tag.id), name: body.name.trim() });`);
  const why = found
    .filter((each) => each.startsWith('TypeError'))
    .map((each) => each.split(' 500: ')[1]);
  expect(why).toEqual([
    '(invalid body | present body.name & invalid body.name)',
    'present body.name & trim(body.name) != "" & (missing body.tags | invalid body.tags)',
    'present body.name & trim(body.name) != "" & present body.tags & missing body.tags.0',
  ]);
});

test('what is caught is answered as any other error', () => {
  const found = traced(`try { const { name } = await c.req.json(); await send(name.trim()); }
    catch { return c.json({ error: 'failed' }, 500); }
    return c.body(null, 204);`);
  expect(found).toEqual([
    'failed 500: (missing body.name | malformed body | invalid body | invalid body.name)',
    '204 204: present body.name & wellFormed body & valid body & valid body.name',
  ]);
});

const served = (version: string, framework: FrameworkReader = express) =>
  outcomes(
    traceAll(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { express: version } }),
        'app.ts': `import express from 'express'; const app = express(); app.use(express.json());
          app.post('/', (req, res) => { const { name } = req.body; res.json({ name }); });
          app.listen(1);`,
      },
      'POST /',
      framework,
    ),
  ).filter((each) => each.startsWith('TypeError'));

test('Express leaves no body where none is sent from its version 5 on', () => {
  expect(served('^5.1.0')).toEqual(['TypeError 500: missing body']);
  expect(served('^4.21.0')).toEqual([]);
});

test('what code has asked the type of, or a schema declares, is of that type', () => {
  expect(
    traced(`const body = await c.req.json();
      if (typeof body.name !== 'string') return c.body(null, 400);
      return c.json({ name: body.name.trim() });`),
  ).toEqual([
    'TypeError 500: invalid body',
    '400 400: invalid body.name',
    '200 200: valid body.name',
  ]);
  expect(
    traced(`const body = z.object({ name: z.string() }).parse(await c.req.json());
      return c.json({ name: body.name.trim() });`),
  ).toEqual(['ZodError 500: invalid body', '200 200: valid body']);
});

test('that a value is an object says nothing of whether it is a list', () => {
  const found = traced(`
    const { data } = await c.req.json();
    if (typeof data !== 'object' || Array.isArray(data)) return c.json({ error: 'no_object' }, 400);
    return c.json({ ok: true });`);
  expect(found).toEqual([
    'TypeError 500: invalid body',
    'no_object 400: (typeof(body.data) != "object" | valid body.data)',
    '200 200: typeof(body.data) = "object" & invalid body.data',
  ]);
});
