import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

const app = `
import { Hono } from 'hono';
import { z } from 'zod';
const flag = (fallback: boolean) =>
  z.enum(['on', 'off']).optional().transform((value) => (value ? value === 'on' : fallback));
const env = z.object({ CLOSED: flag(false) }).parse(process.env);
export const app = new Hono().get('/', (c) =>
  env.CLOSED ? c.json({ error: 'closed' }, 503) : c.json({ open: true }),
);
`;

test('a flag that a schema transforms is known by the text that switches it on', () => {
  const [closed, open] = outcomes(trace({ 'app.ts': app }, 'GET /'));
  expect(closed).toContain('env.CLOSED = "on"');
  expect(open).toContain('env.CLOSED != "on"');
});

test('T3’s createEnv gives each variable with its own schema', () => {
  const text = `
    import { Hono } from 'hono';
    import { createEnv } from '@t3-oss/env-nextjs';
    import { z } from 'zod';
    const env = createEnv({
      server: { MAIL_KEY: z.string().optional(), MODE: z.enum(['open', 'closed']).default('open') },
      client: { NEXT_PUBLIC_NAME: z.string().optional() },
      runtimeEnv: { MAIL_KEY: process.env.MAIL_KEY, MODE: process.env.APP_MODE, NEXT_PUBLIC_NAME: process.env.NEXT_PUBLIC_NAME },
    });
    export const app = new Hono().get('/', (c) => {
      if (!env.MAIL_KEY) return c.json({ error: 'no_mail' }, 501);
      if (env.MODE === 'closed') return c.json({ error: 'closed' }, 503);
      if (!env.NEXT_PUBLIC_NAME) return c.json({ error: 'nameless' }, 500);
      return c.json({ ok: true });
    });`;
  const found = outcomes(trace({ 'app.ts': text }, 'GET /'));
  expect(found.filter((each) => each.includes('['))).toEqual([]);
  expect(found[0]).toBe('no_mail 501: env.MAIL_KEY = null');
  expect(found.find((each) => each.startsWith('closed'))).toContain('APP_MODE');
  expect(found.find((each) => each.startsWith('nameless'))).toContain(
    'env.NEXT_PUBLIC_NAME = null',
  );
});

test('env-schema gives variables with their types and defaults', () => {
  const text = `
    import { Hono } from 'hono';
    import { Type } from '@sinclair/typebox';
    import envSchema from 'env-schema';
    const schema = Type.Object({ OPEN: Type.Boolean({ default: true }), NAME: Type.Optional(Type.String()) });
    const ENV = envSchema({ schema, dotenv: true });
    export const app = new Hono().get('/', (c) => {
      if (ENV.OPEN === false) return c.json({ error: 'closed' }, 503);
      return ENV.NAME ? c.json({ ok: true }) : c.json({ error: 'nameless' }, 500);
    });`;
  expect(outcomes(trace({ 'app.ts': text }, 'GET /'))).toEqual([
    'closed 503: coalesce(env.OPEN, true) = false',
    '200 200: coalesce(env.OPEN, true) != false & env.NAME != null',
    'nameless 500: coalesce(env.OPEN, true) != false & env.NAME = null',
  ]);
});

test('variables that are named by the settings they hold are known', () => {
  const text = `
    import { Hono } from 'hono';
    import { Type } from '@sinclair/typebox';
    import { Value } from '@sinclair/typebox/value';
    import { constantCase } from 'change-case';
    const one = Type.Optional(Type.String());
    const PROPS = { a: one, b: one, c: one, d: one, e: one, f: one, g: one, h: one, i: one, j: one, authMode: Type.Optional(Type.String()), port: Type.Optional(Type.String()) };
    function load({ schema, keys, transform }) {
      const found = {};
      for (const key of keys) found[key] = process.env[constantCase(key)];
      if (!Value.Check(schema, found)) throw new Error('settings');
      return transform(found);
    }
    let CONFIG = null;
    function config() {
      if (!CONFIG) {
        CONFIG = load({
          schema: Type.Object(PROPS),
          keys: ['nodeEnv'].concat(Object.keys(PROPS)),
          transform: (raw) => ({ ...raw, authMode: raw.authMode ?? 'anonymous' }),
        });
        keep(CONFIG);
      }
      return CONFIG;
    }
    function keep(settings) {
      for (const [key, value] of Object.entries(settings)) process.env[constantCase(key)] = String(value);
    }
    export const app = new Hono().get('/', (c) => {
      const { authMode } = config();
      switch (authMode) {
        case 'anonymous': return c.body(null, 204);
        case 'single': return c.json({ error: 'signed_out' }, 401);
      }
      return c.json({ error: 'mode' }, 501);
    });`;
  const mode = 'coalesce(env.AUTH_MODE, "anonymous")';
  expect(outcomes(trace({ 'app.ts': text }, 'GET /'))).toEqual([
    `204 204: ${mode} = "anonymous"`,
    `signed_out 401: ${mode} = "single"`,
    `mode 501: ${mode} != "anonymous" & ${mode} != "single"`,
  ]);
});

test('settings with which the process ends are no case of a request', () => {
  const text = `
    import { Hono } from 'hono';
    function settings() {
      const { SECRET, MODE = 'open' } = process.env;
      if (!SECRET) { console.error('no SECRET'); process.exit(1); }
      if (MODE === 'broken') process.abort();
      return { secret: SECRET, mode: MODE };
    }
    const config = settings();
    export const app = new Hono().get('/', (c) =>
      config.mode === 'closed' ? c.json({ error: 'closed' }, 503) : c.json({ key: config.secret.length }),
    );`;
  const found = outcomes(trace({ 'app.ts': text }, 'GET /'));
  expect(found).toEqual(['closed 503: env.MODE = "closed"', '200 200: env.MODE != "closed"']);
});

test('a package that reads a switch asks whether the setting says so', () => {
  const text = `
    import { Hono } from 'hono';
    import isTrue from 'boolean';
    const settings = { isClosed: isTrue(process.env.CLOSED) as boolean };
    export const app = new Hono().get('/', (c) =>
      settings.isClosed ? c.json({ error: 'closed' }, 503) : c.json({ open: true }));`;
  expect(outcomes(trace({ 'app.ts': text }, 'GET /'))).toEqual([
    'closed 503: env.CLOSED = "true"',
    '200 200: env.CLOSED != "true"',
  ]);
});
