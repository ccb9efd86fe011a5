import KoaRouter from '@koa/router';
import Koa from 'koa';
import { describe, expect, test } from 'vitest';
import { zod } from '../../../src/model/inputs/zod.ts';
import type { Endpoint } from '../../../src/model/reader.ts';
import { koa as reader } from '../../../src/model/readers/koa.ts';
import { frameworks, libraries, queries } from '../../../src/model/registry.ts';
import { sql } from '../../../src/model/schemas/sql.ts';
import { traceEndpoint } from '../../../src/model/trace/trace-endpoint.ts';
import { programOf } from '../../setup/code.ts';
import { outcomes } from '../../setup/trace.ts';

const MANIFEST = JSON.stringify({ name: 'app', dependencies: { koa: '3', '@koa/router': '15' } });
const lineOf = ({ method, path }: Endpoint) => `${method} ${path}`;

function read(texts: Readonly<Record<string, string>>) {
  const program = programOf({ 'package.json': MANIFEST, ...texts });
  const { endpoints, findings } = reader.read(program, '.');
  return {
    endpoints,
    routes: endpoints.map(lineOf),
    findings: findings.map(({ code, facts }) => `${code} ${facts['reason']}`),
    ends: (route: string) => {
      const endpoint = endpoints.find((each) => lineOf(each) === route);
      if (!endpoint) throw new Error(`no ${route} among ${endpoints.map(lineOf).join(', ')}`);
      const schema = sql.read(program, '.');
      const inputSchema = zodSchema(program);
      return outcomes(
        traceEndpoint(endpoint, {
          program,
          schema,
          queries,
          frameworks,
          libraries,
          inputSchema,
          noteVariables: () => undefined,
        }),
      );
    },
  };
}

const zodSchema =
  (program: ReturnType<typeof programOf>) => (file: string, node: Parameters<typeof zod.read>[2]) =>
    zod.read(program, file, node);

const HARD = `
const Router = require('@koa/router');
const Koa = require('koa');
const app = new Koa();
const inner = new Router({ prefix: '/items' });
inner.get('/', list).post('named', '/:id', check, make);
inner.all('/any', list);
const outer = new Router();
outer.prefix('/v1');
outer.use(guard);
outer.use('/shops/:shop', inner.routes(), inner.allowedMethods());
outer.register('/both', ['get', 'put'], list);
outer.del('/gone', list);
for (const name of ['cats', 'dogs']) outer.get('/' + name, list);
app.use(logged);
app.use(outer.routes()).use(outer.allowedMethods());
function list(ctx) { ctx.body = []; }
function make(ctx) { ctx.status = 201; }
async function check(ctx, next) { await next(); }
async function guard(ctx, next) { await next(); }
async function logged(ctx, next) { await next(); }
module.exports = { app, outer };
`;

describe('registrations', () => {
  test('prefixes, nested routers, names, loops and register', () => {
    const { routes, findings, endpoints } = read({ 'app.js': HARD });
    expect([...routes].sort()).toEqual([
      'ALL /v1/shops/:shop/items/any',
      'DELETE /v1/gone',
      'GET /v1/both',
      'GET /v1/cats',
      'GET /v1/dogs',
      'GET /v1/shops/:shop/items',
      'POST /v1/shops/:shop/items/:id',
      'PUT /v1/both',
    ]);
    expect(findings).toEqual([]);
    const post = endpoints.find(({ method }) => method === 'POST');
    expect(post?.chain.map(({ expression }) => expression.getText())).toEqual([
      'logged',
      'guard',
      'check',
      'make',
    ]);
  });

  test('are those the router itself has at run time', () => {
    const load = (name: string) => (name === 'koa' ? Koa : KoaRouter);
    const module = { exports: {} as { outer: { stack: Layer[] } } };
    new Function('require', 'module', HARD)(load, module);
    const real = module.exports.outer.stack.flatMap(({ path, methods }) =>
      (methods.length > 10 ? ['ALL'] : methods.filter((each) => each !== 'HEAD')).map(
        (each) => `${each} ${path.replace(/(.)\/$/, '$1')}`,
      ),
    );
    expect([...read({ 'app.js': HARD }).routes].sort()).toEqual(real.sort());
  });

  test('what cannot be resolved, and what nobody uses, is a finding', () => {
    const { routes, findings } = read({
      'app.ts': `
        import Koa from 'koa'; import Router from '@koa/router';
        const app = new Koa(); const router = new Router(); const lost = new Router();
        router.get(process.env.WHERE, (ctx) => { ctx.body = 1; });
        lost.get('/lost', (ctx) => { ctx.body = 1; });
        app.use(router.routes()); app.listen(3000);`,
    });
    expect(routes).toEqual([]);
    expect(findings).toEqual([
      'model.unresolvedRoute the path is not known',
      'model.unmountedRouter no app uses it',
    ]);
  });
});

