import type { AnyProcedure } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { zod } from '../../../src/model/inputs/zod.ts';
import type { Endpoint } from '../../../src/model/reader.ts';
import { trpc as reader } from '../../../src/model/readers/trpc.ts';
import { frameworks, libraries, queries } from '../../../src/model/registry.ts';
import { sql } from '../../../src/model/schemas/sql.ts';
import { traceEndpoint } from '../../../src/model/trace/trace-endpoint.ts';
import { programOf } from '../../setup/code.ts';
import { readApp } from '../../setup/endings.ts';
import { outcomes } from '../../setup/trace.ts';

const MANIFEST = JSON.stringify({ name: 'app', dependencies: { '@trpc/server': '11' } });

function read(texts: Readonly<Record<string, string>>) {
  const program = programOf({ 'package.json': MANIFEST, ...texts });
  const { endpoints, findings } = reader.read(program, '.');
  const traced = (route: string) => {
    const endpoint = endpoints.find((each) => lineOf(each) === route);
    if (!endpoint) throw new Error(`no ${route} among ${endpoints.map(lineOf).join(', ')}`);
    return traceEndpoint(endpoint, {
      program,
      schema: sql.read(program, '.'),
      queries,
      frameworks,
      libraries,
      inputSchema: (file, node) => zod.read(program, file, node),
      noteVariables: () => undefined,
    });
  };
  return {
    traced,
    routes: endpoints.map(lineOf),
    findings: findings.map(({ code, facts }) => `${code} ${facts['reason']}`),
  };
}

const lineOf = ({ method, path }: Endpoint) => `${method} ${path}`;

describe('the tracker', () => {
  test('has the procedures tRPC itself has', async () => {
    const { appRouter } = await import('../../../fixtures/apps/tracker/src/routers/app.ts');
    // At run time the procedures of nested routers are listed by their dotted names.
    const flat = appRouter._def.procedures as unknown as Record<string, AnyProcedure>;
    const procedures = Object.entries(flat).map(
      ([name, { _def }]) => `${_def.type === 'query' ? 'GET' : 'POST'} /trpc/${name}`,
    );
    const { routes, model } = await readApp('tracker');
    expect(procedures.length).toBeGreaterThan(20);
    expect(routes).toEqual(procedures.sort());
    const kinds = model.apps.flatMap((app) => app.routes.map(({ kind }) => kind));
    expect(new Set(kinds)).toEqual(new Set(['procedure']));
  });

  test('ends in the ways its answer key says', async () => {
    const { found, expected, model } = await readApp('tracker');
    expect(found).toEqual(expected);
    expect(model.findings).toEqual([]);
  });
});

const TRPC = `
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
const t = initTRPC.context().create();
export const { router, procedure } = t;
export const merge = t.mergeRouters;
export const open = t.procedure;
const timed = t.middleware(async ({ next }) => { const result = await next(); return result; });
export const signedIn = t.procedure.use(timed).use(({ ctx, next }) => {
  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { user: ctx.user } });
});`;

