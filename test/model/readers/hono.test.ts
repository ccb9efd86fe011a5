import { describe, expect, test } from 'vitest';
import { hono } from '../../../src/model/readers/hono.ts';
import { programOf } from '../../setup/code.ts';

const HONO = "import { Hono } from 'hono';\n";

function read(files: Record<string, string> | string) {
  const texts = typeof files === 'string' ? { 'src/index.ts': HONO + files } : files;
  const program = programOf(texts);
  const result = hono.read(program, '.');
  const findings = [...result.findings, ...(result.leftOver?.(program) ?? [])];
  return {
    ...result,
    routes: result.endpoints.map(({ method, path }) => `${method} ${path}`),
    chains: Object.fromEntries(
      result.endpoints.map(({ method, path, chain }) => [
        `${method} ${path}`,
        chain.map(({ expression }) => expression.getText()).join(' > '),
      ]),
    ),
    problems: findings.map(
      ({ code, at, facts }) => `${code} ${at.file}:${at.line} ${facts['reason']}`,
    ),
  };
}

describe('one file', () => {
  test('chained and separate registrations, every method, several methods and paths at once', () => {
    const { routes, problems } = read(`
      const app = new Hono().get('/a', h).post('/a', h).put(h);
      app.delete('/a/:id', h);
      app.on(['GET', 'PATCH'], ['/b', '/c'], h);
      app.on('purge', '/cache', h);
      app.all('/any', h);
      export default app;`);
    expect(routes).toEqual([
      'GET /a',
      'POST /a',
      'PUT /a',
      'DELETE /a/:id',
      'GET /b',
      'PATCH /b',
      'GET /c',
      'PATCH /c',
      'PURGE /cache',
      'ALL /any',
    ]);
    expect(problems).toEqual([]);
  });

  test('middleware runs for what is registered after it on a path it covers', () => {
    const { chains } = read(`
      const app = new Hono();
      app.get('/open', open);
      app.use(logger());
      app.use('/admin/*', requireAdmin);
      app.get('/admin', dashboard);
      app.get('/admin/users/:id', limit, validate, user);
      app.get('/users/:id{[0-9]+}', user);
      app.use('/users/:id', late);
      app.use('/users/me', mine);
      app.delete('/users/:id', remove);
      app.get('/users/me', me);
      export default app;`);
    expect(chains).toEqual({
      'GET /open': 'open',
      'GET /admin': 'logger() > requireAdmin > dashboard',
      'GET /admin/users/:id': 'logger() > requireAdmin > limit > validate > user',
      'GET /users/:id': 'logger() > user',
      'DELETE /users/:id': 'logger() > late > remove',
      'GET /users/me': 'logger() > late > mine > me',
    });
  });

  test('constraints, optional parameters and wildcards come in one form', () => {
    const { routes } = read(`
      const app = new Hono();
      app.get('/posts/:id{[0-9]+}', h);
      app.get('/tags/:tag?', h);
      app.get('/files/:path{.+}', h);
      app.get('/static/*', h);
      app.get('/a/*/b', h);
      app.get('/:date{[0-9]+}/:title{[a-z]+}', h);
      export default app;`);
    expect(routes).toEqual([
      'GET /posts/:id',
      'GET /tags',
      'GET /tags/:tag',
      'GET /files/*path',
      'GET /static/*path',
      'GET /a/:any/b',
      'GET /:date/:title',
    ]);
  });

  test('a handler that takes next is on the way of what comes after it', () => {
    const { chains, problems } = read(`
      const app = new Hono();
      app.all('/api/*', async (c, next) => { await next(); });
      app.get('/api/x', async (c, next) => next());
      app.get('/api/x', h);
      app.get('/api/x', never);
      export default app;`);
    expect(chains['GET /api/x']).toBe(
      'async (c, next) => { await next(); } > async (c, next) => next() > h',
    );
    expect(problems).toEqual(['model.shadowedRoute src/index.ts:7 an earlier route answers first']);
  });

  test('a validator on a wildcard guards what comes after it, files are served besides', () => {
    const { chains } = read(`
      import { validator } from 'hono/validator';
      import { serveStatic } from '@hono/node-server/serve-static';
      import { swaggerUI } from '@hono/swagger-ui';
      const key = validator('header', (value, c) => value);
      const app = new Hono();
      app.post('/orders/*', key);
      app.get('/*', serveStatic({ root: 'public' }));
      app.post('/orders/bulk', h);
      app.get('/ui', swaggerUI({ url: '/doc' }));
      export default app;`);
    expect(chains).toEqual({
      'GET /*path': "serveStatic({ root: 'public' })",
      'POST /orders/bulk': 'key > h',
      'GET /ui': "serveStatic({ root: 'public' }) > swaggerUI({ url: '/doc' })",
    });
  });

  test('base paths make views of the same app', () => {
    const { routes, chains } = read(`
      const app = new Hono().basePath('/v1');
      const admin = app.basePath('/admin');
      app.use('*', log);
      admin.get('/', root);
      app.get('/x', x);
      export default app;`);
    expect(routes).toEqual(['GET /v1/admin', 'GET /v1/x']);
    expect(chains['GET /v1/admin']).toBe('log > root');
  });

  test('clients, other libraries and requests are no routes', () => {
    const { routes, problems } = read({
      'src/index.ts': `${HONO}
        import { hc } from 'hono/client'; import axios from 'axios';
        const app = new Hono().get('/a', async (c) => { await fetch('/x'); await axios.get('/y', { z: 1 }); c.get('user'); return c.text(''); });
        const client = hc<typeof app>('http://x'); client.a.$get();
        axios.post('/z', () => 1); cache.get('/k', () => 1);
        export default app;`,
      'src/index.test.ts': `${HONO} const app = new Hono().get('/in-test', h); app.request('/in-test'); export default app;`,
      'test/app.ts': `${HONO} export default new Hono().get('/in-tests', h);`,
    });
    expect(routes).toEqual(['GET /a']);
    expect(problems).toEqual([]);
  });
});

