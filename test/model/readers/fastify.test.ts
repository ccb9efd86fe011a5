import type { RouteOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { fastify as reader } from '../../../src/model/readers/fastify.ts';
import { programOf } from '../../setup/code.ts';
import { readApp } from '../../setup/endings.ts';
import { toldEndings } from '../../setup/told-endings.ts';
import { outcomes, trace } from '../../setup/trace.ts';

function read(texts: Readonly<Record<string, string>>) {
  const manifest = JSON.stringify({ name: 'app', dependencies: { fastify: '5' } });
  const program = programOf({ 'package.json': manifest, ...texts });
  const { endpoints, findings } = reader.read(program, '.');
  return {
    endpoints,
    routes: endpoints.map(({ method, path }) => `${method} ${path}`),
    findings: findings.map(({ code, facts }) => `${code} ${facts['reason']}`),
  };
}

describe('the ferry', () => {
  test('has the routes Fastify itself reports', async () => {
    const { build } = await import('../../../fixtures/apps/ferry/src/app.ts');
    const reported: RouteOptions[] = [];
    const app = build((made) => made.addHook('onRoute', (route) => void reported.push(route)));
    await app.ready();
    await app.close();
    const lines = reported.flatMap(({ method, url }) =>
      [method].flat().map((each) => `${each} ${url.replace(/(.)\/$/, '$1')}`),
    );
    const { routes } = await readApp('ferry');
    expect(routes).toEqual([...new Set(lines.filter((line) => !line.startsWith('HEAD')))].sort());
  });

  test('ends in the ways its answer key says', async () => {
    const { found, expected, model } = await readApp('ferry');
    expect(found).toEqual(expected);
    expect(model.findings).toEqual([]);
  });
});

describe('registrations', () => {
  test('plugins in plugins with prefixes; one wrapped by fastify-plugin is everybody’s', () => {
    const { routes, endpoints } = read({
      'app.js': `
        const fastify = require('fastify')({ logger: true });
        const fp = require('fastify-plugin');
        fastify.register(fp(async (app) => { app.addHook('preHandler', counted); }));
        fastify.register(require('./outer'), { prefix: '/outer' });
        fastify.register(import('./late.js'), { prefix: '/late' });
        fastify.listen({ port: 3000 });`,
      'outer.js': `
        module.exports = async function outer(app, options) {
          app.addHook('onRequest', checked);
          app.register(async (inner) => { inner.get('/', { onRequest: [own] }, h); }, { prefix: '/in' });
          app.get('/x/:id?', h);
        };`,
      'late.js': `export default (app, options, done) => { app.delete('/*', h); done(); };`,
    });
    expect(routes).toEqual([
      'GET /outer/x',
      'GET /outer/x/:id',
      'GET /outer/in',
      'DELETE /late/*path',
    ]);
    const chain = endpoints[2]?.chain.map(({ expression }) => expression.getText().slice(0, 12));
    expect(chain).toEqual(['checked', 'own', "inner.get('/", 'counted', 'h']);
  });

  test('register puts a plugin into the one that is being loaded, whatever instance it is called on', () => {
    const { endpoints } = read({
      'app.js': `
        const app = require('fastify')();
        const fp = require('fastify-plugin');
        app.register(async (outer) => {
          await outer.register(async (guarded) => {
            await outer.register(fp(async (f) => { f.addHook('preHandler', signedIn); }));
            await outer.register(async (f) => { f.get('/deep', h); }, { prefix: '/in' });
            guarded.get('/own', h);
          }, { prefix: '/guarded' });
          await outer.register(async (open) => { open.get('/open', h); });
          outer.register(async (f) => { f.get('/late', h); }, { prefix: '/late' });
        });`,
    });
    expect(endpoints.map(({ path, chain }) => [path, chain.length])).toEqual([
      ['/guarded/own', 3],
      ['/guarded/in/deep', 3],
      ['/open', 2],
      ['/late/late', 2],
    ]);
  });

  test('routes of a map that is filled at run time are findings at their place, other calls are none', () => {
    const { routes, findings } = read({
      'app.ts': `
        import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
        import { handlers } from 'protocol';
        const app = fastify();
        app.get('/known', h);
        app.register(async (scope) => {
          Array.from(handlers.keys()).forEach((path) => {
            handlers.get(path).methods.forEach((method) => {
              scope.register(async (inner) => { inner[method](path, {}, handlers.get(path)); });
            });
          });
        });
        export function forgotten(instance: FastifyInstance) { instance.post('/forgotten', h); }
        function log(logger: FastifyBaseLogger, level: string) { logger[level]({ a: 1 }, 'said'); }
        async function ask(client) { await client.get('/elsewhere', {}); }
        app.listen({ port: 3000 });`,
    });
    expect(routes).toEqual(['GET /known']);
    const reason = 'model.unresolvedRoute it stands in code that nothing seems to run';
    expect(findings).toEqual([reason, reason]);
  });

  test('a prefix that is nothing where a setting is unset is none', () => {
    const { routes, findings } = read({
      'app.ts': `
        import Fastify from 'fastify';
        const app = Fastify();
        const prefix = process.env.PREFIX ? \`/\${process.env.PREFIX}\` : '';
        app.register(async (inner) => { inner.get('/home', h); }, { prefix });
        app.register(async (inner) => { inner.get('/x', h); }, { prefix: \`\${prefix}/v1\` });`,
    });
    expect(routes).toEqual(['GET /home', 'GET /v1/x']);
    expect(findings).toEqual([]);
  });

  test('what cannot be resolved is a finding', () => {
    const { routes, findings } = read({
      'app.ts': `
        import Fastify from 'fastify';
        const app = Fastify();
        app.get(process.env.WHERE, h);
        app.register(other, { prefix: process.env.PREFIX });
        app.route({ method: process.env.METHOD, url: '/y', handler: h });`,
    });
    expect(routes).toEqual([]);
    expect([...findings].sort()).toEqual([
      'model.unresolvedRoute the method is not known',
      'model.unresolvedRoute the path is not known',
      'model.unresolvedRoute the prefix is not known',
    ]);
  });
});

describe('hooks', () => {
  test('an async one lets requests pass where it ends, whatever it takes', () => {
    const app = `import Fastify from 'fastify';
      const app = Fastify();
      const guard = async (request, reply, done) => {
        if (!request.headers.token) return reply.status(401).send({ error: 'sign_in' });
      };
      app.get('/orders', { preHandler: guard }, async () => ({ ok: true }));
      app.listen();`;
    const manifest = JSON.stringify({ name: 'app', dependencies: { fastify: '5' } });
    const found = trace({ 'package.json': manifest, 'app.ts': app }, 'GET /orders', reader);
    expect(outcomes(found)).toEqual([
      'sign_in 401: missing headers.token',
      '200 200: present headers.token',
    ]);
  });
});

describe('the address that was asked for', () => {
  const guarded = (part: string) => `import Fastify from 'fastify';
    const OPEN: string[] = ['/api/health', '/api/login'];
    const SITES = ['/sites/', '/hits/'];
    const siteOf = (address: string) => {
      const segments = address.split('?')[0].split('/').filter(Boolean);
      return segments.length >= 2 ? segments[segments.length - 1] : null;
    };
    const app = Fastify();
    app.addHook('onRequest', async (request, reply) => {
      const { url } = request${part};
      if (!url) return;
      let asked = url;
      if (OPEN.some((each) => asked.includes(each))) return;
      if (SITES.some((each) => asked.startsWith(each))) {
        const site = siteOf(asked);
        if (site && request.headers.site === site) return;
      }
      if (!request.headers.token) return reply.status(401).send({ error: 'sign_in' });
    });
    app.get('/api/login', async () => ({ ok: true }));
    app.get('/sites/:site', async () => ({ ok: true }));
    app.get('/orders/:id', async (request) => ({ ok: request.routeOptions.url === '/orders/:id' ? 1 : 2 }));
    app.listen();`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { fastify: '5' } });

  test.each(['', '.raw'])('is decided for the route that answers (request%s)', (part) => {
    const of = (route: string) =>
      outcomes(trace({ 'package.json': manifest, 'app.ts': guarded(part) }, route, reader));
    expect(of('GET /api/login')).toEqual(['200 200: ']);
    expect(of('GET /orders/:id')).toEqual([
      'sign_in 401: missing headers.token',
      '200 200: present headers.token',
    ]);
    expect(of('GET /sites/:site')).toEqual([
      'sign_in 401: headers.site != params.site & missing headers.token',
      '200 200: (headers.site = params.site | present headers.token)',
    ]);
  });
});

