import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { fastify } from '../../../src/model/readers/fastify.ts';
import { hono } from '../../../src/model/readers/hono.ts';
import { koa } from '../../../src/model/readers/koa.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const ofExpress = (app: string) => {
  const manifest = JSON.stringify({ name: 'app', dependencies: { express: '5' } });
  const text = `
    import express from 'express';
    const app = express();
    const closed = (req, res) => res.status(503).json({ error: 'closed' });
    const signedIn = (req, res, next) => {
      if (req.headers['x-key']) next();
      else res.status(401).json({ error: 'who' });
    };
    ${app}
    app.listen(3000);`;
  return outcomes(trace({ 'package.json': manifest, 'app.ts': text }, 'GET /', express));
};

const CLOSED = 'closed 503: env.MODE = "closed"';
const OPEN = '200 200: env.MODE != "closed"';

test('what a setting puts in front of a handler is there under it alone', () => {
  const answers = `app.get('/', (req, res) => res.json({}));`;
  const branch = `if (process.env.MODE === 'closed') app.use(closed);`;
  expect(ofExpress(`${branch} ${answers}`)).toEqual([CLOSED, OPEN]);
  const circuit = `process.env.MODE === 'closed' && app.use(closed);`;
  expect(ofExpress(`${circuit} ${answers}`)).toEqual([CLOSED, OPEN]);
  const leaving = `const close = () => {
    if (process.env.MODE !== 'closed') return;
    app.use(closed);
  };
  close();`;
  expect(ofExpress(`${leaving} ${answers}`)).toEqual([CLOSED, OPEN]);
});

test('a setting that an app does not start without decides nothing', () => {
  const found = ofExpress(`
    const start = () => {
      if (!process.env.SECRET) throw new Error('no secret');
      app.use(signedIn);
    };
    start();
    app.get('/', (req, res) => res.json({}));`);
  expect(found).toEqual(['who 401: missing headers.x-key', '200 200: present headers.x-key']);
});

test('what an endpoint itself is registered under is not asked again', () => {
  const found = ofExpress(`
    if (process.env.MODE === 'open') {
      app.use(signedIn);
      app.get('/', (req, res) => res.json({}));
    }`);
  expect(found).toEqual(['who 401: missing headers.x-key', '200 200: present headers.x-key']);
});

test('what an app itself is made under is not asked of its guards', () => {
  const routes = `
    const guard = (c, next) => (c.req.header('x-key') ? next() : c.json({ error: 'who' }, 401));`;
  const guarded = (made: string, start: string) => `
    const start = () => {
      const app = ${made};
      ${start}
      return app;
    };
    if (process.env.MODE === 'open') start().listen(3000);
    else if (isWorker) start().listen(3000);`;
  const manifest = (name: string) => JSON.stringify({ name: 'app', dependencies: { [name]: '5' } });
  const ofHono = trace(
    {
      'package.json': manifest('hono'),
      'app.ts': `import { Hono } from 'hono';
        import { serve } from '@hono/node-server';
        ${routes}
        const beds = new Hono().get('/', (c) => c.json({}));
        ${guarded('new Hono()', `app.use(guard); app.route('/', beds); serve(app.fetch);`)}`,
    },
    'GET /',
    hono,
  );
  const ofKoa = trace(
    {
      'package.json': manifest('koa'),
      'app.ts': `import Koa from 'koa';
        import Router from '@koa/router';
        const beds = new Router();
        beds.get('/', (ctx) => { ctx.body = {}; });
        ${guarded(
          'new Koa()',
          `app.use(async (ctx, next) => {
            if (ctx.get('x-key')) return next();
            ctx.status = 401;
            ctx.body = { error: 'who' };
          });
          app.use(beds.routes());`,
        )}`,
    },
    'GET /',
    koa,
  );
  const ofFastify = trace(
    {
      'package.json': manifest('fastify'),
      'app.ts': `import make from 'fastify';
        const beds = async (app) => { app.get('/', async () => ({})); };
        ${guarded(
          'make()',
          `app.addHook('onRequest', async (request, reply) => {
            if (!request.headers['x-key']) return reply.code(401).send({ error: 'who' });
          });
          app.register(beds);`,
        )}`,
    },
    'GET /',
    fastify,
  );
  const ofExpress = trace(
    {
      'package.json': manifest('express'),
      'app.ts': `import express from 'express';
        const beds = express.Router();
        beds.get('/', (req, res) => res.json({}));
        ${guarded(
          'express()',
          `app.use((req, res, next) => {
            if (req.headers['x-key']) next();
            else res.status(401).json({ error: 'who' });
          });
          app.use(beds);`,
        )}`,
    },
    'GET /',
    express,
  );
  for (const found of [ofHono, ofKoa, ofFastify, ofExpress]) {
    expect(outcomes(found).map((each) => each.replace(/headers?\./, ''))).toEqual([
      'who 401: missing x-key',
      '200 200: present x-key',
    ]);
  }
});

test('what anything else than settings decides is taken as registered', () => {
  const found = ofExpress(`
    const open = (options) => { if (options.closed) app.use(signedIn); };
    open(JSON.parse(readFileSync('options.json')));
    app.get('/', (req, res) => res.json({}));`);
  expect(found).toEqual(['who 401: missing headers.x-key', '200 200: present headers.x-key']);
});

test.each([
  [
    'fastify',
    fastify,
    `import make from 'fastify';
    const app = make();
    const limit = (app) => {
      if (process.env.MODE === 'closed') {
        app.addHook('onRequest', async (request, reply) => reply.code(503).send({ error: 'closed' }));
      }
    };
    limit(app);
    app.register(async (inner) => { inner.get('/', async () => ({})); });`,
  ],
  [
    'hono',
    hono,
    `import { Hono } from 'hono';
    const app = new Hono();
    if (process.env.MODE === 'closed') app.use(async (c) => c.json({ error: 'closed' }, 503));
    app.get('/', (c) => c.json({}));
    export default app;`,
  ],
  [
    'koa',
    koa,
    `import Koa from 'koa';
    import Router from '@koa/router';
    const app = new Koa();
    if (process.env.MODE === 'closed') {
      app.use(async (ctx) => { ctx.status = 503; ctx.body = { error: 'closed' }; });
    }
    const router = new Router();
    router.get('/', (ctx) => { ctx.body = {}; });
    app.use(router.routes());
    app.listen(3000);`,
  ],
])('in %s', (name, reader, text) => {
  const dependencies = { [name]: '5', '@koa/router': '13' };
  const manifest = JSON.stringify({ name: 'app', dependencies });
  const traced = trace({ 'package.json': manifest, 'app.ts': text }, 'GET /', reader);
  expect(outcomes(traced)).toEqual([CLOSED, OPEN]);
});
