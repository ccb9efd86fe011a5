import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { deriveScenarios } from '../../../src/scenarios/derive.ts';
import { words } from '../../../src/scenarios/words.ts';
import { programOf } from '../../setup/code.ts';

const TABLES = `
  CREATE TABLE users (id text PRIMARY KEY, email text NOT NULL UNIQUE, admin boolean NOT NULL DEFAULT false);`;
const ROUTE = (session: string) => `
  import pg from 'pg'; import { auth, authOptions, getServerSession } from '../../../auth';
  const pool = new pg.Pool();
  export async function GET() {
    const session = await ${session};
    if (!session?.user) return Response.json({ error: 'nobody' }, { status: 401 });
    const { rows: [user] } = await pool.query('select * from users where id = $1', [session.user.id]);
    if (!user) return Response.json({ error: 'unknown' }, { status: 401 });
    if (!user.admin) return Response.json({ error: 'admins_only' }, { status: 403 });
    return Response.json({ id: user.id });
  }`;

function appOf(auth: string, session: string, version = '5.0.0-beta.25') {
  const dependencies = { next: '16', 'next-auth': version, pg: '8' };
  const texts = {
    'package.json': JSON.stringify({ name: 'app', dependencies }),
    'migrations/1.sql': TABLES,
    'auth.ts': auth,
    'app/api/me/route.ts': ROUTE(session),
  };
  const [app] = analyze(programOf(texts), { emit: () => undefined }).apps;
  const ends = app?.routes[0]?.outcomes.map(
    ({ status, code, when }) =>
      `${status} ${code}: ${when.map((each) => ('is' in each ? each.is : each.kind)).join()}`,
  );
  return { auth: app?.auth, ends };
}

const CALLBACK =
  'callbacks: { session({ session, token }) { session.user.id = token.sub; return session; } }';

test('auth() of Auth.js: its claims through the session callback', () => {
  const { auth, ends } = appOf(
    `import NextAuth from 'next-auth'; export const { auth, handlers } = NextAuth({ providers: [], ${CALLBACK} });`,
    'auth()',
  );
  expect(auth).toMatchObject({
    carrier: { from: 'cookies', name: 'authjs.session-token' },
    actor: 'users',
    mint: { kind: 'authjs', secret: 'AUTH_SECRET', claims: { sub: { column: 'id' } } },
  });
  expect(ends).toEqual([
    '401 nobody: anonymous',
    '401 unknown: present,valid,absent',
    '403 admins_only: authenticated,role',
    '200 null: authenticated,role',
  ]);
});

test('getServerSession of NextAuth 4, its secret from a variable of the app’s own', () => {
  const { auth } = appOf(
    `export { getServerSession } from 'next-auth'; export const authOptions = { secret: process.env.OWN_SECRET, providers: [], ${CALLBACK} };`,
    'getServerSession(authOptions)',
    '4.24.0',
  );
  expect(auth).toMatchObject({
    carrier: { from: 'cookies', name: 'next-auth.session-token' },
    mint: { kind: 'authjs', secret: 'OWN_SECRET', claims: { sub: { column: 'id' } } },
  });
});

test('sessions that an adapter keeps are not taken for claims', () => {
  const { auth } = appOf(
    `import NextAuth from 'next-auth'; import { PgAdapter } from '@auth/pg-adapter';
    export const { auth } = NextAuth({ adapter: PgAdapter(), providers: [] });`,
    'auth()',
  );
  expect(auth).toBeNull();
});

const KEPT = `
  model User {
    id Int @id @default(autoincrement())
    email String?
    banned Boolean @default(false)
    sessions Session[]
  }
  model Session {
    id String @id
    sessionToken String @unique
    userId Int
    expires DateTime
    user User @relation(fields: [userId], references: [id])
  }`;