test("a hook knows the route's config, be it that there is none", () => {
  const app = `
    import fastify from 'fastify';
    const app = fastify();
    app.addHook('preHandler', async (request, reply) => {
      if (request.routeOptions.config.open) return;
      if (!request.headers.token) return reply.status(401).send({ error: request.routeConfig.url });
    });
    app.get('/notes', { config: { open: true } }, async () => ({ ok: true }));
    app.get('/orders', async () => ({ ok: true }));
    app.listen();`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { fastify: '5' } });
  const of = (route: string) =>
    outcomes(trace({ 'package.json': manifest, 'app.ts': app }, route, reader));
  expect(of('GET /notes')).toEqual(['200 200: ']);
  expect(of('GET /orders')).toEqual([
    '/orders 401: missing headers.token',
    '200 200: present headers.token',
  ]);
});

test("a hook knows the route's schema", () => {
  const app = `
    import fastify from 'fastify'; import { Type } from '@sinclair/typebox';
    const app = fastify();
    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.schema?.deprecated) return reply.status(410).send({ error: 'gone' });
    });
    app.get('/old', { schema: { deprecated: true } }, async () => ({ ok: true }));
    app.get('/new', { schema: { querystring: Type.Object({}) } }, async () => ({ ok: true }));
    app.get('/plain', async () => ({ ok: true }));
    app.listen();`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { fastify: '5' } });
  const statuses = (route: string) =>
    outcomes(trace({ 'package.json': manifest, 'app.ts': app }, route, reader)).map((each) =>
      each.split(':').at(0),
    );
  expect(statuses('GET /old')).toEqual(['gone 410']);
  expect(statuses('GET /new')).not.toContain('gone 410');
  expect(statuses('GET /plain')).toEqual(['200 200']);
});