describe('mounting', () => {
  test('to any depth, one router twice, with a copy of what it holds at that moment', () => {
    const { routes, chains, problems } = read({
      'src/server.ts': `import { serve } from '@hono/node-server'; import { app } from './app'; serve({ fetch: app.fetch });`,
      'src/app.ts': `${HONO} import { v1 } from './v1.js'; export const app = new Hono(); app.use(outer); app.route('/v1', v1); app.route('/v2', v1);`,
      'src/v1.ts': `${HONO} import users from './users'; export const v1 = new Hono(); v1.use('*', inner); v1.route('/users', users);`,
      'src/users/index.ts': `export { default } from './routes';`,
      'src/users/routes.ts': `${HONO} const router = new Hono(); router.get('/', list).get('/:id', guard, one); export default router;`,
    });
    expect(routes).toEqual([
      'GET /v1/users',
      'GET /v1/users/:id',
      'GET /v2/users',
      'GET /v2/users/:id',
    ]);
    expect(chains['GET /v2/users/:id']).toBe('outer > inner > guard > one');
    expect(problems).toEqual([]);
  });

  test('loops over lists and objects, prefixes from constants, enums and templates', () => {
    const { routes, problems } = read({
      'src/index.ts': `${HONO}
        import { API, Path, prefixes } from './paths';
        import { a, b } from './routers';
        const app = new Hono();
        for (const { path, router } of [{ path: '/a', router: a }, { path: Path.B, router: b }]) app.route(path, router);
        Object.entries({ c: a, d: b }).forEach(([name, router]) => { app.route(\`\${API}/\${name}\`, router); });
        app.get(prefixes.health + '/live', h);
        for (let i = 0; i < 2; i++) app.get('/n' + i, h);
        for (const method of ['get', 'post'] as const) app.on(method, '/both', h);
        export default app;`,
      'src/paths.ts': `export const API = '/api' as const; export enum Path { A = '/enum-a', B = '/enum-b' } export const prefixes = { health: '/health' } as const;`,
      'src/routers.ts': `${HONO} export const a = new Hono().get('/x', h); export const b = new Hono().get('/y', h);`,
    });
    expect(routes).toEqual([
      'GET /a/x',
      'GET /enum-b/y',
      'GET /api/c/x',
      'GET /api/d/y',
      'GET /health/live',
      'GET /n0',
      'GET /n1',
      'GET /both',
      'POST /both',
    ]);
    expect(problems).toEqual([]);
  });

  test('factories, functions that take a router, and what they were given', () => {
    const { chains, endpoints } = read({
      'src/main.ts': `import { createApp } from './app'; const app = createApp({ db: connect() }); export default { port: 3000, fetch: app.fetch };`,
      'src/app.ts': `${HONO}
        import { crud } from './crud';
        export function createApp({ db }: { db: Db }) {
          const app = new Hono<Env>();
          register(app, requireUser);
          for (const [name, handler] of Object.entries({ users: listUsers, posts: listPosts })) app.route('/' + name, crud(handler, db));
          return app;
        }
        function register(router: Hono, guard: Middleware) { router.use('/me/*', guard); router.get('/me', me); }`,
      'src/crud.ts': `${HONO} export const crud = (list: Handler, db: Db, path = '/all') => new Hono().get(path, (c) => list(c, db));`,
    });
    expect(chains).toEqual({
      'GET /me': 'requireUser > me',
      'GET /users/all': '(c) => list(c, db)',
      'GET /posts/all': '(c) => list(c, db)',
    });
    const handler = endpoints.at(-1)!.chain.at(-1)!;
    const [list] = [...handler.file].length > 0 ? parametersAround(handler.expression) : [];
    expect(handler.bound?.(list!)?.expression.getText()).toBe('listPosts');
  });

  test('functions that return middleware, handlers or several things at once', () => {
    const { routes, chains } = read(`
      import { createMiddleware } from 'hono/factory';
      function limit(max: number) { return createMiddleware(async (c, next) => next()); }
      const build = (name: string) => { const router = new Hono().get('/', show(name)); return { path: '/' + name, router }; };
      function show(name: string) { return (c) => c.text(name); }
      const app = new Hono();
      app.on('POST', '/', limit(3));
      app.post('/', h);
      const { path, router: pets } = build('pets');
      app.route(path, pets);
      export default app;`);
    expect(routes).toEqual(['POST /', 'GET /pets']);
    expect(chains).toEqual({ 'POST /': 'limit(3) > h', 'GET /pets': 'show(name)' });
  });

  test('classes that hold a router', () => {
    const { routes, problems } = read({
      'src/index.ts': `${HONO}
        abstract class Controller { readonly router = new Hono(); constructor(protected readonly path: string) {} abstract routes(): void; }
        class Users extends Controller {
          constructor() { super('/users'); this.routes(); }
          routes() { this.router.get(this.path, this.list); this.router.get(\`\${this.path}/:id\`, (c) => this.one(c)); }
          private list = (c) => c.json([]);
          one(c) { return c.json({}); }
        }
        class App {
          private app: Hono;
          constructor(private readonly controllers: Controller[]) { this.app = new Hono(); this.mountAll(); }
          private mountAll() { this.controllers.forEach((one) => { this.app.route('/api', one.router); }); }
          get fetch() { return this.app.fetch; }
        }
        const app = new App([new Users()]);
        export default { fetch: app.fetch };`,
    });
    expect(routes).toEqual(['GET /api/users', 'GET /api/users/:id']);
    expect(problems).toEqual([]);
  });

  test('an app class that extends Hono, and a branch that depends on the environment', () => {
    const { routes } = read(`
      class Api extends Hono { constructor() { super(); this.get('/in', h); } }
      const app = new Api();
      if (process.env.DEBUG) app.get('/debug', h); else app.get('/release', h);
      if (false) app.get('/never', h);
      export default app;`);
    expect(routes).toEqual(['GET /in', 'GET /debug', 'GET /release']);
  });

  test('routes another module adds to an imported app, in the order modules run', () => {
    const { routes } = read({
      'src/index.ts': `import './users'; import { app } from './app'; app.get('/last', h); export default app;`,
      'src/app.ts': `${HONO} export const app = new Hono(); app.get('/first', h);`,
      'src/users.ts': `import { app } from './app'; app.get('/users', h);`,
    });
    expect(routes).toEqual(['GET /first', 'GET /users', 'GET /last']);
  });

  test('an app that a function puts together, of routers whose methods are handed on by a builder', () => {
    const { routes, chains, problems } = read({
      'src/start.ts': `
        import { createApi } from './api';
        export const start = async () => { listen(createApi()); };`,
      'src/api.ts': `
        import { Hono } from 'hono';
        import { boats } from './boats'; import { ports } from './ports';
        export function createApi() {
          const api = new Hono();
          api.get('/new', (c) => api.fetch(new Request('/boats', c.req.raw)));
          api.route('/', boats);
          api.route('/ports', ports);
          return api;
        }`,
      'src/ports.ts': `
        import { Hono } from 'hono';
        export const ports = new Hono();
        ports.get('/', h);`,
      'src/boats.ts': `
        import { secured } from './secured';
        const app = secured('/boats');
        app.access({ kind: 'open' }).get('/', list);
        app.access({ kind: 'keyed', name: 'boats' }).post('/', create);
        app.access({ kind: 'open' }).get('/old', (c) => boats.fetch(new Request('/boats', c.req.raw)));
        export const boats = app.hono;`,
      'src/secured.ts': `
        import { Hono } from 'hono';
        const strategy = { chainFor(policy) {
          switch (policy.kind) {
            case 'keyed': return [withKey(policy.name)];
            case 'known': { signedIn(); break; }
            default: return unsupported(policy);
          }
        } };
        class Secured {
          constructor(path) { this.hono = new Hono().basePath(path); }
          access(policy) {
            const chain = policy.kind === 'open' ? [] : strategy.chainFor(policy);
            const bind = (method) => (path, ...handlers) => {
              const verb = this.hono[method];
              return verb.call(this.hono, path, ...chain, ...handlers);
            };
            return { get: bind('get'), post: bind('post') };
          }
        }
        export function secured(path) { return new Secured(path); }`,
    });
    expect(routes).toEqual([
      'GET /new',
      'GET /boats',
      'POST /boats',
      'GET /boats/old',
      'GET /ports',
    ]);
    expect(chains['POST /boats']).toBe('withKey(policy.name) > create');
    expect(problems).toEqual([]);
  });

  test('another framework below a path takes every method', () => {
    const { routes } = read(`
      import { legacy } from 'legacy';
      const inner = new Hono().get('/x', h);
      const app = new Hono();
      app.mount('/old', legacy.handle);
      app.mount('/new', inner.fetch);
      export default app;`);
    expect(routes).toEqual(['ALL /old/*path', 'GET /new/x']);
  });
});

