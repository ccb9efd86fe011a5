import { describe, expect, test } from 'vitest';
import { next as reader } from '../../../src/model/readers/next.ts';
import { programOf } from '../../setup/code.ts';
import { toldEndings } from '../../setup/told-endings.ts';

const MANIFEST = JSON.stringify({
  name: 'app',
  dependencies: { next: '16', 'drizzle-orm': '0.45' },
});

function read(texts: Readonly<Record<string, string>>) {
  const { endpoints } = reader.read(programOf({ 'package.json': MANIFEST, ...texts }), '.');
  return endpoints;
}

function routes(texts: Readonly<Record<string, string>>): string[] {
  return read(texts).map(({ method, path, kind = 'http' }) => `${kind} ${method} ${path}`);
}

const PAGE = 'export default function Page() { return <p>Page</p>; }';
const SCHEMA = `
  import { pgTable, text, uuid, boolean } from 'drizzle-orm/pg-core';
  export const users = pgTable('users', { id: uuid().primaryKey(), name: text().notNull() });
  export const sessions = pgTable('sessions', {
    token: text().primaryKey(), userId: uuid('user_id').notNull().references(() => users.id) });
  export const boats = pgTable('boats', { id: uuid().primaryKey(), open: boolean().notNull() });`;
const DB = `
  import { drizzle } from 'drizzle-orm/node-postgres';
  import * as schema from './schema';
  export const db = drizzle(process.env.DATABASE_URL!, { schema });`;

const endings = (texts: Readonly<Record<string, string>>) =>
  toldEndings({ 'package.json': MANIFEST, ...texts });

describe('files', () => {
  test('folders are segments but for groups, slots, private and intercepting ones', () => {
    expect(
      routes({
        'app/page.tsx': PAGE,
        'app/(shop)/orders/[id]/page.tsx': PAGE,
        'app/docs/[...path]/page.tsx': PAGE,
        'app/files/[[...path]]/page.jsx': PAGE,
        'app/%5Fodd/page.tsx': PAGE,
        'app/_lib/page.tsx': PAGE,
        'app/(.)photo/page.tsx': PAGE,
        'app/@modal/photo/page.tsx': PAGE,
        'app/orders/not-a-page.tsx': PAGE,
      }),
    ).toEqual([
      'page GET /',
      'page GET /_odd',
      'page GET /docs/*path',
      'page GET /files',
      'page GET /files/*path',
      'page GET /orders/:id',
    ]);
  });

  test('a route file answers the methods it exports, however it exports them', () => {
    expect(
      routes({
        'src/app/api/a/route.ts': `
          export async function GET() {}
          export const POST = wrapped(async () => {});
          async function remove() {}
          export { remove as DELETE };
          export const dynamic = 'force-dynamic';`,
        'src/app/api/b/route.ts': `
          import { handlers } from '../../../auth';
          export const { GET, POST } = handlers;`,
        'src/app/api/c/route.ts': "export * from '../a/route';",
        'src/app/api/d/route.ts': "export { GET } from 'elsewhere';",
        'src/auth.ts': 'export const handlers = make();',
      }),
    ).toEqual([
      'http GET /api/a',
      'http POST /api/a',
      'http DELETE /api/a',
      'http GET /api/b',
      'http POST /api/b',
      'http GET /api/c',
      'http POST /api/c',
      'http DELETE /api/c',
      'http GET /api/d',
    ]);
  });

  test('a base path stands before everything', () => {
    const config = "const config = { basePath: '/shop' }; export default config;";
    const texts = { 'next.config.mjs': config, 'app/page.tsx': PAGE, 'app/a/page.tsx': PAGE };
    expect(routes(texts)).toEqual(['page GET /shop', 'page GET /shop/a']);
  });

  test('middleware runs before what its matcher takes', () => {
    const endpoints = read({
      'middleware.ts': `
        export function middleware(request) {}
        export const config = { matcher: ['/((?!api|_next/static|.*\\\\.png$).*)', { source: '/api/private/:path*' }] };`,
      'app/page.tsx': PAGE,
      'app/api/open/route.ts': 'export function GET() {}',
      'app/api/private/[id]/route.ts': 'export function GET() {}',
    });
    expect(endpoints.map(({ path, chain }) => `${path} ${chain.length}`)).toEqual([
      '/ 2',
      '/api/open 1',
      '/api/private/:id 2',
    ]);
  });
});

