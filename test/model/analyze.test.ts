import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Event } from '../../src/kernel/events.ts';
import { analyze } from '../../src/model/analyze.ts';
import { Model } from '../../src/model/model.ts';
import { readModel } from '../../src/operations/reading.ts';
import { openProgram } from '../../src/repo/program.ts';
import { readRepo } from '../../src/repo/read.ts';
import { programOf } from '../setup/code.ts';

const emit = () => undefined;
const manifest = (name: string, ...dependencies: string[]) =>
  JSON.stringify({ name, dependencies: Object.fromEntries(dependencies.map((one) => [one, '*'])) });

test('the clinic is one app with its routes, tables and way to sign in', async () => {
  const events: Event[] = [];
  const { repo, files } = await readRepo('fixtures/apps/clinic', { emit });
  const model = analyze(openProgram(repo, files), { emit: (event) => events.push(event) });
  expect(Model.parse(model)).toEqual(model);
  const [app] = model.apps;
  expect(app).toMatchObject({ name: 'clinic', root: '.', frameworks: ['hono'], orms: ['drizzle'] });
  expect(app?.routes.map(({ id }) => id)).toEqual([
    'GET /healthz',
    'POST /staff',
    'POST /sessions',
    'GET /desk/patients/:id',
    'POST /desk/appointments',
  ]);
  expect(app?.tables.map(({ id }) => id)).toEqual([
    'appointments',
    'departments',
    'patients',
    'sessions',
    'slots',
    'staff',
  ]);
  expect(app?.routes.find(({ id }) => id === 'POST /desk/appointments')?.creates).toEqual([
    'appointments',
  ]);
  expect(app?.auth).toEqual({
    carrier: { from: 'cookies', name: 'clinic_session' },
    session: { table: 'sessions', column: 'token_hash' },
    actor: 'staff',
    signIn: { route: 'POST /sessions', fields: { email: 'email' }, password: 'password' },
    signUp: { route: 'POST /staff', fields: { email: 'email' }, password: 'password' },
    passwordColumn: 'password_hash',
    handed: false,
  });
  expect(model.findings).toEqual([]);
  expect(events.map(({ kind }) => kind)).toEqual(['stage', ...Array(5).fill('progress'), 'done']);
});

test('each deployable package is an app, and one that another app mounts is part of it', () => {
  const router = (path: string) =>
    `import { Hono } from 'hono'; export const router = new Hono().get('${path}', (c) => c.text('x'));`;
  const server = (more: string) =>
    `import { serve } from '@hono/node-server'; import { Hono } from 'hono'; ${more} serve(app);`;
  const model = analyze(
    programOf({
      'package.json': manifest('root'),
      'apps/api/package.json': manifest('api', 'hono', '@shop/users'),
      'apps/api/src/main.ts': server(
        "import { router } from '@shop/users'; const app = new Hono().route('/users', router);",
      ),
      'apps/admin/package.json': manifest('admin', 'hono'),
      'apps/admin/src/main.ts': server("const app = new Hono().get('/', (c) => c.text('x'));"),
      'apps/web/package.json': manifest('web', 'hono'),
      'apps/web/src/client.ts': "import { hc } from 'hono/client'; export const client = hc('/');",
      'packages/users/package.json': manifest('@shop/users', 'hono'),
      'packages/users/src/index.ts': router('/:id'),
    }),
    { emit },
  );
  expect(model.apps.map(({ name, routes }) => [name, routes.map(({ id }) => id)])).toEqual([
    ['admin', ['admin: GET /']],
    ['api', ['api: GET /users/:id']],
  ]);
});

test('a repo without routes says so', () => {
  const model = analyze(programOf({ 'package.json': manifest('empty', 'hono') }), { emit });
  expect(model.apps).toEqual([]);
  expect(model.findings.map(({ code }) => code)).toEqual(['model.noRoutes']);
});

test('a method and path registered on two apps of one package counts once', () => {
  const model = analyze(
    programOf({
      'package.json': manifest('twice', 'hono'),
      'src/main.ts': `import { serve } from '@hono/node-server'; import { Hono } from 'hono';
        serve(new Hono().get('/a', (c) => c.text('1')));
        serve(new Hono().get('/a', (c) => c.text('2')));`,
    }),
    { emit },
  );
  expect(model.apps[0]?.routes.map(({ id }) => id)).toEqual(['GET /a']);
  expect(model.findings.map(({ code, at }) => [code, at.line])).toEqual([
    ['model.repeatedRoute', 3],
  ]);
});

test('tables are read from the workspace package that alone depends on the ORM', () => {
  const model = analyze(
    programOf({
      'package.json': manifest('root'),
      'apps/api/package.json': manifest('api', 'hono', '@shop/data'),
      'apps/api/src/main.ts': `
        import { serve } from '@hono/node-server'; import { Hono } from 'hono';
        import { users } from '@shop/data';
        const app = new Hono().get('/users', (c) => c.json({ users })); serve(app);`,
      'packages/data/package.json': manifest('@shop/data', 'drizzle-orm'),
      'packages/data/src/index.ts': `
        import { pgTable, text } from 'drizzle-orm/pg-core';
        export const users = pgTable('users', { name: text('name').primaryKey() });`,
    }),
    { emit },
  );
  expect(model.apps.map(({ orms, tables }) => [orms, tables.map(({ id }) => id)])).toEqual([
    [['drizzle'], ['users']],
  ]);
});