describe('apps built when somebody asks', () => {
  const { routes, findings, endpoints } = read({
    'main.ts': `
      import Koa from 'koa'; import { tenants } from './tenants';
      const app = new Koa();
      app.use(async (ctx, next) => { const tenant = await tenants.get(ctx.host); return tenant.run(ctx, next); });
      app.listen(3000);`,
    'tenants.ts': `
      import Koa from 'koa'; import mount from 'koa-mount'; import { initApis } from './apis';
      import { ResourceRouter } from './resource-router'; import Queries from './queries';
      class Tenant {
        static async create(id: string) { return new Tenant(id); }
        readonly run;
        private constructor(readonly id: string, readonly queries = new Queries()) {
          const app = new Koa();
          app.use(localised());
          app.use(mount('/api', initApis({ id, queries })));
          const boats = new ResourceRouter('boats');
          boats.relate('crew');
          app.use(boats.routes());
          this.run = mount(app);
        }
      }
      export const tenants = { get: (id: string) => Tenant.create(id) };
      function localised() { return async (ctx, next) => next(); }`,
    'apis.ts': `
      import Koa from 'koa'; import Router from '@koa/router'; import guard from './guard';
      import userRoutes from './users'; import statusRoutes from './status';
      const routersOf = (tenant: Context) => {
        const open: OpenRouter = new Router(); statusRoutes(open, tenant);
        const users: UserRouter = new Router(); users.use(guard({ scope: 'users' })); userRoutes(users, tenant);
        const late = new Router({ prefix: process.env.LATE }); statusRoutes(late, tenant);
        return [users, open, late];
      };
      export function initApis(tenant: Context): Koa {
        const api = new Koa();
        for (const router of routersOf(tenant)) api.use(router.routes()).use(router.allowedMethods());
        return api;
      }`,
    'users.ts': `
      import type { RouterInitArgs } from './types'; import guard from './guard';
      export default function userRoutes<T>(...[router, { queries }]: RouterInitArgs<T>) {
        router.get('/users', async (ctx, next) => { ctx.body = await queries.users(); return next(); });
        for (const kind of ['roles', 'keys']) router.put(\`/users/:id/\${kind}\`, guard({ kind }), (ctx) => { ctx.status = 204; });
      }`,
    'status.ts': `
      export default function statusRoutes<T>(...[router]: RouterInitArgs<T>) {
        router.get('/status', (ctx) => { ctx.status = 204; });
      }
      export function forgotten(router: UserRouter) { router.get('/forgotten', (ctx) => { ctx.status = 204; }); }`,
    'guard.ts': `export default function guard(options) { return async (ctx, next) => next(); }`,
    'queries.ts': 'export default class Queries { async users() { return []; } }',
    'resource-router.ts': `
      import Router from '@koa/router';
      export class ResourceRouter extends Router {
        constructor(readonly name: string) { super({ prefix: '/' + name.replaceAll('_', '-') }); this.#add(); }
        relate(path: string, { readOnly } = {}) {
          this.get(\`/:id/\${path}\`, (ctx) => { ctx.body = []; });
          if (!readOnly) this.post(\`/:id/\${path}\`, (ctx) => { ctx.status = 201; });
        }
        #add() { this.get('/', (ctx) => { ctx.body = []; }); }
      }`,
  });

  test('in constructors, through functions that fill a router, by classes that are one', () => {
    expect([...routes].sort()).toEqual([
      'GET /api/status',
      'GET /api/users',
      'GET /boats',
      'GET /boats/:id/crew',
      'POST /boats/:id/crew',
      'PUT /api/users/:id/keys',
      'PUT /api/users/:id/roles',
    ]);
  });

  test("a router's own middleware is no business of the next router's routes", () => {
    const chainOf = (path: string) =>
      endpoints
        .find((each) => each.path === path)
        ?.chain.map(({ expression }) => expression.getText().slice(0, 30));
    expect(chainOf('/api/status')).toEqual(['localised()', '(ctx) => { ctx.status = 204; }']);
    expect(chainOf('/api/users/:id/roles')).toEqual([
      'localised()',
      "guard({ scope: 'users' })",
      'guard({ kind })',
      '(ctx) => { ctx.status = 204; }',
    ]);
  });

  test('a prefix from elsewhere and a function nobody calls are findings', () => {
    expect(findings).toEqual([
      'model.unresolvedRoute the prefix is not known',
      'model.unresolvedRoute it stands in code that nothing seems to run',
    ]);
  });
});

