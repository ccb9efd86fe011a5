import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { programOf } from '../../setup/code.ts';

function endings(guard: string, handler = 'res.json({ ok: true });') {
  const dependencies = { express: '5', pg: '8', '@sentry/node': '9', '@opentelemetry/api': '1' };
  const program = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies }),
    'migrations/1.sql': 'create table harbours (id serial primary key, name text not null);',
    'app.ts': `
      import express from 'express'; import pg from 'pg';
      import * as Sentry from '@sentry/node'; import * as otel from '@opentelemetry/api'; import { AsyncLocalStorage } from 'node:async_hooks';
      const storage = new AsyncLocalStorage(); const pool = new pg.Pool(); const app = express();
      const first = async () => (await pool.query('select * from harbours')).rows[0];
      app.use(${guard});
      app.get('/boats', async (req, res) => { ${handler} });
      app.listen(3000);`,
  });
  const [route] = analyze(program, { emit: () => undefined }).apps[0]?.routes ?? [];
  return (route?.outcomes ?? []).map(({ status, code }) => [status, code]);
}

const KEY = "if (!req.headers['x-key']) return res.status(401).json({ error: 'no_key' });";
const BOTH = [
  [401, 'no_key'],
  [200, null],
];

test.each([
  [
    'a scope',
    `(req, res, next) => Sentry.withIsolationScope(async () => { ${KEY} await next(); })`,
  ],
  [
    'a span',
    `(req, res, next) => Sentry.startSpan({ name: 'x' }, async (span) => { ${KEY} span.end(); await next(); })`,
  ],
  [
    'a context, by name',
    `(req, res, next) => { const within = (fn) => otel.context.with(otel.context.active(), fn); ${KEY} return within(() => next()); }`,
  ],
  [
    'a span, by name',
    `(req, res, next) => { const spanned = (name, fn) => otel.trace.getTracer('x').startActiveSpan(name, fn); return spanned('y', async () => { ${KEY} await next(); }); }`,
  ],
  [
    'a context',
    `(req, res, next) => otel.context.with(otel.context.active(), () => { ${KEY} return next(); })`,
  ],
  [
    'a span of a tracer, by an own function',
    `(() => {
      const spanned = async (name, work) => {
        const tracer = otel.trace.getTracer('app');
        return tracer.startActiveSpan(name, async (span) => {
          try { return await work(span); }
          catch (error) { span.setStatus({ code: otel.SpanStatusCode.ERROR }); span.recordException(error); throw error; }
          finally { span.end(); }
        });
      };
      return (req, res, next) => spanned('x', async (span) => { span.setAttributes({ a: 1 }); ${KEY} next(); });
    })()`,
  ],
  ['a storage', `(req, res, next) => { storage.run({ at: 1 }, () => { ${KEY} next(); }); }`],
  [
    'a storage, what it runs handed on by name',
    `(req, res, next) => { const work = async () => { ${KEY} next(); }; return storage.run({ at: 1 }, work); }`,
  ],
  ['a storage that is handed next', `(req, res, next) => { ${KEY} storage.run({ at: 1 }, next); }`],
])('what a library runs at once is followed: %s', (_, guard) => {
  expect(endings(guard)).toEqual(BOTH);
});

test('what a storage runs with is there inside, and nothing outside', () => {
  const guard = '(req, res, next) => storage.run({ key: req.headers["x-key"] }, next)';
  const asks =
    "const store = storage.getStore(); if (!store) return res.status(500).json({ error: 'no_store' });";
  const handler = `${asks} if (!store.key) return res.status(401).json({ error: 'no_key' }); res.json({ ok: true });`;
  expect(endings(guard, handler)).toEqual(BOTH);
  expect(endings('(req, res, next) => next()', handler)).toEqual([[500, 'no_store']]);
});

test('an answer that a handler hands to what is wrapped around it is told apart from its others', () => {
  const refusals = [400, 401, 402, 403, 404, 409, 410, 422];
  const answered = refusals.map(
    (status) => `if (req.query.q === '${status}') return { status: ${status} };`,
  );
  const handler = `
    const respond = async () => { try { ${answered
      .join(' ')
      .replaceAll('return {', 'return Response.json({}, {')
      .replaceAll(
        ' };',
        ' });',
      )} return Response.json({}); } catch { return Response.json({}, { status: 418 }); } };
    let answer;
    try { answer = await respond(); } catch { answer = Response.json({}, { status: 500 }); return res.status(500).json({}); }
    if (answer.status >= 400) console.warn(answer.status);
    res.status(answer.status).json({});`;
  expect(endings('(req, res, next) => next()', handler).map(([status]) => status)).toEqual(
    expect.arrayContaining([...refusals, 200]),
  );
});

test('a handler that a library makes another of is not run where it is made', () => {
  const made = `(() => { Sentry.withMonitor('x', (req, res) => res.status(418).json({ error: 'teapot' })); return (req, res, next) => next(); })()`;
  expect(endings(made)).toEqual([[200, null]]);
});

