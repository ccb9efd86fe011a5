import { describe, expect, test } from 'vitest';
import { tanstackStart as reader } from '../../../src/model/readers/tanstack-start.ts';
import { programOf } from '../../setup/code.ts';
import { toldEndings } from '../../setup/told-endings.ts';

const MANIFEST = JSON.stringify({
  name: 'app',
  dependencies: { '@tanstack/react-start': '1', 'drizzle-orm': '0.45', zod: '4' },
});
const SCHEMA = `
  import { pgTable, text, integer, boolean } from 'drizzle-orm/pg-core';
  export const users = pgTable('users', { id: integer().primaryKey(), token: text().notNull().unique(), staff: boolean().notNull() });
  export const boats = pgTable('boats', { id: integer().primaryKey(), name: text().notNull(), open: boolean().notNull() });`;
const DB = `
  import { drizzle } from 'drizzle-orm/node-postgres';
  import * as schema from './schema';
  export const db = drizzle(process.env.DATABASE_URL!, { schema });`;
const ROOT = `
  import { createRootRoute, Outlet } from '@tanstack/react-router';
  export const Route = createRootRoute({
    shellComponent: ({ children }) => <html><body><i>Harbour</i>{children}</body></html>,
    component: () => <main><Outlet /></main>,
    notFoundComponent: () => <p>Nothing here</p>,
  });`;

const filesOf = (texts: Readonly<Record<string, string>>) => ({
  'package.json': MANIFEST,
  'src/schema.ts': SCHEMA,
  'src/db.ts': DB,
  'src/routes/__root.tsx': ROOT,
  ...texts,
});

function routes(texts: Readonly<Record<string, string>>): string[] {
  const { endpoints, findings } = reader.read(programOf(filesOf(texts)), '.');
  expect(findings).toEqual([]);
  return endpoints.map(({ method, path, kind = 'http' }) => `${kind} ${method} ${path}`);
}

const endings = (texts: Readonly<Record<string, string>>) => toldEndings(filesOf(texts));

const PAGE = (id: string) => `
  import { createFileRoute } from '@tanstack/react-router';
  export const Route = createFileRoute('${id}')({ component: () => <p>Page</p> });`;

describe('routes', () => {
  test('are where their files say, but for layouts, groups and what is no route', () => {
    expect(
      routes({
        'src/routes/index.tsx': PAGE('/'),
        'src/routes/_app.tsx': PAGE('/_app'),
        'src/routes/_app/boats.tsx': PAGE('/_app/boats'),
        'src/routes/_app/boats.index.tsx': PAGE('/_app/boats/'),
        'src/routes/_app/boats.$id.tsx': PAGE('/_app/boats/$id'),
        'src/routes/_app/boats_.$id.wide.tsx': PAGE('/_app/boats_/$id/wide'),
        'src/routes/(legal)/terms.tsx': PAGE('/(legal)/terms'),
        'src/routes/{-$lang}/about.tsx': PAGE('/{-$lang}/about'),
        'src/routes/files/$.tsx': PAGE('/files/$'),
        'src/routes/-parts.tsx': PAGE('/parts'),
      }),
    ).toEqual([
      'page GET /',
      'page GET /about',
      'page GET /boats',
      'page GET /boats/:id',
      'page GET /boats/:id/wide',
      'page GET /files/*splat',
      'page GET /terms',
      'page GET /:lang/about',
    ]);
  });

  test('answer the methods of their handlers, however these are written; functions of the server are called by their names', () => {
    expect(
      routes({
        'src/routes/api/a.ts': `
          import { createFileRoute } from '@tanstack/react-router';
          export const Route = createFileRoute('/api/a')({ server: { handlers: { GET: () => new Response(), POST: async () => new Response() } } });`,
        'src/routes/api/b.$id.tsx': `
          import { createFileRoute } from '@tanstack/react-router';
          export const Route = createFileRoute('/api/b/$id')({
            component: () => <p>B</p>,
            server: { handlers: ({ createHandlers }) => createHandlers({ DELETE: { middleware: [], handler: () => new Response() } }) } });`,
        'src/routes/api/c.ts': `
          import { createServerFileRoute } from '@tanstack/react-start/server';
          export const ServerRoute = createServerFileRoute('/api/c').methods((api) => ({ PUT: api.handler(() => new Response()) }));`,
        'src/routes/api/d.ts': `
          import { createAPIFileRoute } from '@tanstack/react-start/api';
          const handlers = { PATCH: () => new Response() };
          export const APIRoute = createAPIFileRoute('/api/d')(handlers);`,
        'src/boats.ts': `
          import { createServerFn } from '@tanstack/react-start';
          const signedIn = createServerFn({ method: 'POST' }).middleware([]);
          export const listBoats = createServerFn().handler(() => []);
          export const addBoat = signedIn().handler(() => 1);
          export const other = queue().handler(() => 1);`,
      }),
    ).toEqual([
      'action POST /_serverFn/addBoat',
      'action GET /_serverFn/listBoats',
      'http GET /api/a',
      'http POST /api/a',
      'http DELETE /api/b/:id',
      'page GET /api/b/:id',
      'http PUT /api/c',
      'http PATCH /api/d',
    ]);
  });
});