test('sessions that the Prisma adapter keeps, whatever else the app makes of it', () => {
  const texts = {
    'package.json': JSON.stringify({
      name: 'app',
      dependencies: { next: '15', 'next-auth': '4.24.0', '@prisma/client': '6' },
    }),
    'prisma/schema.prisma': KEPT,
    'auth.ts': `
      import { PrismaAdapter } from '@auth/prisma-adapter'; import { PrismaClient } from '@prisma/client';
      import { getServerSession } from 'next-auth';
      const db = new PrismaClient();
      const options = {
        adapter: (() => { const kept = PrismaAdapter(db); return { ...kept, createUser: async () => {} }; })(),
        providers: [],
        callbacks: { session: ({ session, user }) => ({ ...session, user: { ...session.user, id: user.id, banned: user.banned } }) },
      };
      export const sessionNow = () => getServerSession(options);`,
    'app/api/me/route.ts': `
      import { sessionNow } from '../../../auth';
      export async function GET() {
        const session = await sessionNow();
        if (!session?.user) return Response.json({ error: 'nobody' }, { status: 401 });
        if (session.user.banned) return Response.json({ error: 'banned' }, { status: 403 });
        return Response.json({ id: session.user.id });
      }`,
  };
  const [app] = analyze(programOf(texts), { emit: () => undefined }).apps;
  expect(app?.auth).toMatchObject({
    carrier: { from: 'cookies', name: 'next-auth.session-token' },
    session: { table: 'Session', column: 'sessionToken' },
    actor: 'User',
  });
  const route = app?.routes[0];
  const ways = route?.outcomes.map(({ status, when }) => `${status} ${when.map(words).join('; ')}`);
  expect(ways).toEqual([
    '401 anonymous or no session or session.expires is in the past',
    '403 authenticated; session.expires is in the future; user.banned is true',
    '200 authenticated; session.expires is in the future; user.banned is false',
  ]);
});

const PROXY = (options: string) => `
  import { NextResponse } from 'next/server'; import { getToken } from 'next-auth/jwt';
  export async function proxy(request) {
    const token = await getToken({ req: request, ${options} });
    if (!token) return NextResponse.json({ error: 'no_token' }, { status: 401 });
    return NextResponse.next();
  }`;
const SIGN_IN = (redirect: string) => `
  import { signIn } from '../../../auth';
  export async function GET(request) {
    return signIn('guest', { ${redirect} });
  }`;
const GUESTS = `
  import NextAuth from 'next-auth'; import Credentials from 'next-auth/providers/credentials'; import pg from 'pg';
  const pool = new pg.Pool();
  export const { auth, handlers, signIn } = NextAuth({
    providers: [
      Credentials({ authorize: () => null }),
      Credentials({ id: 'guest', async authorize() {
        const { rows: [user] } = await pool.query("insert into users (id, email) values ('guest', 'guest@example.com') returning *");
        return user;
      } }),
    ],
    callbacks: { jwt({ token, user }) { if (user) token.id = user.id; return token; } },
  });`;

/** Each ending of the one route with what the request carries for it, as code says it. */
function endingsOf(texts: Record<string, string>, version = '5.0.0-beta.25') {
  const dependencies = { next: '16', 'next-auth': version, pg: '8' };
  const manifest = { 'package.json': JSON.stringify({ name: 'app', dependencies }) };
  const program = programOf({ ...manifest, 'migrations/1.sql': TABLES, ...texts });
  const model = analyze(program, { emit: () => undefined });
  return deriveScenarios(model).map(
    ({ id, when }) => `${id.split(' › ')[1]}: ${when.map(words).sort().join(', ')}`,
  );
}

const PLAIN = 'export function GET() { return Response.json({ ok: true }); }';
const behind = (options: string, version?: string) =>
  endingsOf({ 'proxy.ts': PROXY(options), 'app/api/ping/route.ts': PLAIN }, version);

test('getToken of Auth.js: a cookie or a bearer token, none, a refused one and no secret', () => {
  expect(behind('secret: process.env.AUTH_SECRET').sort()).toEqual([
    '200: cookies.authjs.session-token missing and headers.authorization is like Bearer % or cookies.authjs.session-token present and cookies.authjs.session-token valid',
    'missing_secret: AUTH_SECRET is null, cookies.authjs.session-token present',
    'no_token (cookies.authjs.session-token invalid): cookies.authjs.session-token invalid, cookies.authjs.session-token present',
    'no_token (cookies.authjs.session-token missing): cookies.authjs.session-token missing, headers.authorization is not like Bearer %',
    'urierror: cookies.authjs.session-token missing, headers.authorization matches ^Bearer [^ ]*%([^0-9A-Fa-f]|[0-9A-Fa-f]([^0-9A-Fa-f]|$)|$)',
  ]);
});