test('a reply of @fastify/sensible says no by the name of its status', () => {
  const app = `
    import fastify from 'fastify'; import sensible from '@fastify/sensible';
    const app = fastify();
    app.register(sensible);
    app.addHook('onRequest', async (request, reply) => {
      if (!request.headers['x-name']) reply.unauthorized('Who is it?');
    });
    app.get('/boats/:id', async (request, reply) => {
      if (request.params.id === '0') return reply.notFound('No such boat');
      return { id: request.params.id };
    });
    app.listen({ port: 3000 });`;
  const manifest = '{ "dependencies": { "fastify": "5", "@fastify/sensible": "6" } }';
  expect(toldEndings({ 'package.json': manifest, 'app.ts': app })).toEqual([
    'GET /boats/:id › throw 401: missing headers.x-name',
    'GET /boats/:id › throw 404: present headers.x-name, input',
    'GET /boats/:id › respond 200: present headers.x-name, input',
  ]);
});

test('a status that one way of a function sets is not that of the others', () => {
  const app = `
    import fastify from 'fastify';
    const app = fastify();
    const within = async (work) => work({});
    app.get('/boats/:id', async (request, reply) => within(async () => {
      if (request.params.id === '1') return { found: true };
      if (request.params.id === '2') { reply.code(201); return { made: true }; }
      reply.status(401);
      return { error: 'unknown' };
    }));
    app.listen({ port: 3000 });`;
  const manifest = '{ "dependencies": { "fastify": "5" } }';
  expect(toldEndings({ 'package.json': manifest, 'app.ts': app })).toEqual([
    'GET /boats/:id › respond 200: input',
    'GET /boats/:id › respond 201: input',
    'GET /boats/:id › respond 401 unknown: input, input',
  ]);
});

test('a hook waits for the plugins that were registered before it', () => {
  const app = `import Fastify from 'fastify';
    import fp from 'fastify-plugin';
    const app = Fastify();
    const keyed = fp(async (f) => {
      f.addHook('onRequest', async (request, reply) => {
        if (!request.headers.key) return reply.code(400).send({ error: 'no_key' });
      });
    });
    app.register(keyed);
    app.addHook('onRequest', async (request, reply) => {
      if (!request.headers.token) return reply.code(401).send({ error: 'sign_in' });
    });
    app.get('/cows', async () => ({ ok: true }));
    app.listen();`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { fastify: '5' } });
  expect(outcomes(trace({ 'package.json': manifest, 'app.ts': app }, 'GET /cows', reader))).toEqual(
    [
      'no_key 400: missing headers.key',
      'sign_in 401: present headers.key & missing headers.token',
      '200 200: present headers.key & present headers.token',
    ],
  );
});

test('a handler is bound to its instance or controller, and says what `this` is', () => {
  const app = `import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
    async function raw(this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) {
      if (!request.query.name) return reply.code(404).send({ error: 'nameless' });
      return { name: 1 };
    }
    class Cows {
      private limit = 3;
      async list(herd: string, request: FastifyRequest, reply: FastifyReply) {
        if (request.query.size === herd) return reply.code(400).send({ error: 'all_of_it' });
        return { limit: this.limit };
      }
    }
    const app = Fastify();
    const cows = new Cows();
    app.get('/raw', raw.bind(app));
    app.get('/unbound', raw);
    app.get('/cows', cows.list.bind(cows, 'all'));
    app.listen();`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { fastify: '5' } });
  const of = (route: string) =>
    outcomes(trace({ 'package.json': manifest, 'app.ts': app }, route, reader));
  const named = ['nameless 404: missing query.name', '200 200: present query.name'];
  expect(of('GET /raw')).toEqual(named);
  expect(of('GET /unbound')).toEqual(named);
  expect(of('GET /cows')).toEqual([
    'all_of_it 400: query.size = "all"',
    '200 200: query.size != "all"',
  ]);
});

