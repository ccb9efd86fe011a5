import { expect, test } from 'vitest';
import { outcomes, reads, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const session = `
  const sessionOf = async (c) => {
    const [session] = await db.select().from(sessions).where(eq(sessions.token, c.req.header('x-token')));
    return session ?? null;
  };
  app.use(async (c, next) => {
    if (!(await sessionOf(c))) return c.json({ error: 'signed_out' }, 401);
    await next();
  });`;
const traced = (handler: string, around = session) =>
  trace(shop(`${around}\napp.get('/me', async (c) => {${handler}});`), 'GET /me');

test('a row that a guard has found is found again by the same key', () => {
  const found = traced(`
    const session = await sessionOf(c);
    if (!session) return c.json({ error: 'gone' }, 403);
    const [again] = await db.select().from(sessions).where(eq(sessions.token, c.req.header('x-token'))).limit(1);
    if (!again) return c.json({ error: 'gone' }, 410);
    return c.json({ ok: true });`);
  expect(found.outcomes.map(({ status }) => status)).toEqual([401, 200]);
  expect(reads(found)).toHaveLength(1);
});

test('what was written to in between is asked anew', () => {
  const found = traced(`
    await db.delete(sessions).where(eq(sessions.token, c.req.query('other') ?? ''));
    if (!(await sessionOf(c))) return c.json({ error: 'ended' }, 410);
    return c.json({ ok: true });`);
  expect(found.outcomes.map(({ status }) => status)).toContain(410);
});

test('what is written to on another way alone is read as before', () => {
  const found = traced(`
    const token = c.req.query('other') ?? '';
    if (c.req.query('end')) {
      await db.delete(sessions).where(eq(sessions.token, token));
      return c.json({ ended: true });
    }
    return (await sessionOf(c)) ? c.json({ ok: true }) : c.json({ error: 'ended' }, 410);`);
  expect(found.outcomes.map(({ status }) => status)).not.toContain(410);
  expect(reads(found)).toHaveLength(1);
});

test('who is asked the same again says the same, but for one that was asked in vain', () => {
  const around = `import { verify, open } from 'keys';
    const checked = (c) => verify(c.req.header('x-token'), 'session');
    app.use(async (c, next) => {
      if (!(await checked(c))) return c.json({ error: 'signed_out' }, 401);
      await next();
    });`;
  const found = traced(
    `if (!(await checked(c))) return c.json({ error: 'gone' }, 403);
    const door = await open('front').catch(() => null);
    if (door) return c.json({ ok: true });
    const other = await open('front').catch(() => null);
    return other ? c.body(null, 204) : c.json({ error: 'shut' }, 503);`,
    around,
  );
  const statuses = outcomes(found).map((each) => each.split(' ')[1]?.replace(':', ''));
  expect(statuses).not.toContain('403');
  expect(statuses).toEqual(expect.arrayContaining(['401', '200', '204', '503']));
});

test.each([
  { key: 'unique().on(t.owner)', read: 1 },
  { key: `uniqueIndex().on(t.owner, sql\`lower(\${t.name})\`)`, read: 2 },
  { key: `uniqueIndex().on(t.owner).where(sql\`\${t.name} is not null\`)`, read: 2 },
])('a limit says nothing beside a whole key alone: $key', ({ key, read }) => {
  const files = shop(`
    app.get('/boats', async (c) => {
      const [boat] = await db.select().from(boats).where(eq(boats.owner, c.req.query('owner'))).limit(1);
      if (!boat) return c.json({ error: 'none' }, 404);
      const all = await db.select().from(boats).where(eq(boats.owner, c.req.query('owner')));
      return c.json({ boat, all });
    });`);
  const found = trace(
    {
      'schema.ts': `import { sql } from 'drizzle-orm';
        import { unique, uniqueIndex } from 'drizzle-orm/pg-core';
        ${files['schema.ts']}
        export const boats = pgTable('boats', { id: integer('id').primaryKey(), owner: text('owner').notNull(), name: text('name') },
          (t) => [${key}]);`,
      'app.tsx': (files['app.tsx'] ?? '').replace('{ items,', '{ boats, items,'),
    },
    'GET /boats',
  );
  expect(reads(found)).toHaveLength(read);
});