interface Layer {
  readonly path: string;
  readonly methods: readonly string[];
}

describe('endings', () => {
  const { ends } = read({
    'migrations/1.sql': 'CREATE TABLE books (id serial PRIMARY KEY, isbn text NOT NULL UNIQUE);',
    'app.ts': `
      import Koa from 'koa'; import Router from '@koa/router'; import bodyParser from 'koa-bodyparser';
      import pg from 'pg';
      const pool = new pg.Pool();
      class Broken extends Error { constructor(readonly status: number, readonly code: string) { super(code); } }
      const app = new Koa(); const router = new Router();
      app.use(async (ctx, next) => {
        try { await next(); } catch (error) {
          if (error instanceof Broken) { ctx.status = error.status; ctx.body = { error: error.code }; return; }
          throw error;
        }
      });
      app.use(bodyParser());
      app.use(async (ctx, next) => {
        const { rows: [user] } = await pool.query('select * from books where isbn = $1', [ctx.get('x-isbn')]);
        if (ctx.get('x-isbn') && !user) { ctx.status = 401; ctx.body = { error: 'who' }; return; }
        ctx.state.user = user;
        await next();
      });
      router.get('/books/:id', async (ctx) => {
        const { rows: [book] } = await pool.query('select * from books where id = $1', [ctx.params.id]);
        ctx.assert(book, 404, 'No such book');
        if (ctx.query.fail) ctx.throw(418, 'teapot');
        if (book.isbn === 'x') throw new Broken(409, 'odd');
        ctx.body = { isbn: book.isbn };
      });
      router.post('/books', async (ctx) => {
        const { isbn } = ctx.request.body;
        if (!isbn) { ctx.status = 400; ctx.body = { error: 'isbn_missing' }; } else {
          await pool.query('insert into books (isbn) values ($1)', [isbn]);
          ctx.redirect('/books');
        }
      });
      router.delete('/books', (ctx) => { ctx.body = null; });
      router.put('/books', () => {});
      app.use(router.routes());
      app.listen(3000);`,
  });

  test('what the context holds, what is thrown and what a middleware makes of it', () => {
    expect(ends('GET /books/:id').map((each) => each.replace(/:.*/, ''))).toEqual([
      'who 401',
      'DatabaseError 500',
      'no-such-book 404',
      'teapot 418',
      'odd 409',
      '200 200',
    ]);
  });

  test('either side of a branch, redirects, empty and unset bodies', () => {
    const plain = (route: string) =>
      ends(route)
        .map((each) => each.replace(/:.*/, ''))
        .filter((each) => !/401/.test(each));
    expect(plain('POST /books')).toEqual([
      'SyntaxError 400',
      'DatabaseError 500',
      'isbn_missing 400',
      '302 302',
    ]);
    expect(plain('DELETE /books')).toEqual(['204 204']);
    expect(plain('PUT /books')).toEqual(['SyntaxError 400', '404 404']);
  });
});