const GUARD = `
  import { createMiddleware } from '@tanstack/react-start';
  import { getCookie } from '@tanstack/react-start/server';
  import { redirect } from '@tanstack/react-router';
  import { eq } from 'drizzle-orm';
  import { db } from './db';
  import { users } from './schema';
  export const signedIn = createMiddleware({ type: 'function' }).server(async ({ next }) => {
    const user = await db.query.users.findFirst({ where: eq(users.token, getCookie('session') ?? '') });
    if (!user) throw redirect({ to: '/login', search: { from: 'boats' } });
    return next({ context: { user } });
  });
  export const staff = createMiddleware({ type: 'function' }).middleware([signedIn]).server(async ({ next, context }) => {
    if (!context.user.staff) throw new Error('Staff only');
    return next();
  });`;

describe('functions of the server', () => {
  test('end as their middleware, the check of their input and they themselves say', () => {
    expect(
      endings({
        'src/guard.ts': GUARD,
        'src/boats.ts': `
          import { createServerFn } from '@tanstack/react-start';
          import { setResponseStatus } from '@tanstack/react-start/server';
          import { notFound } from '@tanstack/react-router';
          import { eq } from 'drizzle-orm';
          import { z } from 'zod';
          import { db } from './db';
          import { boats } from './schema';
          import { staff } from './guard';
          export const openBoat = createServerFn({ method: 'POST' })
            .middleware([staff])
            .inputValidator(z.object({ id: z.number().int() }))
            .handler(async ({ data, context }) => {
              const boat = await db.query.boats.findFirst({ where: eq(boats.id, data.id) });
              if (!boat) throw notFound();
              if (boat.open) { setResponseStatus(409); throw new Error('Open already'); }
              await db.update(boats).set({ open: true }).where(eq(boats.id, boat.id));
              return { id: boat.id, by: context.user.id };
            });`,
      }),
    ).toEqual([
      'POST /_serverFn/openBoat › redirect 307 /login?from=boats: absent user',
      'POST /_serverFn/openBoat › throw 500: authenticated, role',
      'POST /_serverFn/openBoat › throw 500: authenticated, role, invalid body.data',
      'POST /_serverFn/openBoat › respond 404: authenticated, role, valid body.data, absent boat',
      'POST /_serverFn/openBoat › respond 409: authenticated, role, valid body.data, exists boat, compare',
      'POST /_serverFn/openBoat › respond 200: authenticated, role, valid body.data, exists boat, compare',
    ]);
  });

  test('take a form, or what a function makes of what is sent', () => {
    expect(
      endings({
        'src/boats.ts': `
          import { createServerFn } from '@tanstack/react-start';
          export const byForm = createServerFn({ method: 'POST' })
            .inputValidator((data: FormData) => { const name = data.get('name'); if (!name) throw new Error('No name'); return { name }; })
            .handler(({ data }) => ({ ok: data.name }));
          export const byText = createServerFn()
            .validator((id: string) => { if (id === '') throw new Error('No id'); return id; })
            .handler(({ data }) => new Response(data, { status: 202 }));`,
      }),
    ).toEqual([
      'POST /_serverFn/byForm › throw 500: missing body.name',
      'POST /_serverFn/byForm › respond 200: present body.name',
      'GET /_serverFn/byText › throw 500: input',
      'GET /_serverFn/byText › respond 202: input',
    ]);
  });
});