describe('route handlers', () => {
  test('answer by what they return and by where they leave to', () => {
    expect(
      endings({
        'schema.ts': SCHEMA,
        'db.ts': DB,
        'app/boats/[id]/route.ts': `
          import { NextResponse, type NextRequest } from 'next/server';
          import { notFound, redirect } from 'next/navigation';
          import { eq } from 'drizzle-orm';
          import { db } from '../../../db';
          import { boats } from '../../../schema';
          export async function GET(request: NextRequest, { params }: { params: Promise<{ id: string }> }) {
            const { id } = await params;
            if (request.nextUrl.searchParams.get('all')) redirect('/boats');
            const boat = await db.query.boats.findFirst({ where: eq(boats.id, id) });
            if (!boat) notFound();
            if (!boat.open) return NextResponse.json({ error: 'closed' }, { status: 409 });
            return NextResponse.redirect(new URL('/boats?open=1', request.url));
          }`,
      }),
    ).toEqual([
      'GET /boats/:id › redirect 307 /boats: present query.all',
      'GET /boats/:id › respond 404: missing query.all, absent boat',
      'GET /boats/:id › respond 409 closed: missing query.all, exists boat, compare',
      'GET /boats/:id › redirect 307 /boats?open=1: missing query.all, exists boat, compare',
    ]);
  });

  test('a guard around a handler and middleware before it end requests', () => {
    expect(
      endings({
        'schema.ts': SCHEMA,
        'db.ts': DB,
        'session.ts': `
          import { cookies } from 'next/headers';
          import { eq } from 'drizzle-orm';
          import { db } from './db';
          import { sessions, users } from './schema';
          export async function currentUser() {
            const token = (await cookies()).get('session')?.value;
            if (!token) return null;
            const [found] = await db.select({ user: users }).from(sessions)
              .innerJoin(users, eq(users.id, sessions.userId)).where(eq(sessions.token, token));
            return found?.user ?? null;
          }
          export function signedIn(handler) {
            return async (request, context) => {
              const user = await currentUser();
              if (!user) return Response.json({ error: 'signed_out' }, { status: 401 });
              return handler(request, { ...context, user });
            };
          }`,
        'middleware.ts': `
          import { NextResponse } from 'next/server';
          export default function middleware(request) {
            const { pathname } = request.nextUrl;
            if (pathname.startsWith('/api/me') && !request.cookies.has('session')) {
              const url = request.nextUrl.clone();
              url.pathname = '/login';
              url.searchParams.set('from', pathname);
              return NextResponse.redirect(url);
            }
            return pathname === '/gone' ? NextResponse.json({}, { status: 410 }) : NextResponse.next();
          }`,
        'app/api/me/[tab]/route.ts': `
          import { signedIn } from '../../../../session';
          export const GET = signedIn(async (request, { user }) => Response.json({ name: user.name }));`,
        'app/gone/route.ts': 'export function GET() { return new Response(null); }',
      }),
    ).toEqual([
      'GET /api/me/:tab › redirect 307: anonymous',
      'GET /api/me/:tab › respond 401 signed_out: present cookies.session, absent session',
      'GET /api/me/:tab › respond 200: authenticated',
      'GET /gone › respond 410: ',
    ]);
  });

  test('a guard of other paths is not said of a route, one of its own is', () => {
    const route = (status: number) =>
      `export function GET() { return new Response(null, { status: ${status} }); }`;
    expect(
      endings({
        'middleware.ts': `
          import { NextResponse } from 'next/server';
          const open = ['/', '/signin', '/prices'];
          const STAFF = /^\\/staff(\\/|$)/;
          const closed = (status) => new NextResponse(null, { status });
          export default function middleware(request) {
            const { pathname } = request.nextUrl;
            const signedIn = request.cookies.has('session');
            if (pathname.startsWith('/_next') || pathname === '/favicon.ico') return NextResponse.next();
            if (STAFF.test(pathname) && !signedIn) return closed(401);
            if (['/boats', '/crew'].some((each) => pathname === each || pathname.startsWith(each + '/')) && !signedIn) return closed(402);
            if (pathname.match(/^\\/(signin|signup)$/) && signedIn) return closed(403);
            const [, first, second] = pathname.split('/');
            if (first === 'ports' && second === 'new') return closed(405);
            if (!open.includes(pathname) && pathname.endsWith('/log') && !signedIn) return closed(406);
            if (pathname.slice(0, 3).replace(/\\/$/, '') === '/pr') return closed(409);
            return NextResponse.next();
          }`,
        'app/boats/[id]/route.ts': route(200),
        'app/docs/[...page]/route.ts': route(200),
        'app/ports/[port]/log/route.ts': route(200),
        'app/prices/route.ts': route(200),
        'app/signin/route.ts': route(200),
        'app/staff/pay/route.ts': route(200),
      }),
    ).toEqual([
      'GET /boats/:id › respond 402: missing cookies.session',
      'GET /boats/:id › respond 200: present cookies.session',
      'GET /docs/*page › respond 406: input, missing cookies.session',
      'GET /docs/*page › respond 200: (input or present cookies.session)',
      'GET /ports/:port/log › respond 405: input',
      'GET /ports/:port/log › respond 406: input, missing cookies.session',
      'GET /ports/:port/log › respond 200: input, present cookies.session',
      'GET /prices › respond 409: ',
      'GET /signin › respond 403: present cookies.session',
      'GET /signin › respond 200: missing cookies.session',
      'GET /staff/pay › respond 401: missing cookies.session',
      'GET /staff/pay › respond 200: present cookies.session',
    ]);
  });

  test('answer behind a middleware that writes their address anew', () => {
    expect(
      endings({
        'middleware.ts': `
          import { NextResponse } from 'next/server';
          export default function middleware(request) {
            if (process.env.CLOSED) return NextResponse.json({}, { status: 503 });
            const url = request.nextUrl.clone();
            url.pathname = '/en' + url.pathname;
            const answer = NextResponse.rewrite(url);
            answer.cookies.set('locale', 'en');
            answer.headers.set('x-locale', 'en');
            return answer;
          }`,
        'app/[locale]/tides/route.ts':
          'export function GET() { return new Response(null, { status: 204 }); }',
      }),
    ).toEqual([
      'GET /:locale/tides › respond 503: environment',
      'GET /:locale/tides › respond 204: environment',
    ]);
  });
});