test('an origin that the app makes an error of is refused, one that is not welcome is answered', () => {
  const app = `import Fastify from 'fastify';
    import cors from '@fastify/cors';
    const app = Fastify();
    app.register(cors, {
      origin: (origin, callback) => {
        if (!origin || origin === 'https://farm.example') callback(null, true);
        else if (origin === 'null') callback(null, false);
        else callback(new Error('Not allowed'), false);
      },
    });
    app.get('/cows', async () => ({ ok: true }));
    app.listen();`;
  const manifest = JSON.stringify({
    name: 'app',
    dependencies: { fastify: '5', '@fastify/cors': '1' },
  });
  expect(outcomes(trace({ 'package.json': manifest, 'app.ts': app }, 'GET /cows', reader))).toEqual(
    [
      'not-allowed 500: present headers.origin & headers.origin != "https://farm.example" & headers.origin != "null"',
      '200 200: (missing headers.origin | headers.origin = "https://farm.example" | headers.origin = "null")',
    ],
  );
});

describe('what an instance is decorated with', () => {
  const PLUGIN = `
    import fp from 'fastify-plugin';
    export default fp(async (app) => {
      app.decorate('signedIn', async (request, reply) => {
        try { await request.jwtVerify(); } catch { return reply.code(401).send({ error: 'none' }); }
      });
      app.decorate('only', (role) => async (request, reply) => {
        if (request.user.role !== role) return reply.code(403).send({ error: role });
      });
    });`;
  const APP = `
    import fastify from 'fastify';
    import rateLimit from '@fastify/rate-limit';
    import guards from './guards';
    const app = fastify();
    app.get('/before', async () => ({}));
    app.register(guards);
    app.register(rateLimit, { max: 10, global: false });
    app.register(async (scope) => {
      scope.get('/me', { onRequest: [scope.signedIn] }, async () => ({}));
      scope.get('/twice', { onRequest: scope.signedIn, preHandler: [scope.signedIn, scope.only('pilot')] }, async () => ({}));
      scope.get('/slow', { config: { rateLimit: { max: 1 } } }, async () => ({}));
      scope.get('/slower', { preHandler: scope.rateLimit({ max: 1 }) }, async () => ({}));
      scope.get('/free', { config: { rateLimit: false } }, async () => ({}));
    });`;
  const endings = (route: string, app = APP) =>
    outcomes(trace({ 'app.ts': app, 'guards.ts': PLUGIN }, route, reader)).map((each) =>
      each.replace(/headers\.authorization/g, 'token'),
    );

  test('guards a route as a hook, made by a call or not', () => {
    expect(endings('GET /me')).toEqual([
      'none 401: (invalid token | missing token)',
      '200 200: present token & valid token',
    ]);
    expect(endings('GET /twice')).toEqual([
      'none 401: (invalid token | missing token)',
      'pilot 403: present token & valid token & field(tokenClaims(token), "role") != "pilot"',
      '200 200: present token & valid token & field(tokenClaims(token), "role") = "pilot"',
    ]);
  });

  test('a limiter counts for the routes that ask, or for all behind it but those that refuse', () => {
    const limited = ['too-many-requests 429', '200 200'];
    const told = (route: string, app = APP) =>
      endings(route, app).map((each) => each.split(':')[0]);
    expect(told('GET /slow')).toEqual(limited);
    expect(told('GET /slower')).toEqual(limited);
    expect(told('GET /free')).toEqual(['200 200']);
    const all = APP.replace(', global: false', '');
    expect(told('GET /before', all)).toEqual(['200 200']);
    expect(told('GET /free', all)).toEqual(['200 200']);
    expect(told('GET /me', all)).toEqual(['none 401', ...limited]);
  });
});

test('requests and replies have what plugins put on them', () => {
  const app = `
    import fastify from 'fastify';
    import plugin from 'fastify-plugin';
    const app = fastify();
    function replies(own, _, done) {
      own.decorateReply('gone', gone);
      own.decorateReply('missing', function () { return this.callNotFound(); });
      own.decorateRequest('role', function () { return this.query.role; });
      own.decorateRequest('user', null);
      done();
      function gone(message) { this.code(410).send({ error: message }); return true; }
    }
    app.register(plugin(replies));
    app.get('/boats/:id', async (request, reply) => {
      if (request.role() === 'guest') return reply.missing();
      if (reply.gone(request.params.id)) return reply;
      return {};
    });
    app.listen({ port: 3000 });`;
  const found = outcomes(trace({ 'app.ts': app }, 'GET /boats/:id', reader));
  expect(found).toEqual(['404 404: query.role = "guest"', '410 410: query.role != "guest"']);
});