describe('server routes', () => {
  test('end behind the middleware of the app, of the routes around them and their own', () => {
    expect(
      endings({
        'src/start.ts': `
          import { createMiddleware, createStart } from '@tanstack/react-start';
          const closed = createMiddleware().server(({ next, pathname }) =>
            pathname.startsWith('/api/old') ? new Response('Gone', { status: 410 }) : next());
          export const startInstance = createStart(() => ({ requestMiddleware: [closed] }));`,
        'src/routes/api.tsx': `
          import { createFileRoute } from '@tanstack/react-router';
          import { createMiddleware } from '@tanstack/react-start';
          const keyed = createMiddleware().server(async ({ next, request }) => {
            if (!request.headers.get('x-key')) throw Response.json({ error: 'no_key' }, { status: 401 });
            return next({ context: { limit: 5 } });
          });
          export const Route = createFileRoute('/api')({ server: { middleware: [keyed] } });`,
        'src/routes/api.old.ts': `
          import { createFileRoute } from '@tanstack/react-router';
          export const Route = createFileRoute('/api/old')({ server: { handlers: { GET: () => new Response() } } });`,
        'src/routes/api.boats.$id.ts': `
          import { createFileRoute, redirect } from '@tanstack/react-router';
          import { eq } from 'drizzle-orm';
          import { db } from '../db';
          import { boats } from '../schema';
          export const Route = createFileRoute('/api/boats/$id')({
            server: { handlers: { GET: async ({ params, context }) => {
              const boat = await db.query.boats.findFirst({ where: eq(boats.id, Number(params.id)) });
              if (!boat) throw redirect({ to: '/boats/$id', params: { id: 'none' } });
              if (!boat.open) throw new Error('Closed');
              return Response.json({ limit: context.limit });
            } } } });`,
      }),
    ).toEqual([
      'GET /api/boats/:id › respond 401 no_key: missing headers.x-key',
      'GET /api/boats/:id › redirect 307 /boats/none: present headers.x-key, absent boat',
      'GET /api/boats/:id › throw 500: present headers.x-key, exists boat, compare',
      'GET /api/boats/:id › respond 200: present headers.x-key, exists boat, compare',
      'GET /api/old › respond 410: ',
    ]);
  });
});

describe('pages', () => {
  test('are led to, not found and shown as their routes say', () => {
    expect(
      endings({
        'src/guard.ts': GUARD,
        'src/router.tsx': `
          import { createRouter } from '@tanstack/react-router';
          import { routeTree } from './routeTree.gen';
          export function getRouter() { return createRouter({ routeTree, context: { home: '/boats' } }); }`,
        'src/boats.ts': `
          import { createServerFn } from '@tanstack/react-start';
          import { notFound } from '@tanstack/react-router';
          import { eq } from 'drizzle-orm';
          import { z } from 'zod';
          import { db } from './db';
          import { boats } from './schema';
          import { signedIn } from './guard';
          export const me = createServerFn().middleware([signedIn]).handler(({ context }) => context.user);
          export const boat = createServerFn().inputValidator(z.object({ id: z.string() })).handler(async ({ data }) => {
            const found = await db.query.boats.findFirst({ where: eq(boats.id, Number(data.id)) });
            if (!found) throw notFound();
            return found;
          });`,
        'src/routes/_app.tsx': `
          import { createFileRoute, Outlet } from '@tanstack/react-router';
          import { me } from '../boats';
          export const Route = createFileRoute('/_app')({
            beforeLoad: async () => ({ user: await me() }),
            component: () => <section>Boats<Outlet /></section>,
          });`,
        'src/routes/_app/boats.$id.tsx': `
          import { createFileRoute, redirect } from '@tanstack/react-router';
          import { boat } from '../../boats';
          export const Route = createFileRoute('/_app/boats/$id')({
            validateSearch: (search) => ({ tab: search.tab === 'crew' ? 'crew' : 'all' }),
            loaderDeps: ({ search }) => ({ tab: search.tab }),
            loader: async ({ params, context, deps }) => {
              if (deps.tab === 'crew' && !context.user.staff) throw redirect({ to: context.home });
              return { boat: await boat({ data: { id: params.id } }) };
            },
            component: Boat,
          });
          function Boat() {
            const { boat } = Route.useLoaderData();
            return boat.open ? <h1>Open</h1> : <h1>Closed</h1>;
          }`,
      }),
    ).toEqual([
      'GET /_serverFn/boat › throw 500: invalid body.data',
      'GET /_serverFn/boat › respond 404: valid body.data, absent boat',
      'GET /_serverFn/boat › respond 200: valid body.data, exists boat',
      'GET /_serverFn/me › redirect 307 /login?from=boats: absent user',
      'GET /_serverFn/me › respond 200: authenticated',
      'PAGE /boats/:id › redirect 307 /login?from=boats: absent user',
      'PAGE /boats/:id › redirect 307 /boats: authenticated, input, role',
      'PAGE /boats/:id › render 404 [Harbour, Nothing here]: authenticated, (input or role), absent boat',
      'PAGE /boats/:id › render 200 [Open, Harbour, Boats]: authenticated, (input or role), exists boat, compare',
      'PAGE /boats/:id › render 200 [Closed, Harbour, Boats]: authenticated, (input or role), exists boat, compare',
    ]);
  });
});

test('a pattern in the configuration that is none leaves no file out', () => {
  const VITE = `export default { plugins: [tanstackStart({ router: { routeFileIgnorePattern: '[' } })] };`;
  const texts = { 'vite.config.ts': VITE, 'src/routes/docks.tsx': PAGE('/docks') };
  expect(routes(texts)).toContain('page GET /docks');
});