describe('pages', () => {
  const layouts = {
    'schema.ts': SCHEMA,
    'db.ts': DB,
    'app/layout.tsx':
      'export default function Root({ children }) { return <html><body><h1>Harbour</h1>{children}</body></html>; }',
    'app/not-found.tsx': 'export default function NotFound() { return <p>No such thing</p>; }',
    'app/boats/page.tsx': `
      import { db } from '../../db';
      export default async function Boats() {
        const all = await db.query.boats.findMany();
        return all.length === 0 ? <p>No boats</p> : <ul>{all.map((boat) => <li key={boat.id}>Boat</li>)}</ul>;
      }`,
    'app/boats/[id]/page.tsx': `
      import { notFound } from 'next/navigation';
      import { eq } from 'drizzle-orm';
      import { db } from '../../../db';
      import { boats } from '../../../schema';
      export default async function Boat({ params }) {
        const { id } = await params;
        const [boat] = await db.select().from(boats).where(eq(boats.id, id));
        if (!boat) notFound();
        return <main>{boat.open ? 'Open' : 'Closed'}</main>;
      }`,
  };

  test('show themselves in their layouts, or what is not found', () => {
    expect(endings(layouts)).toEqual([
      'PAGE /boats › render 200 [Harbour, Boat]: exists boat',
      'PAGE /boats › render 200 [No boats, Harbour]: absent boat',
      'PAGE /boats/:id › render 404 [Harbour, No such thing]: absent boat',
      'PAGE /boats/:id › render 200 [Open, Harbour]: exists boat, compare',
      'PAGE /boats/:id › render 200 [Closed, Harbour]: exists boat, compare',
    ]);
  });

  test('a layout that leaves or shows nothing inside ends before its page', () => {
    const found = endings({
      'app/layout.tsx': 'export default ({ children }) => <body>{children}</body>;',
      'app/in/layout.tsx': `
        import { cookies } from 'next/headers';
        import { permanentRedirect } from 'next/navigation';
        export default async function In({ children, side }) {
          const jar = await cookies();
          if (!jar.has('key')) permanentRedirect('/login');
          if (jar.has('locked')) return <p>Locked</p>;
          return <div>{side}<Frame>{children}</Frame></div>;
        }
        function Frame(props) { return <section>{props.children}</section>; }`,
      'app/in/@side/default.tsx': 'export default () => <aside>Side</aside>;',
      'app/in/page.tsx': `
        import { notFound } from 'next/navigation';
        export default async ({ searchParams }) => {
          if ((await searchParams).gone) notFound();
          return <p>Inside</p>;
        };`,
    });
    expect(found).toEqual([
      'PAGE /in › redirect 308 /login: missing cookies.key',
      'PAGE /in › render 404 [Side]: present cookies.key, missing cookies.locked, present query.gone',
      'PAGE /in › render 200 [Side, Inside]: present cookies.key, missing cookies.locked, missing query.gone',
      'PAGE /in › render 200 [Locked]: present cookies.key, present cookies.locked',
    ]);
  });

  test('behind a loading screen the status is 200 whatever comes', () => {
    const found = endings({
      'app/slow/layout.tsx': `
        import { cookies } from 'next/headers';
        import { redirect } from 'next/navigation';
        export default async ({ children }) => {
          if (!(await cookies()).has('key')) redirect('/login');
          return children;
        };`,
      'app/slow/loading.tsx': 'export default () => <p>Wait</p>;',
      'app/slow/page.tsx': `
        import { redirect } from 'next/navigation';
        export default async ({ searchParams }) => {
          if ((await searchParams).away) redirect('/away');
          return <p>Slow</p>;
        };`,
    });
    expect(found.map((each) => each.split(':')[0])).toEqual([
      'PAGE /slow › redirect 307 /login',
      'PAGE /slow › redirect 200 /away',
      'PAGE /slow › render 200 [Slow]',
    ]);
  });
});

