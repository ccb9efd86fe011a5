import express from 'express';
import { describe, expect, test } from 'vitest';
import { express as reader } from '../../../src/model/readers/express.ts';
import { programOf } from '../../setup/code.ts';
import { readApp } from '../../setup/endings.ts';
import { toldEndings } from '../../setup/told-endings.ts';

interface Layer {
  readonly route?: { path: string | string[]; methods: Record<string, boolean> };
  readonly handle: { stack?: Layer[] };
}

const prefixes = new WeakMap<Layer, string>();

/** Express 5 forgets where a router was mounted: its `use` is watched. */
function watchMounts(): void {
  const prototype: { use: (...args: unknown[]) => unknown; stack: Layer[] } =
    express.Router.prototype;
  const { use } = prototype;
  prototype.use = function (this: { stack: Layer[] }, ...args: unknown[]) {
    const before = this.stack.length;
    const result = use.apply(this, args);
    const path = typeof args[0] === 'string' ? args[0] : '';
    for (const layer of this.stack.slice(before)) prefixes.set(layer, path);
    return result;
  };
}

function registered(stack: readonly Layer[], prefix = ''): string[] {
  return stack.flatMap((layer) => {
    const under = prefix + (prefixes.get(layer) ?? '').replace(/\/$/, '');
    if (layer.handle.stack && !layer.route) return registered(layer.handle.stack, under);
    if (!layer.route) return [];
    const methods = Object.keys(layer.route.methods).map((each) => each.toUpperCase());
    return [layer.route.path]
      .flat()
      .flatMap((path) =>
        methods.map((method) => `${method} ${(prefix + path).replace(/(.)\/$/, '$1')}`),
      );
  });
}

function read(texts: Readonly<Record<string, string>>) {
  const manifest = JSON.stringify({ name: 'app', dependencies: { express: '5' } });
  const { endpoints, findings } = reader.read(
    programOf({ 'package.json': manifest, ...texts }),
    '.',
  );
  return {
    endpoints,
    routes: endpoints.map(({ method, path }) => `${method} ${path}`),
    findings: findings.map(({ code, facts }) => `${code} ${facts['reason']}`),
  };
}

describe('the garage', () => {
  test('has the routes Express itself registers', async () => {
    watchMounts();
    const { createApp } = await import('../../../fixtures/apps/garage/src/app.ts');
    const { routes } = await readApp('garage');
    const app = createApp() as unknown as { router: { stack: Layer[] } };
    expect(routes).toEqual(registered(app.router.stack).sort());
  });

  test('ends in the ways its answer key says', async () => {
    const { found, expected, model } = await readApp('garage');
    expect(found).toEqual(expected);
    expect(model.findings).toEqual([]);
  });
});