describe('a guard that lets some paths pass', () => {
  const { ends } = read({
    'app.ts': `
      import Koa from 'koa'; import Router from '@koa/router'; import * as jose from 'jose'; import { z } from 'zod';
      const open = [new RegExp(\`^/auth/.+\`), '/health', new RegExp('/shelves/.+/public')];
      const app = new Koa(); const router = new Router();
      app.use(async (ctx, next) => {
        const isOpen = open.some((path) => typeof path === 'string' ? path === ctx.path : path.test(ctx.path));
        const bearer = ctx.request?.headers?.authorization?.split(' ')[1] as string;
        const key = bearer || (ctx.request?.headers?.['x-api-key'] as string);
        if (isOpen && !key) { await next(); return; }
        if (key && z.string().uuid().safeParse(key).success) { ctx.state.key = key; }
        else {
          try {
            if (!bearer) throw new Error('none');
            const { payload } = await jose.jwtVerify(key, new TextEncoder().encode(process.env.SECRET));
            ctx.state.user = payload.sub;
          } catch (error) { ctx.status = 401; ctx.body = { error: 'who' }; return; }
        }
        await next();
      });
      router.get('/health', (ctx) => { ctx.body = 'ok'; });
      router.get('/auth/:step', (ctx) => { ctx.body = 'ok'; });
      router.get('/shelves/:id', (ctx) => {
        if (ctx.state.key) { ctx.body = { error: 'key' }; ctx.status = 202; return; }
        ctx.body = { error: ctx.state.user ? 'user' : 'nobody' }; ctx.status = ctx.state.user ? 203 : 206;
      });
      app.use(router.routes());
      app.listen(3000);`,
  });

  test.each(['GET /health', 'GET /auth/:step'])('%s is answered without a key', (route) => {
    expect(ends(route).find((each) => each.startsWith('200 200'))).toMatch(
      /missing headers\.authorization .*missing headers\.x-api-key/,
    );
  });

  test('another is asked for a key or a token, of which neither says what the other is', () => {
    const said = ends('GET /shelves/:id');
    expect(said.map((each) => each.replace(/:.*/, ''))).toEqual([
      'who 401',
      'key 202',
      'user 203',
      'nobody 206',
    ]);
    expect(said[2]).toContain('splitPart(headers.authorization, " ", 1) not matches');
    expect(said[2]).toContain('valid headers.authorization');
  });
});

test('what a router runs for a parameter is given it, and comes before what has it in its path', () => {
  const app = read({
    'app.js': `
      const Koa = require('koa');
      const Router = require('@koa/router');
      const app = new Koa();
      const router = new Router();
      router.get('/boats', async (ctx) => { ctx.body = []; });
      router.get('/boats/:boat', async (ctx) => { ctx.body = { boat: ctx.boat }; });
      router.param('boat', async (boat, ctx, next) => {
        if (boat === 'none') return ctx.throw(404, 'no such boat');
        ctx.boat = boat;
        return next();
      });
      app.use(router.routes());
      app.listen(3000);`,
  });
  expect(app.ends('GET /boats')).toEqual(['200 200: ']);
  expect(app.ends('GET /boats/:boat')).toEqual([
    'no-such-boat 404: params.boat = "none"',
    '200 200: params.boat != "none"',
  ]);
});
