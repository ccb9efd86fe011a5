import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (body: string, before = '') =>
  outcomes(
    trace(shop(`${before} app.get('/orders', async (c) => {${body}});`), 'GET /orders'),
  ).sort();

test('a flag that many branches set, and some leave unset, is what each set it to', () => {
  const branches = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    .map((name) => `if (c.req.query('${name}')) mayRefund = user?.role === '${name}';`)
    .join(' else ');
  const found = traced(`
    const [user] = await db.select().from(users).where(eq(users.email, c.req.query('email')));
    let mayRefund; ${branches}
    return mayRefund ? c.body(null, 204) : c.body(null, 403);`);
  expect(found.some((each) => each.includes('['))).toBe(false);
  expect(found[0]).toMatch(
    /^204 204: exists user & .* missing query.f & present query.g & user.role = "g"/,
  );
});

test('a word written out for each name in a table is known by the name', () => {
  const found = traced(
    `const field = COLUMNS[c.req.query('by')];
    if (!field) return c.body(null, 400);
    return c.json({ field });`,
    `const COLUMNS = { day: 'd', week: 'w', month: 'm', year: 'y', hour: 'h', minute: 'i', all: '' };`,
  );
  const names = ['day', 'week', 'month', 'year', 'hour', 'minute'];
  expect(found).toEqual([
    `200 200: (${names.map((name) => `query.by = "${name}"`).join(' | ')})`,
    `400 400: ${names.map((name) => `query.by != "${name}"`).join(' & ')}`,
  ]);
});

test('whether a name is one of an object says which names there are', () => {
  const found = traced(
    `if (!(c.req.query('by') in COLUMNS)) return c.body(null, 400); return c.body(null, 204);`,
    `const COLUMNS = { day: 'd', week: 'w' };`,
  );
  expect(found).toEqual([
    '204 204: (query.by = "day" | query.by = "week")',
    '400 400: query.by != "day" & query.by != "week"',
  ]);
});

test('a list has an element where any of several was added', () => {
  const found = traced(`
    const errors = [];
    if (!c.req.query('from')) errors.push('from');
    if (!c.req.query('to')) errors.push('to');
    return errors.length > 0 ? c.json({ errors }, 400) : c.body(null, 204);`);
  expect(found).toEqual([
    '204 204: present query.from & present query.to',
    'from 400: (missing query.from | missing query.to)',
  ]);
});

test('a number that was sent is finite', () => {
  const found = traced(
    `return Number.isFinite(Number(c.req.query('page'))) ? c.body(null, 204) : c.body(null, 400);`,
  );
  expect(found).toEqual(['204 204: valid query.page', '400 400: invalid query.page']);
});

test('a token behind a cipher is a token', () => {
  const found = traced(
    `const claims = opened(c.req.header('x-token'));
    if (!claims?.userId) return c.body(null, 401);
    return c.body(null, 204);`,
    `import { createDecipheriv } from 'node:crypto';
    import jwt from 'jsonwebtoken';
    const decrypt = (text) => {
      const bytes = Buffer.from(String(text), 'base64');
      const decipher = createDecipheriv('aes-256-gcm', process.env.KEY, bytes.subarray(0, 16));
      decipher.setAuthTag(bytes.subarray(16, 32));
      return decipher.update(bytes.subarray(32)) + decipher.final('utf8');
    };
    const opened = (text) => {
      try { return jwt.verify(decrypt(text), process.env.SECRET); } catch { return null; }
    };`,
  );
  const id = 'field(tokenClaims(concat(decrypted(substring(headers.x-token, 32)), "")), "userId")';
  expect(found).toEqual([
    `204 204: present headers.x-token & valid headers.x-token & ${id} != null`,
    `401 401: (missing headers.x-token | invalid headers.x-token | ${id} = null)`,
  ]);
});

test('a client made by a function is a third party', () => {
  const found = traced(
    `const cart = await client.get('cart'); return cart ? c.json(cart) : c.body(null, 404);`,
    `import { createClient } from 'redis'; const client = createClient().on('error', () => {});`,
  );
  expect(found).toEqual([
    '200 200: <redis.createClient.get>',
    '404 404: not <redis.createClient.get>',
  ]);
});

test('what a pattern catches is a part of the text', () => {
  const found = traced(
    `const match = c.req.query('last')?.match(/^([0-9]+)(?<unit>hour|day)$/);
    if (!match) return c.body(null, 400);
    const { unit } = match.groups;
    if (match[1] === '0') return c.body(null, 404);
    return unit === 'day' ? c.body(null, 200) : c.body(null, 204);`,
  );
  const pattern = '^([0-9]+)(?<unit>hour|day)$';
  const sent = `present query.last & query.last matches "${pattern}"`;
  const part = (at: number) => `matchPart(query.last, "${pattern}", ${at}, "")`;
  expect(found).toEqual([
    `200 200: ${sent} & ${part(1)} != "0" & ${part(2)} = "day"`,
    `204 204: ${sent} & ${part(1)} != "0" & ${part(2)} != "day"`,
    `400 400: (missing query.last | query.last not matches "${pattern}")`,
    `404 404: ${sent} & ${part(1)} = "0"`,
  ]);
});