test('a text of many parts that may each be one of two is not written out in all its wordings', () => {
  const parts = Array.from({ length: 24 }, (_, at) => `req.query.q${at} ? 'and ${at}' : ''`);
  const handler = `const sql = \`${parts.map((part) => `\${${part}}`).join(' ')}\`; res.json({ sql });`;
  expect(endings('(req, res, next) => next()', handler)).toEqual([[200, null]]);
});

test('an instance has the members of its class', () => {
  const handler = `
    class Refusal extends Error { render() { return { statusCode: 409, error: 'taken' }; } }
    const error: unknown = new Refusal('x');
    if (typeof error === 'object' && error !== null && 'render' in error) {
      const { statusCode, ...body } = (error as Refusal).render();
      return res.status(statusCode).json(body);
    }
    res.status(500).json({ error: 'unknown' });`;
  expect(endings('(req, res, next) => next()', handler)).toEqual([[409, 'taken']]);
});

test('what either of two settings leaves open stays open', () => {
  const guard = `async (req, res, next) => {
    const hosted = () => (process.env.CLOUD ?? 'false').toLowerCase() === 'true';
    if (!hosted()) {
      const harbour = await first();
      if (!harbour) { req.harbour = null; return next(); }
      req.harbour = harbour.id;
    } else if (hosted()) {
      const harbour = await first();
      if (!harbour) { req.harbour = null; return next(); }
      req.harbour = harbour.id;
    }
    next();
  }`;
  const handler = `
    if (!req.query.harbour) return res.status(400).json({ error: 'none' });
    if (req.harbour && req.harbour !== req.query.harbour) return res.status(401).json({ error: 'another' });
    res.json({ ok: true });`;
  const dependencies = { express: '5', pg: '8' };
  const program = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies }),
    'migrations/1.sql': 'create table harbours (id uuid primary key, name text not null);',
    'app.ts': `import express from 'express'; import pg from 'pg';
      const pool = new pg.Pool(); const app = express();
      const first = async () => (await pool.query('select * from harbours')).rows[0];
      app.use(${guard});
      app.get('/boats', async (req, res) => { ${handler} });
      app.listen(3000);`,
  });
  const [route] = analyze(program, { emit: () => undefined }).apps[0]?.routes ?? [];
  const success = route?.outcomes.find(({ status }) => status === 200);
  const same = /"op":"=","right":\{"kind":"input","from":"query","path":\["harbour"\]\}/;
  expect(JSON.stringify(success?.when)).toMatch(same);
});

test('a route of which no ending is found is told', () => {
  const program = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
    'app.ts': `
      import express from 'express'; import { gate } from 'a-gate';
      const app = express();
      app.get('/boats', (req, res) => { gate(() => res.json({ ok: true })); });
      app.listen(3000);`,
  });
  const { findings } = analyze(program, { emit: () => undefined });
  expect(findings).toMatchObject([
    { code: 'model.noEndings', at: { file: 'app.ts', line: 4 }, facts: { route: 'GET /boats' } },
  ]);
});

test('routes that are only known to be refused are told, once for the place that refuses them', () => {
  const program = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
    'app.ts': `
      import express from 'express';
      const app = express();
      const never = (req, res, next) => { res.status(401).end(); };
      app.get('/gone', (req, res) => res.status(410).end());
      app.use(never);
      app.get('/boats', (req, res) => res.json([]));
      app.get('/boats/:id', (req, res) => res.json({}));
      app.post('/boats', (req, res) => res.json({}));
      app.listen(3000);`,
  });
  const { findings } = analyze(program, { emit: () => undefined });
  expect(findings).toMatchObject([
    {
      code: 'model.refusedAlways',
      at: { file: 'app.ts', line: 4 },
      facts: { routes: 3, status: 401, route: 'GET /boats' },
    },
  ]);
});

test('so are routes that have more than one way to be refused and none that leads past', () => {
  const program = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
    'app.ts': `
      import express from 'express';
      const app = express();
      app.get('/open', (req, res) => res.json([]));
      app.use((req, res, next) => (req.query.key ? next() : res.status(401).end()));
      app.get('/keyed', (req, res) => res.json([]));
      const running = undefined;
      const harbour = () => { if (running === undefined) throw new Error('not running'); };
      app.get('/boats', (req, res) => { harbour(); res.json([]); });
      app.get('/boats/:id', (req, res) => { harbour(); res.json({}); });
      app.get('/piers', (req, res) => { harbour(); res.json({}); });
      app.use((error, req, res, next) => res.status(500).json({ error: error.message }));
      app.listen(3000);`,
  });
  const { findings } = analyze(program, { emit: () => undefined });
  expect(findings).toMatchObject([
    {
      code: 'model.refusedAlways',
      at: { file: 'app.ts', line: 8 },
      facts: { routes: 3, status: 500, route: 'GET /boats' },
    },
  ]);
});