describe('errors', () => {
  test('error handlers go from the innermost router outwards', () => {
    const { endpoints } = read(`
      const inner = new Hono(); inner.onError(innerError); inner.get('/x', h);
      const app = new Hono(); app.route('/in', inner); app.get('/y', h);
      app.onError(outerError); app.notFound(missing);
      export default app;`);
    const handlers = endpoints.map(({ onError }) =>
      onError.map(({ expression }) => expression.getText()),
    );
    expect(handlers).toEqual([['innerError', 'outerError'], ['outerError']]);
    const missing = endpoints.map(({ notFound }) => notFound?.expression.getText());
    expect(missing).toEqual(['missing', 'missing']);
  });
});

describe('openapi and factories of the framework', () => {
  test('a declared route brings its method, path, middleware and schemas', () => {
    const { chains, endpoints } = read({
      'src/index.ts': `import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi';
        import * as routes from './routes';
        const app = new OpenAPIHono({ defaultHook: onInvalid });
        app.openapi(routes.one, one);
        app.doc('/doc', { openapi: '3.0.0' });
        export default app;`,
      'src/routes.ts': `import { createRoute, z } from '@hono/zod-openapi';
        const path = '/users';
        export const one = createRoute({ method: 'patch', path: path + '/{id}', middleware: [auth] as const,
          request: { params: z.object({ id: z.string() }), body: { content: { 'application/json': { schema: Body } } } }, responses: {} });`,
    });
    expect(chains).toEqual({
      'PATCH /users/:id': 'auth > one',
      'GET /doc': "{ openapi: '3.0.0' }",
    });
    const declared = endpoints[0]!.declared!;
    expect(declared.parts.map(({ from, schema }) => [from, schema.expression.getText()])).toEqual([
      ['params', 'z.object({ id: z.string() })'],
      ['body', 'Body'],
    ]);
    expect(declared.onInvalid?.expression.getText()).toBe('onInvalid');
  });

  test('createFactory makes apps and handler lists', () => {
    const { chains } = read(`
      import { createFactory, createMiddleware } from 'hono/factory';
      const factory = createFactory<Env>({ initApp: (app) => { app.use(withDb); } });
      const auth = createMiddleware(async (c, next) => next());
      const handlers = factory.createHandlers(auth, (c) => c.text('x'));
      const app = factory.createApp();
      app.get('/x', ...handlers);
      export default app;`);
    expect(chains).toEqual({ 'GET /x': "withDb > auth > (c) => c.text('x')" });
  });
});

