import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const app = (route: string, made = 'const app = express();', head = '') => `
  import express from 'express';
  ${head}
  ${made}
  const find = async (id: string) => {
    if (id === 'none') throw Object.assign(new Error('no such boat'), { status: 404 });
    return { id };
  };
  ${route}
  app.use((error: any, req: any, res: any, next: any) =>
    res.status(error.status ?? 500).json({ error: error.message }));
  app.listen(3000);`;

const traced = (code: string, dependencies: Record<string, string> = { express: '^4.18.2' }) =>
  trace(
    { 'package.json': JSON.stringify({ name: 'app', dependencies }), 'app.ts': code },
    'GET /boats/:id',
    express,
  );

const ASYNC = `app.get('/boats/:id', async (req, res) => { res.json(await find(req.params.id)); });`;
const NONE = 'no-such-boat 404: params.id = "none"';
const FOUND = '200 200: params.id != "none"';

test('Express 4 does not answer what an async handler rejects with, Express 5 does', () => {
  const four = traced(app(ASYNC));
  expect(outcomes(four)).toEqual([FOUND]);
  expect(four.findings.map(({ code, facts }) => [code, facts])).toEqual([
    [
      'model.unansweredError',
      { text: "throw Object.assign(new Error('no such boat'), { status: 404 });" },
    ],
  ]);
  const five = traced(app(ASYNC), { express: '^5.0.0' });
  expect(outcomes(five).sort()).toEqual([FOUND, NONE]);
  expect(five.findings).toEqual([]);
});

test('what a handler of Express 4 throws before it gives a promise is answered', () => {
  const sync = `app.get('/boats/:id', (req, res) => {
    if (req.params.id === 'none') throw Object.assign(new Error('no such boat'), { status: 404 });
    res.json({});
  });`;
  expect(outcomes(traced(app(sync))).sort()).toEqual([FOUND, NONE]);
  const given = `app.get('/boats/:id', (req, res) => find(req.params.id).then((boat) => res.json(boat)));`;
  expect(outcomes(traced(app(given)))).toEqual([FOUND]);
  const either = `app.get('/boats/:id', (req, res, next) => {
    find(req.params.id).then((boat) => res.json(boat), next);
  });`;
  expect(outcomes(traced(app(either))).sort()).toEqual([FOUND, NONE]);
  const passed = `app.get('/boats/:id', async (req, res, next) => {
    try { res.json(await find(req.params.id)); } catch (error) { next(error); }
  });`;
  expect(outcomes(traced(app(passed))).sort()).toEqual([FOUND, NONE]);
});

test('a middleware that rejects in Express 4 lets nobody on', () => {
  const guarded = `app.get('/boats/:id', async (req, res, next) => {
    await find(req.params.id);
    next();
  }, (req, res) => res.json({}));`;
  expect(outcomes(traced(app(guarded)))).toEqual([FOUND]);
});

test('wrappers and packages have Express 4 wait for a promise', () => {
  const own = `
    const wrap = (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next);
    app.get('/boats/:id', wrap(async (req, res) => { res.json(await find(req.params.id)); }));`;
  expect(outcomes(traced(app(own))).sort()).toEqual([FOUND, NONE]);
  const handler = `app.get('/boats/:id', asyncHandler(async (req, res) => {
    res.json(await find(req.params.id));
  }));`;
  const head = `import asyncHandler from 'express-async-handler';`;
  expect(outcomes(traced(app(handler, undefined, head))).sort()).toEqual([FOUND, NONE]);
  const patched = traced(app(ASYNC, undefined, `import 'express-async-errors';`), {
    express: '^4.18.2',
    'express-async-errors': '^3.1.1',
  });
  expect(outcomes(patched).sort()).toEqual([FOUND, NONE]);
  const router = `const router = Router(); ${ASYNC.replace('app.', 'router.')} app.use(router);`;
  const promising = `import Router from 'express-promise-router';`;
  expect(outcomes(traced(app(router, undefined, promising))).sort()).toEqual([FOUND, NONE]);
  const made = `const app = addAsync(express());`;
  const added = ASYNC.replace('get', 'getAsync');
  const adding = `import { addAsync } from '@awaitjs/express';`;
  expect(outcomes(traced(app(added, made, adding))).sort()).toEqual([FOUND, NONE]);
});

test('a status of an error that was set before stays, whatever Express itself then answers', () => {
  const code = `
    import express from 'express';
    const app = express();
    app.get('/boats/:id', (req, res, next) => {
      if (req.params.id === 'none') { res.status(404); next('no such boat'); return; }
      if (req.params.id === 'sunk') { res.statusCode = 410; throw new Error('it lies on the ground'); }
      if (req.params.id === 'new') { res.status(201); return next(new Error('not yet')); }
      res.json({});
    });
    app.listen(3000);`;
  const found = trace(
    {
      'package.json': JSON.stringify({ name: 'app', dependencies: { express: '^4.18.2' } }),
      'app.ts': code,
    },
    'GET /boats/:id',
    express,
  );
  expect(found.outcomes.map(({ status }) => status).sort()).toEqual([200, 404, 410, 500]);
});

test('what a callback rejects with is heard by nobody, whoever waits for the handler', () => {
  const route = `app.get('/boats/:id', async (req, res) => {
    cookieParser('s')(req, res, async () => {
      const token = req.headers.authorization;
      if (!token) return res.status(401).json({ error: 'nobody' });
      const claims = await decode({ token, secret: process.env.SEALING });
      if (!claims) return res.status(403).json({ error: 'none' });
      res.json({ id: claims.sub });
    });
  });`;
  const head = `import cookieParser from 'cookie-parser'; import { decode } from 'next-auth/jwt';`;
  expect(
    outcomes(traced(app(route, undefined, head), { express: '^5.0.0', 'next-auth': '^4' })),
  ).toEqual([
    'nobody 401: missing headers.authorization',
    '200 200: present headers.authorization & valid headers.authorization',
  ]);
});

test('a route may bring what answers its errors', () => {
  const own = `app.get('/boats/:id', async (req, res) => { res.json(await find(req.params.id)); },
    (error, _req, res, _next) => { res.status(410).json({ error: 'own' }); });`;
  expect(outcomes(traced(app(own), { express: '5' }))).toEqual([
    'own 410: params.id = "none"',
    FOUND,
  ]);
});