describe('server actions', () => {
  const texts = {
    'schema.ts': SCHEMA,
    'db.ts': DB,
    'app/boats/[id]/page.tsx': `
      import { RenameForm } from './rename-form';
      export default async ({ params }) => <RenameForm id={(await params).id} />;`,
    'app/boats/[id]/rename-form.tsx': `
      'use client';
      import { useActionState } from 'react';
      import { rename } from './actions';
      export function RenameForm({ id }) {
        const [state, action] = useActionState(rename.bind(null, id), { code: null, message: null });
        return <form action={action}>{state.message && <p>{state.message}</p>}<input name="name" /></form>;
      }`,
    'app/boats/[id]/actions.ts': `
      'use server';
      import { eq } from 'drizzle-orm';
      import { notFound, redirect } from 'next/navigation';
      import { db } from '../../../db';
      import { boats } from '../../../schema';
      export async function rename(id: string, _state: unknown, form: FormData) {
        const name = form.get('name');
        if (!name) return { code: 'no_name', message: 'Please give it a name.' };
        const boat = await db.query.boats.findFirst({ where: eq(boats.id, id) });
        if (!boat) notFound();
        await db.update(boats).set({ open: true }).where(eq(boats.id, id));
        redirect('/boats');
      }
      export async function unused() {}`,
  };

  test('stand at the page that calls them and end where they lead or return', () => {
    expect(endings(texts).filter((each) => each.startsWith('ACTION'))).toEqual([
      'ACTION /boats/:id rename › respond 200 no_name [Please give it a name.]: missing body.name',
      'ACTION /boats/:id rename › respond 404: present body.name, absent boat',
      'ACTION /boats/:id rename › redirect 303 /boats: present body.name, exists boat',
    ]);
  });

  test('say how they are called', () => {
    const [, action] = read(texts);
    expect(action?.action).toEqual({
      file: 'app/boats/[id]/actions.ts',
      name: 'rename',
      arguments: [{ segment: 1 }, 'state', 'form'],
    });
  });
});
