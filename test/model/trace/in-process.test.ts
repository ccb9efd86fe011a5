import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { deriveScenarios } from '../../../src/scenarios/derive.ts';
import { words } from '../../../src/scenarios/words.ts';
import { programOf } from '../../setup/code.ts';

const DEPENDENCIES = {
  express: '5',
  fastify: '5',
  next: '16',
  pg: '8',
  ioredis: '5',
  'lru-cache': '11',
};
const TABLES = 'CREATE TABLE clients (id uuid PRIMARY KEY, name text NOT NULL, secret text);';

function endingsOf(texts: Record<string, string>): string[] {
  const program = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies: DEPENDENCIES }),
    'migrations/1.sql': TABLES,
    ...texts,
  });
  return deriveScenarios(analyze(program, { emit: () => undefined })).map(
    ({ id, when }) => `${id.split(' › ')[1]}: ${when.map(words).sort().join(', ')}`,
  );
}

const EXPRESS = (handler: string, before = '') => ({
  'app.ts': `
    import express from 'express'; import pg from 'pg'; import Redis from 'ioredis'; import { LRUCache } from 'lru-cache';
    import { scrypt, timingSafeEqual } from 'node:crypto';
    const app = express(); const pool = new pg.Pool(); const redis = new Redis();
    const near = new LRUCache({ max: 10 });
    ${before}
    app.get('/clients', async (req, res) => { ${handler} });
    export default app;`,
});

const FIND = `
  async function find(id) {
    const { rows: [client] } = await pool.query('select * from clients where id = $1', [id]);
    return client;
  }
  async function cached(id) {
    const key = 'client:' + id;
    const hit = near.get(key);
    if (hit !== undefined && typeof hit === 'string' ? hit.length > 0 : hit) return hit;
    const text = await redis.get(key);
    if (text) {
      const parsed = JSON.parse(text);
      if (Object.keys(parsed).length > 0) { near.set(key, parsed); return parsed; }
    }
    const client = await find(id);
    near.set(key, client);
    redis.setex(key, 60, JSON.stringify(client)).catch(() => undefined);
    return client;
  }`;

test('a cache that a function fills itself holds what the function made', () => {
  const handler = `
    const client = await cached('00000000-0000-4000-8000-000000000001');
    if (!client) return res.status(404).json({ error: 'none' });
    if (!client.secret) return res.status(403).json({ error: 'no_secret' });
    res.json({ ok: true });`;
  expect(endingsOf(EXPRESS(handler, FIND))).toEqual([
    '200: client exists, client.secret is not null',
    'no_secret: client exists, client.secret is null',
    'none: no client',
  ]);
});

test('a handler that answers from what is kept has an ending for it', () => {
  const handler = `
    const text = await redis.get('clients');
    if (text) return res.status(203).send(text);
    const { rows } = await pool.query('select * from clients');
    await redis.set('clients', JSON.stringify(rows));
    res.json(rows);`;
  expect(endingsOf(EXPRESS(handler)).map((each) => each.split(':')[0])).toEqual(['200', '203']);
});

test('scrypt on texts never fails, and what it is compared with is a password', () => {
  const verify = `
    function verify(password, stored) {
      return new Promise((resolve, reject) => {
        const [salt, key] = stored.split('.');
        scrypt(password, salt, 32, (error, derived) => {
          if (error) reject(error);
          resolve(timingSafeEqual(new Uint8Array(Buffer.from(key, 'hex')), new Uint8Array(derived)));
        });
      });
    }`;
  const handler = `
    const { rows: [client] } = await pool.query('select * from clients limit 1');
    if (!client?.secret) return res.status(404).json({ error: 'none' });
    if (!(await verify(String(req.query.secret), client.secret))) return res.status(401).json({ error: 'wrong' });
    res.json({ ok: true });`;
  expect(endingsOf(EXPRESS(handler, verify))).toEqual([
    '200: client exists, client.secret is not null, passwordMatches(query.secret, client.secret) is true',
    'none (client.secret is null): client.secret is null',
    'wrong: client exists, client.secret is not null, passwordMatches(query.secret, client.secret) is false',
    'none (no client): no client',
  ]);
});

test('a loop that counts to three at least is entered', () => {
  const retry = `
    async function retried(work, options = {}) {
      const most = options.most ?? Math.max(3, options.size + 1);
      let last;
      for (let attempt = 0; attempt < most; attempt++) {
        try { return await work(); } catch (error) { last = error; }
      }
      throw last;
    }`;
  const handler = `
    const { rows } = await retried(() => pool.query('select * from clients'));
    res.json(rows);`;
  expect(endingsOf(EXPRESS(handler, retry))).toEqual(['200: ']);
});

test('path parameters that are declared as texts are never refused; an error of Fastify has a message', () => {
  const app = `
    import Fastify from 'fastify';
    const app = Fastify();
    app.setErrorHandler((error, request, reply) =>
      reply.status(error.statusCode ?? 500).send({ error: 'failed', message: error.message || 'Unknown' }));
    app.get('/clients/:id', { schema: {
      params: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
      querystring: { type: 'object', properties: { page: { type: 'integer' } } },
    } }, async () => ({ ok: true }));
    app.listen({ port: 3000 });`;
  expect(endingsOf({ 'server.ts': app })).toEqual(['200: query valid', 'failed: query invalid']);
});

test('a request with a method that has a body has a stream for it under Next', () => {
  const route = `
    export async function POST(request) {
      if (request.body === null) return Response.json({ error: 'empty' }, { status: 400 });
      return Response.json({ ok: true });
    }`;
  expect(endingsOf({ 'app/api/clients/route.ts': route })).toEqual(['200: ']);
});
