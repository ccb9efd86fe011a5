import { describe, expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { programOf } from '../../setup/code.ts';
import { toldEndings } from '../../setup/told-endings.ts';

const MANIFEST = JSON.stringify({
  name: 'app',
  dependencies: { '@react-router/dev': '8', 'react-router': '8', 'drizzle-orm': '0.45' },
});
const SCHEMA = `
  import { pgTable, text, integer, boolean } from 'drizzle-orm/pg-core';
  export const users = pgTable('users', { id: integer().primaryKey(), name: text().notNull(), closed: boolean().notNull() });
  export const boats = pgTable('boats', { id: integer().primaryKey(), open: boolean().notNull() });`;
const DB = `
  import { drizzle } from 'drizzle-orm/node-postgres';
  import * as schema from './schema';
  export const db = drizzle(process.env.DATABASE_URL!, { schema });`;
const ROOT = `
  import { isRouteErrorResponse, Outlet } from 'react-router';
  export function Layout({ children }) { return <html><body><i>Harbour</i>{children}</body></html>; }
  export default function Root() { return <main><Outlet /></main>; }
  export function ErrorBoundary({ error }) {
    if (!isRouteErrorResponse(error)) return <p>Broken</p>;
    return <p>{error.status === 404 ? 'Nothing here' : error.data}</p>;
  }`;

const filesOf = (texts: Readonly<Record<string, string>>) => ({
  'package.json': MANIFEST,
  'app/schema.ts': SCHEMA,
  'app/db.ts': DB,
  'app/root.tsx': ROOT,
  ...texts,
});

function app(texts: Readonly<Record<string, string>>) {
  const [found] = analyze(programOf(filesOf(texts)), { emit: () => undefined }).apps;
  if (!found) throw new Error('no app');
  return found;
}

const endings = (texts: Readonly<Record<string, string>>) => toldEndings(filesOf(texts));

const BOAT = `
  import { eq } from 'drizzle-orm';
  import { data, redirect } from 'react-router';
  import { db } from '../db';
  import { boats } from '../schema';
  export async function loader({ params }) {
    const boat = await db.query.boats.findFirst({ where: eq(boats.id, Number(params.id)) });
    if (!boat) throw data('No such boat', { status: 404 });
    if (!boat.open) return redirect('/boats');
    return { boat };
  }`;

describe('pages', () => {
  test('show what their loader gives, in their frames; what it throws is shown by the nearest boundary', () => {
    expect(
      endings({
        'app/routes/boats.$id.tsx': `${BOAT}
          export default function Boat({ loaderData }) { return <h1>Boat</h1>; }`,
        'app/routes/boats.tsx': `
          import { Outlet } from 'react-router';
          export default function Boats() { return <section>Boats<Outlet /></section>; }
          export function ErrorBoundary() { return <b>Adrift</b>; }`,
        'app/routes/boats.$id.crew.tsx': `
          export function loader() { throw new Response('Nobody aboard', { status: 410 }); }
          export default function Crew() { return <p>Crew</p>; }`,
      }),
    ).toEqual([
      'PAGE /boats › render 200 [Harbour, Boats]: ',
      'PAGE /boats/:id › render 404 [Harbour, Adrift]: absent boat',
      'PAGE /boats/:id › redirect 302 /boats: exists boat, compare',
      'PAGE /boats/:id › render 200 [Harbour, Boats, Boat]: exists boat, compare',
      'PAGE /boats/:id/crew › render 404 [Harbour, Adrift]: absent boat',
      'PAGE /boats/:id/crew › redirect 302 /boats: exists boat, compare',
      'PAGE /boats/:id/crew › render 410 [Harbour, Adrift]: exists boat, compare',
    ]);
  });

  test('take data by hooks, from the routes around them too, and a status of their own', () => {
    expect(
      endings({
        'app/routes/boats.tsx': `
          import { Outlet, data } from 'react-router';
          import { db } from '../db';
          export async function loader() {
            return data({ boats: await db.query.boats.findMany() }, { status: 203 });
          }
          export default function Boats() { return <section><Outlet context={{ dock: 'North' }} /></section>; }`,
        'app/routes/boats._index.tsx': `
          import { useOutletContext, useRouteLoaderData } from 'react-router';
          function List() {
            const { boats } = useRouteLoaderData('routes/boats');
            return boats.length === 0 ? <p>No boats</p> : <p>Some boats</p>;
          }
          export default function Index() {
            const { dock } = useOutletContext();
            return <><h2>{dock}</h2><List /></>;
          }`,
      }),
    ).toEqual([
      'PAGE /boats › render 203 [Harbour, North, Some boats]: exists boat',
      'PAGE /boats › render 203 [No boats, Harbour, North]: absent boat',
    ]);
  });
});

test('what is made once and kept on the global object is what it was made as; a server has no window', () => {
  expect(
    endings({
      'app/db.ts': `
        import { drizzle } from 'drizzle-orm/node-postgres';
        import * as schema from './schema';
        function singleton(name, make) {
          const kept = global;
          kept.__singletons ??= {};
          kept.__singletons[name] ??= make();
          return kept.__singletons[name];
        }
        export const db = singleton('db', () => drizzle(process.env.DATABASE_URL!, { schema }));`,
      'app/routes/boats.tsx': `
        import { useMatches } from 'react-router';
        import { db } from '../db';
        export const loader = async () => ({ boats: await db.query.boats.findMany() });
        function useBoats() {
          return useMatches().find(({ id }) => id === 'routes/boats')?.data?.boats ?? [];
        }
        export default function Boats() {
          if (typeof window !== 'undefined') return <p>In a browser</p>;
          return useBoats().length === 0 ? <p>No boats</p> : <p>Boats</p>;
        }`,
    }),
  ).toEqual([
    'PAGE /boats › render 200 [Harbour, Boats]: exists boat',
    'PAGE /boats › render 200 [No boats, Harbour]: absent boat',
  ]);
});

describe('middleware', () => {
  const session = `
    import { createContext, createCookieSessionStorage, redirect } from 'react-router';
    import { eq } from 'drizzle-orm';
    import { db } from './db';
    import { users } from './schema';
    const storage = createCookieSessionStorage({ cookie: { name: 'sid', secrets: ['s'] } });
    export const userContext = createContext(null);
    export async function userOf(request) {
      const session = await storage.getSession(request.headers.get('Cookie'));
      const id = session.get('userId');
      if (id === undefined) return null;
      return (await db.query.users.findFirst({ where: eq(users.id, id) })) ?? null;
    }
    export async function enter(id) {
      const session = await storage.getSession();
      session.set('userId', id);
      return redirect('/desk', { headers: { 'Set-Cookie': await storage.commitSession(session) } });
    }`;

  test('leaves what it found in the context, ends requests, and lets others through', () => {
    const { auth } = app({
      'app/session.ts': session,
      'app/routes/desk.tsx': 'export default () => <p>Desk</p>;',
      'app/routes/_index.tsx': `
        import { userOf } from '../session';
        export const loader = async ({ request }) => ({ user: await userOf(request) });
        export default () => <p>Home</p>;`,
    });
    expect(auth?.carrier).toEqual({ from: 'cookies', name: 'sid' });
    expect(
      endings({
        'app/session.ts': session,
        'app/routes/desk.tsx': `
          import { data, Outlet, redirect } from 'react-router';
          import { userContext, userOf } from '../session';
          export const middleware = [
            async ({ request, context }, next) => {
              context.set(userContext, await userOf(request));
              return next();
            },
            async ({ context }) => {
              const user = context.get(userContext);
              if (!user) throw redirect('/login');
              if (user.closed) throw data('Closed', { status: 403 });
            },
          ];
          export default function Desk() { return <Outlet />; }`,
        'app/routes/desk.name.tsx': `
          import { userContext } from '../session';
          export const loader = ({ context }) => context.get(userContext).name;
          export default function Name({ loaderData }) { return <p>Name: {loaderData}</p>; }`,
      }).filter((line) => line.includes('/desk/name')),
    ).toEqual([
      'PAGE /desk/name › redirect 302 /login: (anonymous or invalid cookies.sid or input or absent user)',
      'PAGE /desk/name › render 403 [Harbour, Closed]: authenticated, role',
      'PAGE /desk/name › render 200 [Harbour, Name:]: authenticated, role',
    ]);
  });
});

describe('actions', () => {
  test('answer forms with what they give back, as the page shows it', () => {
    expect(
      endings({
        'app/routes/boats.$id.tsx': `${BOAT}
          export async function action({ request, params }) {
            const form = await request.formData();
            const name = form.get('name');
            if (!name) return data({ code: 'no_name', message: 'Name it' }, { status: 400 });
            if (name === 'Titanic') throw data('Not again', { status: 409 });
            await db.update(boats).set({ open: false }).where(eq(boats.id, Number(params.id)));
            return redirect('/boats');
          }
          export default function Boat({ actionData }) {
            return <form method="post">{actionData && <p role="alert">{actionData.message}</p>}</form>;
          }`,
      }).filter((line) => line.startsWith('POST')),
    ).toEqual([
      'POST /boats/:id › respond 400 no_name [Name it]: missing body.name',
      'POST /boats/:id › render 409 [Harbour, Not again]: present body.name, input',
      'POST /boats/:id › redirect 302 /boats: present body.name, input',
    ]);
  });

  test('are those of the last route with a path; an index inside is asked for by its name', () => {
    const { routes } = app({
      'app/routes/boats.tsx': `
        import { Outlet } from 'react-router';
        export const action = () => ({ done: true });
        export default () => <Outlet />;`,
      'app/routes/boats._index.tsx': `
        export const action = async ({ request }) => ({ name: (await request.formData()).get('name') });
        export default () => <p>Boats</p>;`,
    });
    expect(routes.map(({ id, input }) => [id, input.query])).toEqual([
      ['POST /boats', null],
      [
        'POST /boats ?index',
        { type: 'object', properties: { index: { const: '' } }, required: ['index'] },
      ],
    ]);
  });

  test('take the methods they tell apart', () => {
    const { routes } = app({
      'app/routes/boats.$id.ts': `
        export async function action({ request }) {
          switch (request.method) {
            case 'PUT': return Response.json({ kept: true });
            case 'DELETE': return new Response(null, { status: 204 });
          }
          throw new Response('No', { status: 405 });
        }`,
    });
    expect(
      routes.map(({ id, outcomes }) => `${id} ${outcomes.map(({ status }) => status).join()}`),
    ).toEqual(['PUT /boats/:id 200', 'DELETE /boats/:id 204']);
  });
});

test('routes without a component answer themselves, behind the middleware around them', () => {
  expect(
    endings({
      'app/routes/api.tsx': `
        export const middleware = [({ request }) => {
          if (request.headers.get('x-key') !== 'k') return new Response('No', { status: 401 });
        }];
        export default () => null;`,
      'app/routes/api.boats.$.ts': `
        import { data } from 'react-router';
        import { db } from '../db';
        export async function loader({ params }) {
          if (params['*'] === 'none') throw data({ code: 'none' }, { status: 404 });
          return { boats: await db.query.boats.findMany() };
        }`,
    }).filter((line) => line.includes('boats')),
  ).toEqual([
    'GET /api/boats/*splat › respond 401: input',
    'GET /api/boats/*splat › respond 404: input, input',
    'GET /api/boats/*splat › respond 200: input, input',
  ]);
});

test('a base name stands before everything', () => {
  const { pages } = app({
    'react-router.config.ts': "export default { basename: '/harbour/', appDirectory: './app' };",
    'app/routes/_index.tsx': 'export default () => <p>Home</p>;',
    'app/routes/boats.tsx': 'export default () => <p>Boats</p>;',
  });
  expect(pages.map(({ id }) => id)).toEqual(['PAGE /harbour', 'PAGE /harbour/boats']);
});

describe('contexts', () => {
  const clock = `
    import { createContext, useContext } from 'react';
    const Clock = createContext(null);
    export function ClockProvider({ zone, children }) {
      return <Clock.Provider value={{ zone }}><div>{children}</div></Clock.Provider>;
    }
    export function useZone() {
      const clock = useContext(Clock);
      if (!clock) throw new Error('no clock');
      return clock.zone;
    }`;
  const page = `
    import { useZone } from '../clock';
    export function Zone() { useZone(); return <p>Zone</p>; }
    export default function Boats() { return <Zone />; }`;

  test('reach what stands inside the component that provides them', () => {
    expect(
      endings({
        'app/clock.tsx': clock,
        'app/routes/boats.tsx': `
          import { ClockProvider, useZone } from '../clock';
          function Zone() { useZone(); return <p>Zone</p>; }
          export default function Boats() { return <ClockProvider zone="UTC"><Zone /></ClockProvider>; }`,
      }),
    ).toEqual(['PAGE /boats › render 200 [Harbour, Zone]: ']);
  });

  test('are provided around the router by an entry of the app', () => {
    expect(
      endings({
        'app/clock.tsx': clock,
        'app/routes/boats.tsx': page,
        'app/entry.server.tsx': `
          import { renderToPipeableStream } from 'react-dom/server';
          import { ServerRouter } from 'react-router';
          import { ClockProvider } from './clock';
          export default function handleRequest(request, status, headers, context) {
            const zone = request.headers.get('x-zone');
            return new Promise((resolve) => {
              const { pipe } = renderToPipeableStream(
                <ClockProvider zone={zone}><ServerRouter context={context} url={request.url} /></ClockProvider>,
                { onShellReady() { resolve(pipe); } },
              );
            });
          }`,
      }),
    ).toEqual(['PAGE /boats › render 200 [Harbour, Zone]: ']);
  });

  test('are missing where nobody provides them', () => {
    expect(endings({ 'app/clock.tsx': clock, 'app/routes/boats.tsx': page })).toEqual([
      'PAGE /boats › throw 500: ',
    ]);
  });
});

describe('promises nobody awaits', () => {
  const crew = `
    import { db } from '../db';
    async function crew(id) {
      const user = await db.query.users.findFirst();
      if (!user) throw new Error('no crew');
      return user.name;
    }`;

  test('fail behind the page they are streamed into', () => {
    expect(
      endings({
        'app/routes/boats.tsx': `${crew}
          import { Suspense } from 'react';
          import { Await, useLoaderData } from 'react-router';
          export async function loader() {
            const named = crew(1).catch((error) => { throw error; });
            return { named, again: crew(2) };
          }
          export default function Boats() {
            const { named } = useLoaderData();
            return <Suspense><Await resolve={named}>{(name) => <b>Crew</b>}</Await></Suspense>;
          }`,
      }).map((each) => each.replace(/:.*/, '')),
    ).toEqual(['PAGE /boats › render 200 [Harbour]', 'PAGE /boats › render 200 [Crew, Harbour]']);
  });

  test('fail where they are awaited, and inside what takes them', () => {
    expect(
      endings({
        'app/routes/boats.tsx': `${crew}
          import { data } from 'react-router';
          async function attempt(promise) {
            try { return [null, await promise]; } catch (error) { return [error, null]; }
          }
          export async function loader() {
            const [error] = await attempt(crew(1));
            if (error) throw data('Nobody', { status: 404 });
            return {};
          }
          export default function Boats() { return <b>Crew</b>; }`,
        'app/routes/docks.tsx': `${crew}
          export async function loader() {
            const started = crew(1);
            await started;
            return {};
          }
          export default function Docks() { return <b>Dock</b>; }`,
      }),
    ).toEqual([
      'PAGE /boats › render 404 [Harbour, Nothing here]: absent user',
      'PAGE /boats › render 200 [Harbour, Crew]: exists user',
      'PAGE /docks › throw 500: absent user',
      'PAGE /docks › render 200 [Harbour, Dock]: exists user',
    ]);
  });
});
