import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
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

function appOf(auth: string, session: string) {
  const dependencies = { next: '16', 'next-auth': '5', pg: '8' };
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
    '401 unknown: present,absent',
    '403 admins_only: authenticated,role',
    '200 null: authenticated,role',
  ]);
});

test('getServerSession of NextAuth 4, its secret from a variable of the app’s own', () => {
  const { auth } = appOf(
    `export { getServerSession } from 'next-auth'; export const authOptions = { secret: process.env.OWN_SECRET, providers: [], ${CALLBACK} };`,
    'getServerSession(authOptions)',
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