describe('what cannot be resolved', () => {
  test('is a finding with its place, and nothing is guessed', () => {
    const { routes, problems } = read(`
      import { PREFIX, router } from 'elsewhere';
      const app = new Hono();
      app.get(\`/\${process.env.BASE}/x\`, h);
      app.route(PREFIX, new Hono().get('/y', h));
      app.route('/z', router);
      app.get('/ok', h);
      export default app;`);
    expect(routes).toEqual(['GET /ok']);
    expect(problems).toEqual([
      'model.unresolvedRoute src/index.ts:5 the path is not known',
      'model.unresolvedRoute src/index.ts:6 the prefix is not known',
      'model.unresolvedRoute src/index.ts:7 the mounted router is not known',
    ]);
  });

  test('registrations in code that nothing runs are told', () => {
    const { routes, problems } = read(`
      const app = new Hono().get('/a', h);
      function later(router: Hono) { router.get('/b', h); }
      const unused = () => new Hono().get('/c', h)
        .post('/d', h);
      export default app;`);
    expect(routes).toEqual(['GET /a']);
    expect(problems).toEqual([
      'model.unresolvedRoute src/index.ts:4 it stands in code that nothing seems to run',
      'model.unresolvedRoute src/index.ts:6 it stands in code that nothing seems to run',
      'model.unresolvedRoute src/index.ts:5 it stands in code that nothing seems to run',
    ]);
  });

  test('a router nobody mounts is told, while the served one is read', () => {
    const { routes, problems } = read({
      'src/index.ts': `${HONO} import { serve } from '@hono/node-server'; const app = new Hono().get('/a', h); serve(app);`,
      'src/dead.ts': `${HONO} export const dead = new Hono().get('/dead', h);`,
    });
    expect(routes).toEqual(['GET /a']);
    expect(problems).toEqual(['model.unmountedRouter src/dead.ts:2 nothing mounts or serves it']);
  });

  test('a factory nobody calls is called, and endless code ends', () => {
    const { routes } = read({
      'src/app.ts': `${HONO} export function createApp(deps: Deps) { const app = new Hono(); add(app); return app; } function add(app: Hono) { app.get('/a', h); }
        const loop = (n) => loop(n + 1); loop(0); while (true) { loop(1); } `,
    });
    expect(routes).toEqual(['GET /a']);
  });
});

function parametersAround(node: import('../../../src/kernel/syntax.ts').ts.Node) {
  let at = node.parent;
  while (!('parameters' in at)) at = at.parent;
  return (at as unknown as { parameters: import('../../../src/kernel/syntax.ts').ts.Node[] })
    .parameters;
}
