import { expect, test } from 'vitest';
import { outcomes, reads, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (body: string) =>
  trace(shop(`app.post('/sign-in', async (c) => {${body}});`), 'POST /sign-in');

test('what a third party answers goes by one name however it is asked for', () => {
  const found = traced(`
    const data = await (await fetch('https://id.test/me')).json();
    const email = data.email?.toLowerCase();
    if (data.email && data.verified !== true) return c.json({ error: 'unverified' }, 422);
    if (!email) return c.json({ error: 'no_email' }, 422);
    if (data.level >= 3) return c.json({ error: 'barred' }, 403);
    const [user] = await db.select().from(users).where(eq(users.email, email));
    return user ? c.json({ id: user.id }) : c.json({ error: 'unknown' }, 404);`);
  const name = 'fetch https://id.test/me.json';
  expect(outcomes(found)).toEqual([
    '500 500: not <fetch https://id.test/me>',
    `unverified 422: <${name}.email> & not <${name}.verified>`,
    `no_email 422: not <${name}.email>`,
    `barred 403: <${name}.verified> & <${name}.email> & not <${name}.level < 3>`,
    `200 200: <${name}.verified> & <${name}.email> & <${name}.level < 3> & exists user`,
    `unknown 404: <${name}.verified> & <${name}.email> & <${name}.level < 3> & absent user`,
  ]);
  expect(reads(found)).toEqual([`user: user.email = lower(<${name}.email>)`]);
});

test('two calls of one third party are answered each for itself', () => {
  const found = traced(`
    const ask = async (path: string) => fetch(origin + path);
    if (!(await ask('/token')).ok) return c.json({ error: 'no_token' }, 401);
    if (!(await ask('/me')).ok) return c.json({ error: 'no_profile' }, 401);
    return c.json({ ok: true });`);
  expect(outcomes(found)).toEqual([
    '500~not-fetch 500: not <fetch>',
    'no_token 401: not <fetch.ok>',
    '500~not-fetch-2 500: <fetch.ok> & not <fetch#2>',
    'no_profile 401: <fetch.ok> & not <fetch#2.ok>',
    '200 200: <fetch.ok> & <fetch#2.ok>',
  ]);
});

test('of what type an answer is says more than that it is there', () => {
  const found = traced(`
    const { customer } = await (await fetch('https://id.test/me')).json();
    if (!customer || typeof customer === 'string') return c.json({ error: 'no_customer' }, 422);
    return c.json({ id: customer.id });`);
  const name = 'fetch https://id.test/me.json.customer';
  expect(outcomes(found)).toEqual([
    '500 500: not <fetch https://id.test/me>',
    `no_customer 422: (not <${name}> | <typeof ${name} = "string">)`,
    `200 200: <${name}> & not <typeof ${name} = "string">`,
  ]);
});

test('what a package is waited for is answered by a third party', () => {
  const found = trace(
    shop(`import identity from 'sign-in-elsewhere';
      app.post('/sign-in', async (c) => {
        const claims = await identity.verify(c.req.header('x-token'));
        if (claims.email && !claims.verified) return c.json({ error: 'unverified' }, 422);
        return c.body(null, 204);
      });`),
    'POST /sign-in',
  );
  const name = 'sign-in-elsewhere.verify';
  expect(outcomes(found)).toEqual([
    `500 500: not <${name}>`,
    `unverified 422: <${name}.email> & not <${name}.verified>`,
    `204 204: (not <${name}.email> | <${name}.verified>)`,
  ]);
});

test('a third party that nobody waits for makes no ending by failing', () => {
  const found = trace(
    shop(`import { Metrics } from 'metrics';
      const metrics = new Metrics(process.env.KEY!);
      app.post('/sign-in', async (c) => {
        try {
          await metrics.flush();
        } catch {
          return c.json({ error: 'down' }, 502);
        }
        const told = await signIn(c).catch(() => null);
        return told ? c.json({ ok: true }) : c.json({ error: 'failed' }, 500);
      });
      async function signIn(c) {
        metrics.capture({ event: 'signed in' });
        void metrics.count('signed in');
        return { ok: true };
      }`),
    'POST /sign-in',
  );
  expect(outcomes(found)).toEqual([
    'down 502: not <metrics.Metrics.flush>',
    '200 200: <metrics.Metrics.flush>',
  ]);
});

test('a third party that fails is an ending where the request waits for it, but not what the app stands on', () => {
  const found = trace(
    shop(`import { Payments } from 'payments';
      import { Redis } from 'ioredis';
      const payments = new Payments();
      const redis = new Redis();
      app.post('/sign-in', async (c) => {
        await redis.set('last', '1');
        const counted = payments.count();
        const [charge] = await Promise.all([payments.charge(counted)]);
        return c.json({ charge: charge.id });
      });`),
    'POST /sign-in',
  );
  expect(outcomes(found)).toEqual(['500 500: not <payments.Payments.charge>', '200 200: ']);
});

test('a method of what a third party gives is asked anew where it is asked for something else', () => {
  const found = trace(
    shop(`import { open } from 'ledger';
    app.get('/', async (c) => {
      const books = await open();
      const paid = await books.entries.find({ kind: 'paid' });
      if (!paid) return c.json({ error: 'unpaid' }, 402);
      const sent = await books.entries.find({ kind: 'sent' });
      if (!sent) return c.json({ error: 'unsent' }, 409);
      const again = await books.entries.find({ kind: 'paid' });
      if (!again) return c.json({ error: 'never' }, 410);
      return c.body(null, 204);
    });`),
    'GET /',
  );
  const statuses = found.outcomes.map(({ status }) => status);
  expect(statuses).toEqual(expect.arrayContaining([402, 409, 204]));
  expect(statuses).not.toContain(410);
});

test('an error that carries the status of what another server answered never lacks one', () => {
  const found = traced(`
    class Refused extends Error { constructor(status, message) { super(message); this.status = status; } }
    try {
      const answer = await fetch('https://id.test/me');
      if (!answer.ok) throw new Refused(answer.status, 'elsewhere');
      if (!c.req.query('name')) throw new Refused(409, 'nameless');
      return c.json({ ok: true });
    } catch (error) {
      return c.json({ error: error.message }, error.status || 500);
    }`);
  const name = 'fetch https://id.test/me';
  expect(
    outcomes(found)
      .map((each) => each.replace(/^\S+ /, ''))
      .sort(),
  ).toEqual([
    `200: <${name}.ok> & present query.name & <${name}>`,
    `409: <${name}.ok> & missing query.name`,
    `500: not <${name}>`,
    `null: not <${name}.ok>`,
  ]);
});

test('a package’s function that says what there is throws nothing', () => {
  const app = (call: string) => `
    import { Hono } from 'hono';
    import * as Sentry from '@sentry/node';
    import berths from 'harbour-berths';
    export const app = new Hono().get('/', (c) => {
      try { return c.json({ kind: ${call} }); } catch { return c.json({ error: 'unreadable' }, 400); }
    });`;
  const found = (call: string) =>
    outcomes(trace({ 'app.ts': app(call) }, 'GET /')).map((each) => each.slice(0, 10));
  expect(found(`berths.getKind(c.req.query('name'))`)).toEqual(['200 200: ']);
  expect(found(`Sentry.setTag(c.req.query('name'))`)).toEqual(['200 200: ']);
  expect(found(`berths.unpack(c.req.query('name'))`)).toEqual(['200 200: ', 'unreadable']);
});

test('whether an answer, or a column of JSON, is a list is not known', () => {
  const schema = `import { jsonb } from 'drizzle-orm/pg-core';
    export const tokens = pgTable('tokens', { id: uuid('id').primaryKey(), scopes: jsonb('scopes').notNull() });`;
  const files = shop(`
    import { tokens } from './schema';
    app.post('/sign-in', async (c) => {
      const data = await (await fetch('https://id.test/all')).json();
      if (!Array.isArray(data)) return c.json({ error: 'odd' }, 502);
      const [token] = await db.select().from(tokens).where(eq(tokens.id, c.req.query('id')));
      if (!Array.isArray(token.scopes)) return c.json({ error: 'scope' }, 403);
      return c.json({ ok: true });
    });`);
  const found = trace({ ...files, 'schema.ts': `${files['schema.ts']}${schema}` }, 'POST /sign-in');
  expect(outcomes(found)).toEqual([
    '500 500: not <fetch https://id.test/all>',
    'odd 502: not [Array.isArray(data)]',
    'TypeError 500: [Array.isArray(data)] & absent token',
    'scope 403: [Array.isArray(data)] & exists token & not [Array.isArray(token.scopes)]',
    '200 200: [Array.isArray(data)] & exists token & [Array.isArray(token.scopes)]',
  ]);
});