describe('registrations', () => {
  test('routers nested, merged, as plain objects and made in factories', () => {
    const { routes, findings } = read({
      'trpc.ts': TRPC,
      'app.ts': `
        import { createHTTPServer } from '@trpc/server/adapters/standalone';
        import { router, open, merge } from './trpc';
        const crud = (name) => router({ list: open.query(() => name), ['remove']: open.mutation(() => 1) });
        const plain = { deep: { all: open.query(() => []) }, inner: router({ one: open.query(() => 1) }) };
        const first = router({ health: open.query(() => 'ok'), cars: crud('cars'), plain });
        const second = router({ boats: crud('boats') });
        createHTTPServer({ router: merge(first, second) }).listen(3000);`,
    });
    expect(routes).toEqual([
      'GET /health',
      'GET /cars.list',
      'POST /cars.remove',
      'GET /plain.deep.all',
      'GET /plain.inner.one',
      'GET /boats.list',
      'POST /boats.remove',
    ]);
    expect(findings).toEqual([]);
  });

  test('routers that are loaded once they are asked for', () => {
    const { routes, findings } = read({
      'trpc.ts': TRPC,
      'boats.ts': `import { router, open } from './trpc'; export const boats = router({ list: open.query(() => 1) });`,
      'app.ts': `
        import { lazy } from '@trpc/server';
        import { createHTTPServer } from '@trpc/server/adapters/standalone';
        import { router } from './trpc';
        const app = router({ boats: lazy(() => import('./boats').then((module) => module.boats)) });
        createHTTPServer({ router: app }).listen(3000);`,
    });
    expect(routes).toEqual(['GET /boats.list']);
    expect(findings).toEqual([]);
  });

  test('the path of every adapter', () => {
    const router = `import { router, open } from './trpc'; const app1 = router({ a: open.query(() => 1) });`;
    const { routes } = read({
      'trpc.ts': TRPC,
      '1-express.ts': `${router}
        import { createExpressMiddleware } from '@trpc/server/adapters/express';
        import express from 'express';
        const handle = createExpressMiddleware({ router: app1 });
        const api = express.Router(); api.use('/rpc', handle);
        const app = express(); app.use('/api', api);`,
      '2-fastify.ts': `${router}
        import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
        export function build(server) { server.register(fastifyTRPCPlugin, { prefix: '/two', trpcOptions: { router: app1 } }); }`,
      '3-hono.ts': `${router}
        import { trpcServer } from '@hono/trpc-server';
        app.use('/three/*', trpcServer({ router: app1 }));`,
      '6-made.ts': `${router}
        import * as trpcExpress from '@trpc/server/adapters/express';
        export const served = trpcExpress.createExpressMiddleware({ router: app1 });`,
      '7-used.ts': `
        import express from 'express';
        import { served } from './6-made';
        const app = express(); app.use('/six', served);`,
      '8-inside.ts': `${router}
        import { trpcServer } from '@hono/trpc-server';
        import { Hono } from 'hono';
        const inner = new Hono().use('/deep/*', trpcServer({ router: app1 }));
        const told = new Hono().use(trpcServer({ endpoint: '/eight/told', router: app1 }));
        export default new Hono().route('/seven', inner).route('/eight', told);`,
      'app/api/4/[trpc]/route.ts': `
        import { router, open } from '../../../../trpc'; const app1 = router({ a: open.query(() => 1) });
        import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
        const handler = (req: Request) => fetchRequestHandler({ endpoint: '/api/4', req, router: app1, createContext: () => ({}) });
        export { handler as GET, handler as POST };`,
      'pages/api/five/[trpc].ts': `
        import { router, open } from '../../../trpc'; const app1 = router({ a: open.query(() => 1) });
        import { createNextApiHandler } from '@trpc/server/adapters/next';
        export default createNextApiHandler({ router: app1 });`,
    });
    expect([...routes].sort()).toEqual([
      'GET /api/4/a',
      'GET /api/five/a',
      'GET /api/rpc/a',
      'GET /eight/told/a',
      'GET /seven/deep/a',
      'GET /six/a',
      'GET /three/a',
      'GET /two/a',
    ]);
  });

  test('what cannot be resolved is a finding', () => {
    const { routes, findings } = read({
      'trpc.ts': TRPC,
      'app.ts': `
        import { createHTTPServer } from '@trpc/server/adapters/standalone';
        import { router, open } from './trpc';
        import { other } from 'elsewhere';
        createHTTPServer({ router: router({ a: open.query(() => 1), other, ...process.env.MORE }) });
        createHTTPServer({ router: other });`,
    });
    expect(routes).toEqual(['GET /a']);
    expect(findings).toEqual([
      'model.unresolvedRoute a router spreads what is not known',
      'model.unresolvedRoute what other is is not known',
      'model.unresolvedRoute the router is not known',
    ]);
  });
});