test('getToken of NextAuth 4 names its cookie otherwise, and so does one for sites behind TLS', () => {
  const cookies = (of: readonly string[]) => [
    ...new Set(of.join().match(/[\w-]+\.session-token/g)),
  ];
  expect(cookies(behind('secret: process.env.S', '^4.24.0'))).toEqual(['next-auth.session-token']);
  expect(cookies(behind('secret: process.env.S', 'latest'))).toEqual(['next-auth.session-token']);
  expect(cookies(behind('secret: process.env.S', 'beta'))).toEqual(['authjs.session-token']);
  expect(cookies(behind('secret: process.env.S, secureCookie: true'))).toEqual([
    '__Secure-authjs.session-token',
  ]);
  expect(cookies(behind("secret: process.env.S, cookieName: 'own.session-token'"))).toEqual([
    'own.session-token',
  ]);
});

test('getToken whose cookie hangs on the environment', () => {
  const endings = behind(
    "secret: process.env.S, secureCookie: process.env.NODE_ENV !== 'development'",
  );
  expect(endings.filter((each) => each.startsWith('no_token'))).toEqual([
    'no_token (NODE_ENV is not development): NODE_ENV is not development, cookies.__Secure-authjs.session-token missing',
    'no_token (cookies.authjs.session-token invalid): NODE_ENV is development, cookies.authjs.session-token invalid, cookies.authjs.session-token present',
    'no_token (cookies.authjs.session-token missing): NODE_ENV is development, cookies.authjs.session-token missing, headers.authorization is not like Bearer %',
  ]);
});

test('signIn on the server runs authorize and leaves for where it is told', () => {
  const of = (redirect: string) =>
    endingsOf({ 'auth.ts': GUESTS, 'app/api/guest/route.ts': SIGN_IN(redirect) });
  expect(of("redirectTo: '/welcome'")).toEqual(['database_error: user conflicts', 'to /welcome: ']);
  expect(of("redirectTo: new URL(request.url).searchParams.get('to')")).toEqual([
    '307 (query.to is like /%): query.to is like /%, query.to present',
    '307 (query.to is not like /%): query.to is not like /%, query.to matches ^[A-Za-z][A-Za-z0-9+.-]*:.+, query.to present',
    '307 (query.to missing): query.to missing',
    'database_error: user conflicts',
    'to /api/auth/error?error=Configuration: query.to does not match ^[A-Za-z][A-Za-z0-9+.-]*:.+, query.to is not like /%, query.to present',
  ]);
});

test('signIn with a password: nobody is a CredentialsSignin, and what authorize throws is a CallbackRouteError', () => {
  const auth = `
    import NextAuth from 'next-auth'; import Credentials from 'next-auth/providers/credentials'; import pg from 'pg';
    const pool = new pg.Pool();
    export const { signIn } = NextAuth({ providers: [Credentials({ async authorize({ email }) {
      if (!email) throw new Error('no email');
      const { rows: [user] } = await pool.query('select * from users where email = $1', [email]);
      return user ?? null;
    } })] });`;
  const route = `
    import { AuthError } from 'next-auth'; import { signIn } from '../../../auth';
    export async function POST(request) {
      const { email } = await request.json();
      try {
        await signIn('credentials', { email, redirect: false });
        return Response.json({ ok: true });
      } catch (error) {
        if (error instanceof AuthError && error.type === 'CredentialsSignin') return Response.json({ error: 'wrong' }, { status: 401 });
        if (error instanceof AuthError) return Response.json({ error: 'other' }, { status: 400 });
        throw error;
      }
    }`;
  const endings = endingsOf({ 'auth.ts': auth, 'app/api/login/route.ts': route });
  expect(endings.filter((each) => !/error/.test(each))).toEqual([
    '200: body.email present, user exists',
    'wrong: body.email present, no user',
    'other: body.email missing',
  ]);
});