describe('registrations', () => {
  test('CommonJS: required routers, `module.exports`, inline `require`, controllers', () => {
    const { routes, findings } = read({
      'index.js': `const app = require('./app'); app.listen(3000);`,
      'app.js': `
        const express = require('express');
        const { json } = require('express');
        const app = express();
        app.use(json());
        app.use('/cars', require('./routes/cars'));
        const owners = require('./routes/owners');
        app.use('/owners', owners.router);
        module.exports = app;`,
      'routes/cars.js': `
        const router = require('express').Router();
        const cars = require('../controllers/cars');
        router.get('/', cars.list);
        router.route('/:id').get(cars.one).delete(cars.remove);
        module.exports = router;`,
      'controllers/cars.js': `
        exports.list = (req, res) => res.json([]);
        exports.one = (req, res) => res.json({});
        exports.remove = (req, res) => res.sendStatus(204);`,
      'routes/owners.js': `
        const { Router } = require('express');
        const router = new Router();
        router.post('/', (req, res) => res.end());
        module.exports = { router };`,
    });
    expect(routes).toEqual(['GET /cars', 'GET /cars/:id', 'DELETE /cars/:id', 'POST /owners']);
    expect(findings).toEqual([]);
  });

  test('one router under several prefixes, mounted before it is filled; optional and open paths', () => {
    const { routes } = read({
      'app.ts': `
        import express, { Router } from 'express';
        const app = express();
        const inner = Router();
        app.use(['/a', '/b'], inner);
        inner.get('/x/:id(\\\\d+)', h);
        inner.get('/y{/:z}', h);
        app.get('/files/*splat', h);
        app['get']('/bracket', h);
        export default app;`,
    });
    expect(routes).toEqual([
      'GET /a/x/:id',
      'GET /a/y',
      'GET /a/y/:z',
      'GET /b/x/:id',
      'GET /b/y',
      'GET /b/y/:z',
      'GET /files/*path'.replace('path', 'splat'),
      'GET /bracket',
    ]);
  });

  test('an app built as soon as everything is loaded: `setImmediate`', () => {
    const { routes, findings } = read({
      'app.ts': `
        import express from 'express';
        import * as http from 'http';
        import { connect } from './db';
        const app = express();
        const server = http.createServer(app);
        setImmediate(async () => {
          await connect();
          const routes = express.Router();
          require('./boats').default(routes);
          await require('./docks').default(routes);
          app.use('/', routes);
        });
        export default server;`,
      'server.ts': `import server from './app'; server.listen(3000);`,
      'boats.ts': `export default (app) => { app.get('/boats', h); };`,
      'docks.ts': `export default async (app) => { app.post('/docks', h); };`,
      'db.ts': `export async function connect() { return null; }`,
    });
    expect(routes).toEqual(['GET /boats', 'POST /docks']);
    expect(findings).toEqual([]);
  });

  test('an app built once what it waits for is there: `then` of a promise, known or not', () => {
    const { routes, findings } = read({
      'app.ts': `
        import express, { Router } from 'express';
        import next from 'next';
        import { connect } from './db';
        const pages = next({});
        pages.prepare().then(async () => {
          await connect();
          const app = express();
          const inner = Router();
          inner.get('/seats', h);
          app.use('/api', inner);
          app.listen(3000);
        }).catch((error) => { express().get('/failed', h); process.exit(1); });
        connect().then(({ app }) => app.get('/health', h)).finally(() => side.get('/late', h));
        const side = express();
        side.listen(3001);`,
      'db.ts': `
        import express from 'express';
        export async function connect() { const app = express(); app.listen(1); return { app }; }`,
    });
    expect(routes.sort()).toEqual(['GET /api/seats', 'GET /health', 'GET /late']);
    expect(findings).toEqual(['model.unresolvedRoute it stands in code that nothing seems to run']);
  });

  test('prefixes of variables that may be unset, put together; of two that are told nothing is said', () => {
    const { routes, findings } = read({
      'app.ts': `
        import express, { Router } from 'express';
        import { config, tidy } from './config';
        const app = express();
        const base = tidy(process.env.BASE_PATH);
        const inner = Router();
        inner.get('/x', h);
        app.use(base, (req, res, next) => next());
        app.use(\`\${base}/api\`, inner);
        app.use((config.base || '') + '/more', inner);
        app.get(\`\${config.name}/:id\`, h);
        const { docs = '/docs' } = config.paths ?? {};
        app.get(\`\${docs}/all\`, h);
        app.get(process.env.NODE_ENV === 'test' ? '/one' : '/two', h);
        app.listen(3000);`,
      'config.ts': `
        const text = (key) => { const value = process.env[key]; return value && value.length > 0 ? value : null; };
        export const config = { base: load().base, paths: load().paths, name: text('NAME') ?? '/named' };
        export function tidy(path) { if (!path) return ''; return path[0] === '/' ? path : \`/\${path}\`; }`,
    });
    expect(routes).toEqual(['GET /api/x', 'GET /more/x', 'GET /named/:id', 'GET /docs/all']);
    expect(findings).toEqual(['model.unresolvedRoute the path is not known']);
  });

  test('an app of a class that an exported function starts, which a command outside calls', () => {
    const { routes, findings } = read({
      'src/index.ts': `
        import express from 'express';
        import http from 'node:http';
        import { api } from './routes';
        export class App {
          app: express.Application;
          constructor() { this.app = express(); }
          async config() {
            this.app.use(express.json());
            this.app.use('/api', api);
            this.app.get('/ip', (req, res) => { res.json(req.ip); });
          }
        }
        let serverApp: App | undefined;
        export async function start(): Promise<void> {
          serverApp = new App();
          const server = http.createServer(serverApp.app);
          await serverApp.config();
          server.listen(3000);
        }`,
      'src/routes.ts': `
        import { Router } from 'express';
        export const api = Router();
        api.get('/tools', (req, res) => { res.json([]); });`,
      'src/commands/start.ts': `
        import { Command } from '@oclif/core';
        import * as Server from '../index';
        export default class Start extends Command { async run() { await Server.start(); } }`,
    });
    expect(routes).toEqual(['GET /api/tools', 'GET /ip']);
    expect(findings).toEqual([]);
  });

  test('paths put together by assignments that add to what is there', () => {
    const { routes } = read({
      'app.ts': `
        import express from 'express';
        const app = express();
        let settings;
        settings ??= { prefix: '/v1' };
        function path(name: string, named = true) {
          let route = settings.prefix;
          route += '/' + name;
          named ? (route += '/:name') : null;
          return route;
        }
        app.get(path('boats'), h);
        app.get(path('ports', false), h);
        export default app;`,
    });
    expect(routes).toEqual(['GET /v1/boats/:name', 'GET /v1/ports']);
  });

  test('controllers of OvernightJS: decorated methods, in each other, behind their middleware', () => {
    const texts = {
      'package.json': JSON.stringify({
        name: 'app',
        dependencies: { express: '4', '@overnightjs/core': '1' },
      }),
      'app.ts': `
        import { Server } from '@overnightjs/core';
        import express from 'express';
        import { Boats } from './boats';
        const server = new (class extends Server {
          constructor() {
            super();
            this.app.use(express.json());
            this.addControllers([new Boats('harbour')]);
            this.app.use('*', () => { throw new Error('nowhere'); });
          }
        })();
        server.app.use((error, req, res, next) => { res.status(500).json({ error: 'failed' }); });
        server.app.listen(4000);`,
      'boats.ts': `
        import { ChildControllers, ClassMiddleware, Controller, Get, Middleware, Post } from '@overnightjs/core';
        const known = (req, res, next) => {
          if (!req.headers.authorization) return res.status(401).json({ error: 'unknown' });
          next();
        };
        @Controller('crew')
        class Crew {
          @Get(':id')
          public one(req, res) { res.json({ id: req.params.id }); }
        }
        @Controller('boats')
        @ChildControllers([new Crew()])
        export class Boats {
          constructor(private readonly place: string) {}
          @Get()
          @Get('all')
          public list(req, res) { return res.json({ place: this.place }); }
          @Post('new')
          @Middleware([known])
          private async create(req, res) {
            if (this.place !== 'harbour') return res.status(409).end();
            return res.status(201).json({ place: this.place });
          }
        }`,
    };
    expect(toldEndings(texts)).toEqual([
      'GET /boats/all › respond 200: ',
      'GET /boats › respond 200: ',
      'POST /boats/new › throw 500 failed: malformed body',
      'POST /boats/new › respond 401 unknown: missing headers.authorization',
      'POST /boats/new › respond 201: present headers.authorization',
      'GET /boats/crew/:id › respond 200: ',
    ]);
  });

  test('what guards a route stands in its chain, error middleware behind it', () => {
    const { endpoints } = read({
      'app.ts': `
        import express, { Router } from 'express';
        const app = express();
        app.use('/admin', admin);
        app.all('/api/*rest', (req, res, next) => next());
        const api = Router();
        api.use(logged);
        api.get('/users', many, [one, two], users);
        api.use((err, req, res, next) => next(err));
        app.use('/api', api);
        const other = Router();
        other.use((err, req, res, next) => res.end());
        app.use('/api', other);
        app.use(failed, (err, req, res, next) => { res.end(); });
        export default app;`,
    });
    const [users] = endpoints;
    expect(endpoints.length).toBe(1);
    expect(users?.chain.map(({ expression }) => expression.getText())).toEqual([
      '(req, res, next) => next()',
      'logged',
      'many',
      'one',
      'two',
      'users',
    ]);
    expect(users?.onError.map(({ expression }) => expression.getText())).toEqual([
      '(err, req, res, next) => next(err)',
      '(err, req, res, next) => { res.end(); }',
    ]);
  });

  test('routes written as regular expressions, as far as each segment is a text or takes any', () => {
    const { routes, findings } = read({
      'app.ts': `
        import express from 'express';
        const app = express();
        app.get(/^\\/about$/, h);
        app.get(/^\\/robots\\.txt$/, h);
        app.get(/^\\/pages\\/(\\w+)\\/by\\/([^/]+)\\/?$/, h);
        app.get([/^\\/create(\\/.*)?$/, '/made'], h);
        app.post(/^\\/share/, h);
        app.get(/^\\/[0-9][0-9a-z]+$/, h);
        app.get(/^\\/v\\/r?([0-9]{2})(\\/.*)?/, h);
        app.get(/^\\/n\\/([0-9]+)\\/bundle.js$/, h);
        app.get('/:id(\\\\d+)', h);
        app.get('/company', h);
        app.use(/^\\/(?!api)/, h);
        const files = express.Router();
        files.get(/.*/, h);
        const pages = express.Router();
        pages.get(/^(.*)$/, h);
        app.use('/files', files).use('/shown', pages);
        app.listen(3000);`,
    });
    expect(routes.sort()).toEqual([
      'GET /:id',
      'GET /:part0',
      'GET /about',
      'GET /company',
      'GET /create',
      'GET /create/*path',
      'GET /files',
      'GET /files/*path',
      'GET /made',
      'GET /n/:0/bundle.js',
      'GET /pages/:0/by/:1',
      'GET /robots.txt',
      'GET /shown',
      'GET /shown/*path',
      'POST /share',
      'POST /share/*path',
    ]);
    expect(findings.sort()).toEqual([
      'model.unresolvedRoute the path is not known',
      'model.unresolvedRoute the prefix is not known',
    ]);
  });

  test('what cannot be resolved is a finding, and clients are no routes', () => {
    const { routes, findings } = read({
      'app.ts': `
        import express, { type Router } from 'express';
        import axios from 'axios';
        const app = express();
        app.get(process.env.PATH_OF_IT, h);
        app.get(/.*fly$/, h);
        app.use(process.env.PREFIX_PATH, other);
        export function later(router: Router) { router.get('/later', h); }
        axios.get('/remote', {});
        const cache = new Map();
        cache.get('/cached');
        app.set('port', 3000);
        app.get('port');
        app.listen(3000);`,
    });
    expect(routes).toEqual([]);
    expect(findings.sort()).toEqual([
      'model.unresolvedRoute it stands in code that nothing seems to run',
      'model.unresolvedRoute the path is not known',
      'model.unresolvedRoute the path is not known',
      'model.unresolvedRoute the prefix is not known',
    ]);
  });
});