describe('REST', () => {
  const TEXTS = {
    'trpc.ts': TRPC,
    'pages/api/v1/[...trpc].ts': `
      import { createOpenApiNextHandler } from 'trpc-to-openapi';
      import { z } from 'zod';
      import { TRPCError } from '@trpc/server';
      import { router, open, signedIn } from '../../../trpc';
      const app = router({ posts: router({
        byId: open.meta({ openapi: { method: 'GET', path: '/posts/{id}' } })
          .input(z.object({ id: z.string().min(3), page: z.number() }))
          .query(({ input }) => {
            if (input.page > 9) throw new TRPCError({ code: 'NOT_FOUND', message: 'No page' });
            return { id: input.id };
          }),
        rename: signedIn.meta({ openapi: { method: 'PUT', path: 'posts/{id}/name' } })
          .input(z.object({ id: z.string(), name: z.string() }))
          .mutation(({ input }) => ({ name: input.name })),
        off: open.meta({ openapi: { enabled: false, method: 'GET', path: '/off' } }).query(() => 1),
        inside: open.query(() => 1),
      }) });
      const guarded = (handler) => async (req, res) => {
        if (req.headers['x-closed']) return res.status(503).json({ message: 'Closed' });
        try { return await handler(req, res); } catch (error) { return res.status(418).end(); }
      };
      export default guarded(async (req, res) => {
        const serve = createOpenApiNextHandler({ router: app, createContext: ({ req }) => {
          if (req.headers['x-odd']) throw new TRPCError({ code: 'FORBIDDEN', message: 'Odd' });
          return { user: req.headers['x-user'] };
        } });
        return await serve(req, res);
      });`,
  };

  test('has the procedures that say a method and a path', () => {
    const { routes, findings } = read(TEXTS);
    expect(routes).toEqual(['GET /api/v1/posts/:id', 'PUT /api/v1/posts/:id/name']);
    expect(findings).toEqual([]);
  });

  test('takes input from path, query and body, behind what the file does before', () => {
    const { traced } = read(TEXTS);
    const byId = traced('GET /api/v1/posts/:id');
    expect(outcomes(byId)).toEqual([
      'closed 503: present headers.x-closed',
      'FORBIDDEN 403: missing headers.x-closed & present headers.x-odd',
      'BAD_REQUEST 400: missing headers.x-closed & missing headers.x-odd & (invalid params | invalid query)',
      'NOT_FOUND 404: missing headers.x-closed & missing headers.x-odd & valid params & valid query & query.page > 9',
      '200 200: missing headers.x-closed & missing headers.x-odd & valid params & valid query & query.page <= 9',
    ]);
    expect(byId.input.query).toEqual({
      type: 'object',
      properties: { page: { type: 'number', 'x-coerce': true } },
      required: ['page'],
    });
    const sent =
      'missing headers.x-closed & missing headers.x-odd & valid headers.content-type & wellFormed body';
    expect(outcomes(traced('PUT /api/v1/posts/:id/name'))).toEqual([
      'closed 503: present headers.x-closed',
      'FORBIDDEN 403: missing headers.x-closed & present headers.x-odd',
      'UNSUPPORTED_MEDIA_TYPE 415: missing headers.x-closed & invalid headers.content-type',
      'PARSE_ERROR 400: missing headers.x-closed & malformed body',
      `UNAUTHORIZED 401: ${sent} & missing headers.x-user`,
      `BAD_REQUEST 400: ${sent} & present headers.x-user & invalid body`,
      `200 200: ${sent} & present headers.x-user & valid body`,
    ]);
  });
});

const SERVED = `
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import superjson from 'superjson';
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
`;