test('what a handler leaves in a module is not there when another endpoint is followed', () => {
  const routes = [
    "app.post('/open', (c) => { shop.open = true; return c.text('open'); });",
    "app.get('/cups', (c) => c.json({}, shop.open ? 200 : 409));",
  ];
  const statusesOf = (lines: readonly string[]) => {
    const program = programOf({
      'package.json': manifest('shop', 'hono'),
      'app.ts': `import { Hono } from 'hono';
        const shop = { open: false };
        const app = new Hono();
        ${lines.join('\n')}
        export default app;`,
    });
    const [app] = analyze(program, { emit }).apps;
    const cups = app?.routes.find(({ id }) => id === 'GET /cups');
    return cups?.outcomes.map(({ status }) => status);
  };
  expect(statusesOf(routes)).toEqual(statusesOf([...routes].reverse()));
});

test("an app read from its own folder has its neighbours' tables and endings, and none of their routes", async () => {
  const repo = mkdtempSync(join(tmpdir(), 'workspace-'));
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(repo, path)), { recursive: true });
    writeFileSync(join(repo, path), text);
  };
  const finds = (status: number) =>
    `import { eq } from 'drizzle-orm'; import { drizzle } from 'drizzle-orm/node-postgres'; import { cows } from './tables';
     const db = drizzle('');
     export async function answer(c, id) {
       const [cow] = await db.select().from(cows).where(eq(cows.id, id));
       return cow ? c.json(cow) : c.json({}, ${status});
     }`;
  put('package.json', '{"name":"farm","workspaces":["packages/*"]}');
  put('packages/herds/package.json', manifest('herds', 'hono', 'drizzle-orm'));
  put('packages/herds/src/find.ts', finds(404));
  put(
    'packages/herds/src/tables.ts',
    "import { integer, pgTable } from 'drizzle-orm/pg-core'; export const cows = pgTable('cows', { id: integer('id').primaryKey() });",
  );
  put(
    'packages/herds/src/main.ts',
    "import { serve } from '@hono/node-server'; import { Hono } from 'hono'; const app = new Hono().get('/own', (c) => c.text('x')); serve(app);",
  );
  put('packages/api/package.json', manifest('api', 'hono', 'herds', 'drizzle-orm'));
  put(
    'packages/api/src/main.ts',
    "import { serve } from '@hono/node-server'; import { Hono } from 'hono'; import { answer } from 'herds/src/find'; const app = new Hono().get('/cows/:id', (c) => answer(c, Number(c.req.param('id')))); serve(app);",
  );
  const cache = join(repo, 'kept');
  const read = async () => {
    const { model } = await readModel(join(repo, 'packages/api'), { emit, cache });
    expect(model.apps).toHaveLength(1);
    const [app] = model.apps;
    expect(app?.routes.map(({ id }) => id)).toEqual(['GET /cows/:id']);
    expect(app?.tables.map(({ id }) => id)).toEqual(['cows']);
    return app?.routes.flatMap(({ outcomes }) => outcomes.map(({ status }) => status)).sort();
  };
  try {
    expect(await read()).toEqual([200, 404, 500]);
    expect(await read()).toEqual([200, 404, 500]);
    put('packages/herds/src/find.ts', finds(410));
    expect(await read()).toEqual([200, 410, 500]);
  } finally {
    rmSync(repo, { recursive: true });
  }
});

test('a catch-all that hands on to another framework has no answer of its own', () => {
  const model = analyze(
    programOf({
      'package.json': manifest('web', 'next', 'hono', '@trpc/server'),
      'app/api/[[...route]]/route.ts': `
        import { Hono } from 'hono';
        import { handle } from 'hono/vercel';
        const app = new Hono().basePath('/api');
        app.get('/boats', (c) => c.json([]));
        export const GET = handle(app);
        export const POST = handle(app);`,
      'app/rpc/[trpc]/route.ts': `
        import { initTRPC } from '@trpc/server';
        import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
        const t = initTRPC.create();
        const router = t.router({ boats: t.procedure.query(() => []) });
        const handler = (req: Request) =>
          fetchRequestHandler({ endpoint: '/rpc', req, router, createContext: () => ({}) });
        export { handler as GET, handler as POST };`,
      'app/own/[...path]/route.ts': `export const GET = () => new Response(null, { status: 204 });`,
    }),
    { emit },
  );
  expect(model.apps.flatMap(({ routes }) => routes.map(({ id }) => id)).sort()).toEqual([
    'GET /api/boats',
    'GET /own/*path',
    'GET /rpc/boats',
  ]);
});
