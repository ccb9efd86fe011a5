import { betterAuth } from 'better-auth';
import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { programOf } from '../../setup/code.ts';
import { toldEndings } from '../../setup/told-endings.ts';

const SCHEMA = `
import { boolean, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
export const users = pgTable('users', {
  id: text('id').primaryKey(), name: text('name').notNull(), email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull(), createdAt: timestamp('created_at').notNull(),
  updatedAt: timestamp('updated_at').notNull(), role: text('role').notNull().default('reader'),
});
export const sessions = pgTable('sessions', {
  id: text('id').primaryKey(), token: text('token').notNull().unique(), expiresAt: timestamp('expires_at').notNull(),
  createdAt: timestamp('created_at').notNull(), updatedAt: timestamp('updated_at').notNull(),
  userId: text('user_id').notNull().references(() => users.id),
});
export const accounts = pgTable('accounts', {
  id: text('id').primaryKey(), accountId: text('account_id').notNull(), providerId: text('provider_id').notNull(),
  userId: text('user_id').notNull().references(() => users.id), password: text('password'),
  createdAt: timestamp('created_at').notNull(), updatedAt: timestamp('updated_at').notNull(),
});`;

function appOf(options: string) {
  const dependencies = { hono: '4', 'better-auth': '1', 'drizzle-orm': '0.45' };
  const texts = {
    'package.json': JSON.stringify({ name: 'app', dependencies }),
    'schema.ts': SCHEMA,
    'auth.ts': `
      import { betterAuth } from 'better-auth'; import { drizzleAdapter } from 'better-auth/adapters/drizzle';
      import { db } from './db';
      export const auth = betterAuth({ database: drizzleAdapter(db, { provider: 'pg', usePlural: true }), ${options} });`,
    'db.ts':
      "import { drizzle } from 'drizzle-orm/node-postgres'; export const db = drizzle(process.env.DATABASE_URL);",
    'app.ts': `
      import { Hono } from 'hono'; import { auth } from './auth';
      const app = new Hono();
      app.on(['POST', 'GET'], '/api/auth/*', (c) => auth.handler(c.req.raw));
      app.get('/me', async (c) => {
        const session = await auth.api.getSession({ headers: c.req.raw.headers });
        if (!session?.user) return c.json({ error: 'nobody' }, 401);
        if (session.user.role !== 'editor') return c.json({ error: 'editors_only' }, 403);
        return c.json({ id: session.user.id });
      });
      export default app;`,
  };
  const [app] = analyze(programOf(texts), { emit: () => undefined }).apps;
  if (!app) throw new Error('no app');
  return app;
}

const endsOf = (app: ReturnType<typeof appOf>, route: string) =>
  app.routes
    .find(({ id }) => id === route)
    ?.outcomes.map(({ status, code, when }) => `${status} ${code} ${when.map(({ kind }) => kind)}`);

test('its own routes are those of the library, and people are known by the session they open', () => {
  const app = appOf("emailAndPassword: { enabled: true }, advanced: { cookiePrefix: 'reads' }");
  const { api } = betterAuth({ baseURL: 'http://127.0.0.1', emailAndPassword: { enabled: true } });
  const real = [api.signUpEmail, api.signInEmail].map(({ path }) => `POST /api/auth${path}`);
  expect(app.routes.map(({ id }) => id).filter((id) => /email/.test(id))).toEqual(real);
  expect(app.auth).toMatchObject({
    carrier: { from: 'cookies', name: 'reads.session_token' },
    session: { table: 'sessions', column: 'token' },
    actor: 'users',
    signUp: {
      route: 'POST /api/auth/sign-up/email',
      fields: { name: 'name', email: 'email' },
      password: 'password',
    },
    signIn: { route: 'POST /api/auth/sign-in/email', fields: { email: 'email' } },
  });
  expect(endsOf(app, 'GET /me')).toEqual([
    '401 nobody any',
    '403 editors_only actor,actor',
    '200 null actor,actor',
  ]);
});

test('an address that has to be verified, and a sign-up that is closed', () => {
  const closed = appOf(
    "basePath: '/auth', emailAndPassword: { enabled: true, disableSignUp: true, requireEmailVerification: true }",
  );
  expect(closed.routes.map(({ id }) => id)).not.toContain('POST /auth/sign-up/email');
  expect(
    endsOf(closed, 'POST /auth/sign-in/email')?.map((each) =>
      each.split(' ').slice(0, 2).join(' '),
    ),
  ).toEqual(['200 null', '403 EMAIL_NOT_VERIFIED', '401 INVALID_EMAIL_OR_PASSWORD', '400 null']);
  const set = appOf("emailAndPassword: { enabled: process.env.BY_PASSWORD === 'yes' }");
  expect(set.routes.filter(({ id }) => /email/.test(id))).toHaveLength(2);
  const none = appOf('socialProviders: { github: {} }');
  expect(none.routes.some(({ id }) => /email/.test(id))).toBe(false);
});

test('models of Prisma are there by their names, and fields by those the options give them', () => {
  const model = (session: string) => `
    model User {
      id String @id
      email String @unique
      sessions Session[]
    }
    model Session {
      id String @id
      ${session}
      userId String
      user User @relation(fields: [userId], references: [id])
    }`;
  const endings = (schema: string, options: string) =>
    toldEndings({
      'package.json': JSON.stringify({
        name: 'app',
        dependencies: { hono: '4', 'better-auth': '1', '@prisma/client': '7' },
      }),
      'prisma/schema.prisma': schema,
      'app.ts': `
        import { betterAuth } from 'better-auth'; import { prismaAdapter } from 'better-auth/adapters/prisma';
        import { PrismaClient } from '@prisma/client'; import { Hono } from 'hono';
        const prisma = new PrismaClient();
        const auth = betterAuth({ database: prismaAdapter(prisma, { provider: 'postgresql' }), ${options} });
        const app = new Hono();
        app.get('/me', async (c) => {
          const found = await auth.api.getSession({ headers: c.req.raw.headers });
          return found ? c.json({ id: found.user.id }) : c.json({}, 401);
        });
        export default app;`,
    });
  const known = [
    'GET /me › respond 200: authenticated',
    'GET /me › respond 401: (anonymous or absent session)',
  ];
  expect(endings(model('token String @unique\nexpiresAt DateTime'), '')).toEqual(known);
  const named = "{ modelName: 'Session', fields: { token: 'sessionToken', expiresAt: 'expires' } }";
  const renamed = model('sessionToken String @unique\nexpires DateTime');
  expect(endings(renamed, `session: ${named}`)).toEqual(known);
  expect(endings(renamed, '')).toHaveLength(2);
});