describe('procedures', () => {
  test('a check that a builder of the repo puts in, marked by a property of its own, runs', () => {
    const { traced } = read({
      'trpc.ts': `
        import { initTRPC, TRPCError } from '@trpc/server';
        export const t = initTRPC.create();
        const marked = (mark, check) => Object.assign((params) => check(params), { mark });
        const may = (what) => marked({ what }, async ({ ctx, next }) => {
          if (!ctx.name) throw new TRPCError({ code: 'UNAUTHORIZED' });
          ctx.checked = true;
          return next();
        });
        const checked = t.middleware(({ ctx, next }) => {
          if (!ctx.checked) throw new TRPCError({ code: 'FORBIDDEN' });
          return next();
        });
        const builder = (procedure) => {
          const within = (check) => procedure.use(check).use(checked);
          return { input: (input) => builder(procedure.input(input)), may: (what) => within(may(what)) };
        };
        export const guarded = builder(t.procedure);`,
      'app.ts': `
        import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
        import { t, guarded } from './trpc';
        const router = t.router({ all: guarded.may('view').query(() => []) });
        export const handle = (req) => fetchRequestHandler({
          endpoint: '/trpc', req, router,
          createContext: () => ({ name: req.headers.get('x-name'), checked: false }),
        });`,
    });
    const ends = traced('GET /trpc/all').outcomes.map(({ status, code }) => `${status} ${code}`);
    expect(ends).toEqual(['401 UNAUTHORIZED', '200 null']);
  });

  test("what Hono's middleware does before: what it sets is there, what it refuses never arrives", () => {
    const { traced } = read({
      'app.ts': `
        import { trpcServer } from '@hono/trpc-server';
        import { initTRPC, TRPCError } from '@trpc/server';
        import { Hono } from 'hono';
        const t = initTRPC.create();
        const mine = t.procedure.use(({ ctx, next }) => {
          if (!ctx.session) throw new TRPCError({ code: 'UNAUTHORIZED' });
          return next({ ctx });
        });
        const router = t.router({ show: mine.query(({ ctx }) => ctx.session) });
        const api = new Hono()
          .use('*', async (c, next) => {
            if (c.req.header('x-closed')) return c.json({ error: 'closed' }, 503);
            c.set('session', c.req.header('x-session'));
            await next();
          })
          .use('/other/*', async (c) => c.json({}, 418))
          .use('/trpc/*', trpcServer({ endpoint: '/api/trpc', router, createContext: (_, c) => ({ session: c.var.session }) }))
          .use('*', async (c) => c.json({}, 410));
        export default new Hono().route('/api', api);`,
    });
    expect(outcomes(traced('GET /api/trpc/show'))).toEqual([
      'closed 503: present headers.x-closed',
      'UNAUTHORIZED 401: missing headers.x-closed & missing headers.x-session',
      '200 200: missing headers.x-closed & present headers.x-session',
    ]);
  });

  test('what an Express app has around its adapter: what it sets, what it refuses, its errors its own way', () => {
    const { traced } = read({
      'package.json': JSON.stringify({
        name: 'app',
        dependencies: { '@trpc/server': '11', express: '5' },
      }),
      'app.ts': `
        import { createExpressMiddleware } from '@trpc/server/adapters/express';
        import { initTRPC, TRPCError } from '@trpc/server';
        import express from 'express';
        const t = initTRPC.create();
        const mine = t.procedure.use(({ ctx, next }) => {
          if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
          return next({ ctx });
        });
        const router = t.router({ close: mine.mutation(({ ctx }) => {
          if (ctx.user === 'none') throw new TRPCError({ code: 'NOT_FOUND' });
          return ctx.user;
        }) });
        const app = express();
        app.use(express.json());
        app.use((req, res, next) => {
          if (req.get('x-closed')) return res.status(503).json({ error: 'closed' });
          if (req.get('x-broken')) throw new Error('broken');
          req.user = req.get('x-user');
          next();
        });
        app.use('/other', (req, res) => res.sendStatus(418));
        const api = express.Router();
        api.use('/trpc', createExpressMiddleware({ router, createContext: ({ req }) => ({ user: req.user }) }));
        app.use('/api', api);
        app.use((error, req, res, next) => res.status(error.status ?? 507).json({ error: 'own' }));
        app.listen(3000);`,
    });
    expect(outcomes(traced('POST /api/trpc/close'))).toEqual([
      'own~malformed-body 400: malformed body',
      'closed 503: present headers.x-closed',
      'own~present-headers.x-broken 507: missing headers.x-closed & present headers.x-broken',
      'UNAUTHORIZED 401: missing headers.x-closed & missing headers.x-broken & missing headers.x-user',
      'NOT_FOUND 404: missing headers.x-closed & missing headers.x-broken & present headers.x-user & headers.x-user = "none"',
      '200 200: missing headers.x-closed & missing headers.x-broken & present headers.x-user & headers.x-user != "none"',
    ]);
  });

  test('context, middleware, inputs and errors in the order of the builder', () => {
    const { traced } = read({
      'app.ts': `${SERVED}
        const t = initTRPC.context().meta().create();
        const createContext = ({ req }) => ({ role: req.headers['x-role'] });
        const asked = t.procedure.use(({ ctx, meta, next }) => {
          if (meta?.staff && ctx.role !== 'staff') throw new TRPCError({ code: 'FORBIDDEN', message: 'Staff only' });
          return next({ ctx: { name: 'a' } });
        });
        const one = asked.input(z.object({ id: z.number().int() })).use(({ input, next }) => {
          if (input.id > 9) throw new TRPCError({ code: 'NOT_FOUND' });
          return next();
        });
        createHTTPServer({ createContext, router: t.router({
          plain: one.query(({ input }) => input.id),
          staff: one.meta({ staff: true }).input(z.object({ note: z.string().max(5) })).mutation(({ ctx, input }) => {
            if (input.note === ctx.name) throw new Error('broken');
            if (input.note === ctx.role) throw new TRPCError({ code: input.id ? 'CONFLICT' : 'BAD_REQUEST' });
            return { id: input.id };
          }),
        }) });`,
    });
    const plain = traced('GET /plain');
    expect(outcomes(plain)).toEqual([
      'BAD_REQUEST~malformed-query.input 400: malformed query.input',
      'BAD_REQUEST~invalid-query.input 400: invalid query.input',
      'NOT_FOUND 404: valid query.input & query.input.id > 9',
      '200 200: valid query.input & query.input.id <= 9',
    ]);
    expect(plain.input.query).toEqual({
      type: 'object',
      properties: {
        input: {
          type: 'object',
          properties: { id: { type: 'integer' } },
          required: ['id'],
          'x-json': true,
        },
      },
      required: ['input'],
    });
    const staff = traced('POST /staff');
    expect(staff.outcomes.map(({ code, status }) => `${code} ${status}`)).toEqual([
      'FORBIDDEN 403',
      'BAD_REQUEST 400',
      'BAD_REQUEST 400',
      'NOT_FOUND 404',
      'BAD_REQUEST 400',
      'INTERNAL_SERVER_ERROR 500',
      'CONFLICT 409',
      'BAD_REQUEST 400',
      'null 200',
    ]);
    expect(staff.input.body).toMatchObject({
      properties: { id: { type: 'integer' }, note: { maxLength: 5 } },
      required: ['id', 'note'],
    });
  });

  test('an error behind a middleware is what the result that it gives says', () => {
    const { traced } = read({
      'errors.ts': `
        export class AppError extends Error {
          httpCode: number;
          constructor(httpCode: number, message: string) { super(message); this.httpCode = httpCode; }
        }
        export class Gone extends AppError { constructor() { super(404, 'Gone'); } }`,
      'app.ts': `${SERVED}
        import { getHTTPStatusCodeFromError } from '@trpc/server/http';
        import { AppError, Gone } from './errors';
        const CODES = { 404: 'NOT_FOUND', 409: 'CONFLICT' };
        const t = initTRPC.create();
        const outside = t.procedure.use(({ next, path }) => {
          if (path === 'closed') throw new Gone();
          return next();
        });
        const told = outside.use(async ({ next }) => {
          const res = await next();
          if (!res.ok) {
            const { error } = res;
            const code = error.cause instanceof AppError ? CODES[error.cause.httpCode] : error.code;
            const message = getHTTPStatusCodeFromError(error) < 500 ? error.message : 'Told: ' + error.message;
            res.error = new TRPCError({ code, message, cause: null });
          }
          return res;
        });
        createHTTPServer({ router: t.router({
          closed: told.query(() => 1),
          one: told.input(z.object({ id: z.number() })).query(({ input }) => {
            if (input.id === 1) throw new Gone();
            if (input.id === 2) throw new AppError(409, 'Taken');
            if (input.id === 3) throw new TRPCError({ code: 'FORBIDDEN', message: 'Not yours' });
            if (input.id === 4) throw new Error('broken');
            return input.id;
          }),
        }) });`,
    });
    const ways = (route: string) =>
      traced(route).outcomes.map(({ code, status, message }) => `${status} ${code} ${message}`);
    expect(ways('GET /closed')).toEqual(['500 INTERNAL_SERVER_ERROR Gone']);
    expect(ways('GET /one')).toEqual([
      '400 BAD_REQUEST null',
      '400 BAD_REQUEST null',
      '404 NOT_FOUND Told: Gone',
      '409 CONFLICT Told: Taken',
      '403 FORBIDDEN Not yours',
      '500 INTERNAL_SERVER_ERROR Told: broken',
      '200 null null',
    ]);
  });

  test('a middleware looks at the raw input before the procedure has checked it', () => {
    const { traced } = read({
      'app.ts': `${SERVED}
        const t = initTRPC.create();
        const asked = z.object({ project: z.string() });
        const member = t.procedure.use(async ({ next, getRawInput }) => {
          const result = asked.safeParse(await getRawInput());
          if (!result.success) throw new TRPCError({ code: 'BAD_REQUEST', message: 'Which project?' });
          if (result.data.project === 'closed') throw new TRPCError({ code: 'FORBIDDEN' });
          return next();
        });
        createHTTPServer({ router: t.router({
          one: member.input(z.object({ count: z.number() })).query(({ input }) => input.count),
        }) });`,
    });
    const one = traced('GET /one');
    expect(outcomes(one)).toEqual([
      'BAD_REQUEST~malformed-query.input 400: malformed query.input',
      'BAD_REQUEST~invalid-query.input.project 400: invalid query.input.project',
      'FORBIDDEN 403: valid query.input.project & query.input.project = "closed"',
      'BAD_REQUEST~invalid-query.input 400: valid query.input.project & query.input.project != "closed" & invalid query.input',
      '200 200: valid query.input.project & query.input.project != "closed" & valid query.input',
    ]);
    expect(one.input.query).toMatchObject({
      properties: { input: { required: ['project', 'count'] } },
    });
  });

  test('what superjson wraps, what an error formatter adds, and an input that may be left out', () => {
    const { traced } = read({
      'app.ts': `${SERVED}
        const t = initTRPC.create({ transformer: superjson, errorFormatter: ({ shape, error }) => ({ ...shape, data: { ...shape.data, hint: error.cause instanceof z.ZodError ? 'input' : 'other' } }) });
        createHTTPServer({ router: t.router({
          at: t.procedure.input(z.object({ when: z.date(), name: z.string() })).mutation(({ input }) => {
            if (input.name === 'x') throw new TRPCError({ code: 'CONFLICT', message: 'No x' });
            return { name: input.name };
          }),
          some: t.procedure.input(z.object({ limit: z.number() }).optional()).query(({ input }) => input?.limit ?? 5),
          none: t.procedure.mutation(() => null),
        }) });`,
    });
    const at = traced('POST /at');
    expect(at.input.body).toEqual({
      type: 'object',
      properties: {
        json: {
          type: 'object',
          properties: { when: { type: 'string', format: 'date-time' }, name: { type: 'string' } },
          required: ['when', 'name'],
        },
        meta: { const: { values: { when: ['Date'] } } },
      },
      required: ['json', 'meta'],
    });
    const conflict = at.outcomes.find(({ code }) => code === 'CONFLICT');
    expect(conflict?.message).toBe('No x');
    expect(conflict?.body.map(({ path, value }) => [path.join('.'), value])).toContainEqual([
      'error.json.data.hint',
      { kind: 'literal', value: 'other' },
    ]);
    expect(traced('GET /some').input.query).toMatchObject({
      properties: { input: { properties: { json: {} } } },
    });
    expect(traced('POST /none').input.headers).toMatchObject({ required: ['content-type'] });
  });
});
