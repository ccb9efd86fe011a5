import KoaRouter from '@koa/router';
import Koa from 'koa';
import { describe, expect, test } from 'vitest';
import { zod } from '../../../src/model/inputs/zod.ts';
import type { Endpoint } from '../../../src/model/reader.ts';
import { koa as reader } from '../../../src/model/readers/koa.ts';
import { frameworks, queries } from '../../../src/model/registry.ts';
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
    expect(plain('POST /books')).toEqual(['SyntaxError 400', 'isbn_missing 400', '302 302']);
    expect(plain('DELETE /books')).toEqual(['204 204']);
    expect(plain('PUT /books')).toEqual(['SyntaxError 400', '404 404']);
  });
});
