import { expect, test } from 'vitest';
import { fastify } from '../../../src/model/readers/fastify.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const traced = (route: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { fastify: '5' } }),
        'app.ts': `
          import auth from '@fastify/auth';
          import sensible from '@fastify/sensible';
          import Fastify from 'fastify';
          import fp from 'fastify-plugin';
          const app = Fastify({ logger: true }).withTypeProvider();
          app.register(sensible);
          app.register(auth);
          app.register(fp(async (instance) => {
            instance.decorate('boat', (id) => (id === 'none' ? null : { id }));
            instance.decorate('signedIn', async (request, reply) => {
              try { await request.jwtVerify(); } catch (error) { reply.send(error); }
            });
            instance.decorate('keyed', async (request) => {
              if (request.headers['x-key'] !== 'k') throw instance.httpErrors.forbidden('no key');
            });
          }));
          app.register(async (fastify) => {
            fastify.get('/decorated', async (request) => {
              const boat = fastify.boat(request.query.id);
              if (!boat) throw fastify.httpErrors.notFound('no boat');
              return boat;
            });
            fastify.get('/this', async function (request) {
              this.assert(request.query.id, 422, 'no id');
              return request.server.boat('x');
            });
            fastify.get('/both', { preHandler: fastify.auth([fastify.signedIn, fastify.keyed], { relation: 'and' }) }, async () => 1);
            fastify.get('/either', { preHandler: fastify.auth([fastify.keyed, fastify.signedIn]) }, async () => 1);
          });
          app.get('/outside', { onRequest: [app.signedIn] }, async () => app.boat('none') ?? 2);
          app.all('/any', async (request, reply) => {
            if (request.method === 'DELETE') return reply.code(405).send();
            return { method: request.raw.method };
          });
          app.listen({ port: 3000 });`,
      },
      route,
      fastify,
    ),
  );

const statuses = (found: readonly string[]) =>
  [...new Set(found.map((each) => each.replace(/^.*? (\d+):.*/, '$1')))].sort();

test('a route for all methods does not say which is asked with', () => {
  expect(traced('ALL /any')).toEqual([
    'FST_ERR_CTP_INVALID_JSON_BODY 400: malformed body',
    `405 405: [request.method === 'DELETE']`,
    `200 200: not [request.method === 'DELETE']`,
  ]);
});

test.each([
  ['GET /decorated', ['200', '404']],
  ['GET /this', ['200', '422']],
  ['GET /both', ['200', '401', '403']],
  ['GET /either', ['200', '401']],
])('%s has what plugins put on the instance', (route, said) => {
  expect(statuses(traced(route))).toEqual(said);
});

test('a token that is refused is 401 to the error handler too', () => {
  expect(statuses(traced('GET /outside'))).toEqual(['200', '401']);
});

test('a hook that comes back early lets requests pass, whatever it answers otherwise', () => {
  const app = `
    import Fastify from 'fastify';
    const app = Fastify();
    const check = async (request) => (request.headers['x-key'] === 'k' ? { ok: true, user: 'a' } : { ok: false });
    app.addHook('preValidation', async (request, reply) => {
      try {
        const { ok, user } = await check(request);
        if (ok) {
          if (user) request.user = user;
          return;
        }
      } catch (error) {
        request.log.warn(error);
      }
      return reply.status(401).send({ error: 'who' });
    });
    app.get('/', async () => ({}));`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { fastify: '5' } });
  const found = trace({ 'package.json': manifest, 'app.ts': app }, 'GET /', fastify);
  expect(outcomes(found)).toEqual([
    'who 401: headers.x-key != "k"',
    '200 200: headers.x-key = "k"',
  ]);
});
