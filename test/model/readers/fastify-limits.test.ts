import { expect, test } from 'vitest';
import { fastify } from '../../../src/model/readers/fastify.ts';
import { outcomes, trace, traceAll } from '../../setup/trace.ts';
import { SCHEMA } from '../trace/shop.ts';

const files = (code: string, options = '') => ({
  'package.json': JSON.stringify({ name: 'app', dependencies: { fastify: '5' } }),
  'schema.ts': SCHEMA,
  'app.ts': `
    import Fastify from 'fastify';
    import { Type } from '@sinclair/typebox';
    import { Value } from '@sinclair/typebox/value';
    import { and, eq } from 'drizzle-orm';
    import { drizzle } from 'drizzle-orm/node-postgres';
    import * as schema from './schema';
    const db = drizzle(process.env.DATABASE_URL, { schema });
    const app = Fastify(${options});
    ${code}
    app.listen({ port: 1 });`,
});

test('a body of more than the app takes is refused', () => {
  const code = `
    app.post('/own', { bodyLimit: 100 }, async () => 1);
    app.post('/all', async () => 1);
    app.get('/all', async () => 1);`;
  const found = (route: string, options = '') =>
    outcomes(trace(files(code, options), route, fastify)).filter((each) => each.includes('413'));
  const settings = '{ bodyLimit: 5 * 1024 }';
  expect(found('POST /own')).toEqual(['FST_ERR_CTP_BODY_TOO_LARGE 413: length(body) > 100']);
  expect(found('POST /all', settings)).toEqual([
    'FST_ERR_CTP_BODY_TOO_LARGE 413: length(body) > 5120',
  ]);
  expect(found('GET /all', settings)).toEqual([]);
  expect(found('POST /all')).toEqual([]);
});

test.each([
  'Type.Intersect([Type.Object({ id: Type.String() }), Type.Record(Type.String(), Type.String())])',
  'Type.Record(Type.String(), Type.Any())',
])('the database refuses a text that is no UUID whatever declares it: %s', (body) => {
  const code = `
    app.post('/orders', { schema: { body: ${body} } }, async (request, reply) => {
      const { id } = request.body;
      if (!id || typeof id !== 'string') return reply.code(422).send();
      const order = await db.query.orders.findFirst({ where: eq(schema.orders.id, id) });
      return reply.code(order ? 200 : 404).send();
    });`;
  const found = outcomes(traceAll(files(code), 'POST /orders', fastify));
  expect(found.filter((each) => each.startsWith('DatabaseError'))).toEqual([
    expect.stringMatching(/ 500: .*body\.id not matches "\^\[0-9a-fA-F\]\{8\}/),
  ]);
});
