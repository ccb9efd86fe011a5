import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (body: string, before = '') =>
  outcomes(
    trace(
      shop(`import { createHash, randomBytes } from 'node:crypto';
        import * as eccrypto from 'eccrypto';
        import { v4 } from 'uuid';
        ${before}
        app.post('/keys', async (c) => {${body}});`),
      'POST /keys',
    ),
  );

const encrypt = `async function encrypt(key, data) {
  try {
    if (!key || typeof key !== 'string') throw new Error('no key');
    if (!data || typeof data !== 'string') throw new Error('no data');
    return JSON.stringify(await eccrypto.encrypt(Buffer.from(key, 'hex'), Buffer.from(data)));
  } catch (error) {
    throw new Error('failed');
  }
}`;

test('what computes inside of the process with what the process made up never fails', () => {
  expect(
    traced(
      `const key = eccrypto.getPublic(eccrypto.generatePrivate()).toString('hex');
      return c.json([
        await encrypt(key, 'AKIA' + randomBytes(8).toString('hex').toUpperCase()),
        await encrypt(key, createHash('sha256').update(v4()).digest('hex')),
      ]);`,
      encrypt,
    ),
  ).toEqual(['200 200: ']);
});

test('it fails through what a request carries, once however often it is called', () => {
  const found = traced(
    `const [user] = await db.select().from(users).where(eq(users.email, c.req.query('email')));
    if (!user) return c.body(null, 404);
    for (const part of ['a', 'b']) await eccrypto.encrypt(user.passwordHash, part);
    return c.body(null, 204);`,
  );
  expect(found).toEqual([
    '404 404: absent user',
    '500 500: exists user & [eccrypto.encrypt(user.passwordHash, part) fails]',
    '204 204: exists user',
  ]);
});

test('a text with a part written out, a hash and an id are never empty', () => {
  const found = traced(`
    const id = v4();
    const hash = createHash('sha256').update(c.req.query('name')).digest('hex');
    const slug = \`\${c.req.query('name')}-1\`.toLowerCase();
    if (!id || id === '' || !hash || hash === '' || !slug || typeof hash !== 'string')
      return c.body(null, 500);
    return c.body(null, 204);`);
  expect(found.filter((each) => each.startsWith('500'))).toEqual([]);
  expect(found.some((each) => each.startsWith('204'))).toBe(true);
});

test('a function that ends without a value gives nothing, and a hash of nothing throws', () => {
  const found = traced(
    `const name = c.req.query('name') ?? '';
    const hash = createHash('sha256').update(partOf(name)).digest('hex');
    const [order] = await db.select().from(orders).where(eq(orders.id, hash));
    return order ? c.body(null, 204) : c.body(null, 404);`,
    `function partOf(name) {
      if (name.startsWith('a-')) return name.slice(2);
      if (name.startsWith('b-')) return name.slice(2);
    }`,
  );
  const given = 'present query.name & (query.name like "a-%" | query.name like "b-%")';
  expect(found.slice(1)).toEqual([
    `204 204: ${given} & exists order`,
    `404 404: ${given} & absent order`,
  ]);
  expect(found[0]).toMatch(/^TypeError 500: \(missing query.name \| query.name not like "a-%"\)/);
});
