import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const traced = (before: string, handler: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
        'app.ts': `
          import express from 'express';
          import cors from 'cors';
          import passport from 'passport';
          import { expressjwt } from 'express-jwt';
          import { rateLimit } from 'express-rate-limit';
          import { tenant } from 'some-tenants';
          import i18next from 'i18next-http-middleware';
          import translations from 'i18next';
          const app = express();
          app.get('/mine', ${before} (req: any, res: any) => {${handler}});
          app.use((error: any, req: any, res: any, next: any) =>
            res.status(error.status ?? 500).json({ error: error.code ?? 'internal' }));
          app.listen(3000);`,
      },
      'GET /mine',
      express,
    ),
  );

test('what middleware of a package put on the request is not known', () => {
  const handler = `if (!req.tenant) return res.sendStatus(404); res.sendStatus(204);`;
  expect(traced('tenant(),', handler)).toEqual([
    '404 404: not [req.tenant]',
    '204 204: [req.tenant]',
  ]);
  expect(traced('cors(),', handler)).toEqual(['404 404: ']);
});

test('a request that middleware translates for carries that, and nothing else', () => {
  const handler = `if (req.tenant) return res.sendStatus(404); res.sendStatus(req.t ? 204 : 500);`;
  expect(traced('i18next.handle(translations),', handler)).toEqual([
    '204 204: [req.t]',
    '500 500: not [req.t]',
  ]);
});

test('express-jwt refuses a request without a token, and one with a bad one', () => {
  const handler = `if (req.auth.iss !== 'us') return res.sendStatus(403); res.sendStatus(204);`;
  expect(traced(`expressjwt({ secret: 's', algorithms: ['HS256'] }),`, handler)).toEqual([
    'invalid_token 401: present headers.authorization & invalid headers.authorization',
    'credentials_required 401: missing headers.authorization',
    '403 403: present headers.authorization & valid headers.authorization & field(tokenClaims(headers.authorization), "iss") != "us"',
    '204 204: present headers.authorization & valid headers.authorization & field(tokenClaims(headers.authorization), "iss") = "us"',
  ]);
});

test('passport answers 401 itself where its strategy finds nobody', () => {
  const handler = `res.json({ id: req.user.id });`;
  expect(traced(`passport.authenticate('jwt', { session: false }),`, handler)).toEqual([
    'unauthorized 401: not <passport jwt>',
    '200 200: <passport jwt>',
  ]);
});

test('express-rate-limit answers 429, itself or by its handler, and no other ending depends on it', () => {
  const above = '<going past the limit of express-rate-limit>';
  const handler = 'res.sendStatus(204);';
  expect(traced('rateLimit({ windowMs: 1000, max: 5 }),', handler)).toEqual([
    `too-many-requests-please-try-again-later 429: ${above}`,
    '204 204: ',
  ]);
  const own = `handler: (req, res) => res.status(503).json({ error: 'busy' })`;
  expect(traced(`rateLimit({ limit: 5, ${own} }),`, handler)).toEqual([
    `busy 503: ${above}`,
    '204 204: ',
  ]);
  const thrown = `handler: (req, res, next, { statusCode, message }) => {
    throw Object.assign(new Error(message), { status: statusCode, code: 'over' });
  }`;
  expect(traced(`rateLimit({ limit: 5, ${thrown} }),`, handler)).toEqual([
    `over 429: ${above}`,
    '204 204: ',
  ]);
});

test('the path is decided for the route that answers, as it is seen from where a middleware is mounted', () => {
  const of = (route: string) =>
    outcomes(
      trace(
        {
          'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
          'app.ts': `
            import express from 'express';
            const app = express();
            const open = ['/api/login', '/api/health'];
            const guard = (req: any, res: any, next: any) => {
              if (open.includes(req.path) || open.some((each) => req.url.startsWith(each + '/'))) return next();
              if (!req.headers.token) return res.sendStatus(401);
              next();
            };
            const admin = (req: any, res: any, next: any) => {
              if (req.path === '/orders' && req.baseUrl === '/api') return next();
              return res.sendStatus(req.path.startsWith('/orders/') ? 403 : 404);
            };
            const router = express.Router();
            router.get('/login', (req: any, res: any) => res.sendStatus(204));
            router.get('/orders', admin, (req: any, res: any) => res.sendStatus(204));
            router.get('/orders/:id', admin, (req: any, res: any) => res.sendStatus(204));
            app.use(guard);
            app.use('/api', router);
            app.listen(3000);`,
        },
        route,
        express,
      ),
    );
  expect(of('GET /api/login')).toEqual(['204 204: ']);
  expect(of('GET /api/orders')).toEqual([
    '401 401: missing headers.token',
    '204 204: present headers.token',
  ]);
  expect(of('GET /api/orders/:id')).toEqual([
    '401 401: missing headers.token',
    '403 403: present headers.token',
  ]);
});

test('an origin that the app makes an error of is refused', () => {
  const guard = `cors({ origin: (origin, callback) =>
    origin === 'https://farm.example' || !origin ? callback(null, true) : callback(new Error('no')) }),`;
  expect(traced(guard, 'res.sendStatus(204);')).toEqual([
    'internal 500: headers.origin != "https://farm.example" & present headers.origin',
    '204 204: (headers.origin = "https://farm.example" | missing headers.origin)',
  ]);
});

test('middleware that only lets requests pass puts nobody on them', () => {
  const app = `
    import express from 'express';
    import cookieParser from 'cookie-parser';
    import session from 'cookie-session';
    import helmet from 'helmet';
    const app = express();
    app.use(helmet({ contentSecurityPolicy: false }));
    app.use(cookieParser());
    if (process.env.SESSIONS) app.use(session({ keys: ['a'] }));
    const authenticate = (type) => (req, res, next) => {
      if (req.user) return next();
      if ((req.get('x-error') || elsewhere) && type === 'oidc') return res.sendStatus(403);
      return req.cookies.token ? next() : res.sendStatus(401);
    };
    app.get('/mine', authenticate('jwt'), (req, res) => res.sendStatus(204));
    app.listen(3000);`;
  expect(outcomes(trace({ 'app.ts': app }, 'GET /mine', express))).toEqual([
    '401 401: missing cookies.token',
    '204 204: present cookies.token',
  ]);
});

test('that a token makes a claim does not say that it is a text', () => {
  const handler = `
    if (typeof req.auth.sub === 'string' || !req.auth.sub) return res.sendStatus(403);
    res.sendStatus(204);`;
  const found = traced("expressjwt({ secret: 'a', algorithms: ['HS256'] }),", handler);
  expect(found.map((each) => each.slice(0, 3)).sort()).toEqual(['204', '403', 'cre', 'inv']);
});

test('a method of the response that is wrapped still answers, and one that is replaced answers as written', () => {
  const wrapped = (name: string) => `(req: any, res: any, next: any) => {
    const before = res.${name};
    res.${name} = function (...args: any[]) { console.log(args[0]); return before.apply(this, args); };
    next();
  },`;
  expect(traced(wrapped('writeHead'), `res.writeHead(404); res.end();`)).toEqual(['404 404: ']);
  expect(traced(wrapped('send'), `res.status(409).send({});`)).toEqual(['409 409: ']);
  const replaced = `(req: any, res: any, next: any) => {
    res.json = (body: any, status = 200) => { res.status(status); res.end(JSON.stringify(body)); };
    next();
  },`;
  expect(traced(replaced, `res.json({ error: 'taken' }, 409);`)).toEqual(['taken 409: ']);
});

test('a request always has parameters, a query and headers', () => {
  const handler = `
    if (typeof req.params === 'undefined' || !req.query || req.headers === undefined)
      return res.sendStatus(412);
    res.status(req.query?.kind === 'x' ? 202 : 204).end();`;
  expect(traced('', handler)).toEqual(['202 202: query.kind = "x"', '204 204: query.kind != "x"']);
});

test('an answer that is begun and goes on, or that a stream is piped into, is one', () => {
  const events = `
    if (!req.query.topic) return res.sendStatus(400);
    res.setHeader('Content-Type', 'text/event-stream');
    res.flushHeaders();
    const beat = setInterval(() => res.write('beat'), 1000);
    req.on('close', () => clearInterval(beat));`;
  expect(traced('', events)).toEqual([
    '400 400: missing query.topic',
    '200 200: present query.topic',
  ]);
  const file = `
    const stream = open('file');
    if (!stream) return res.sendStatus(404);
    stream.on('error', () => res.sendStatus(500));
    stream.pipe(res);`;
  expect(traced('', file).map((each) => each.slice(-20))).toEqual([
    '04 404: not [stream]',
    '200 200: [stream]',
  ]);
  expect(
    traced('', `res.status(206); require('stream').pipeline(open('f'), res, () => {});`),
  ).toEqual(['206 206: ']);
  expect(traced('', `res.write('a'); res.end();`)).toEqual(['200 200: ']);
});

test('guards that are others under a setting are told apart by it', () => {
  const text = `
    import express from 'express';
    const app = express();
    const inTests = process.env.CI !== undefined;
    let guards = process.env.OPEN === 'yes'
      ? [(req: any, res: any, next: any) => next()]
      : [(req: any, res: any, next: any) => (req.headers['x-key'] ? next() : res.sendStatus(401))];
    if (inTests) guards = [(req: any, res: any, next: any) => (req.headers['x-test'] ? next() : res.sendStatus(403))];
    app.get('/mine', guards, (req: any, res: any) => res.sendStatus(204));
    app.listen(3000);`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { express: '5' } });
  const found = outcomes(trace({ 'package.json': manifest, 'app.ts': text }, 'GET /mine', express));
  expect(found.map((each) => each.replace(/^\S+ /, ''))).toEqual([
    '403: env.CI != null & missing headers.x-test',
    '204: (env.CI != null & present headers.x-test | env.CI = null & env.OPEN = "yes" | env.CI = null & env.OPEN != "yes" & present headers.x-key)',
    '401: env.CI = null & env.OPEN != "yes" & missing headers.x-key',
  ]);
});

test('whether a handler is an async function is known, however it is asked', () => {
  const wrapped = (test: string) => `
    import express from 'express';
    import { types } from 'node:util';
    import { isAsyncFunction } from 'util/types';
    const app = express();
    const wrap = (fn: any) => (req: any, res: any, next: any) =>
      ${test} ? fn(req, res).catch(next) : res.sendStatus(500);
    app.get('/mine', wrap(async (req: any, res: any) => res.sendStatus(204)));
    app.listen(3000);`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { express: '5' } });
  const tests = [
    'isAsyncFunction(fn)',
    'types.isAsyncFunction(fn)',
    `fn.constructor.name === 'AsyncFunction'`,
  ];
  for (const test of tests) {
    const app = { 'package.json': manifest, 'app.ts': wrapped(test) };
    expect(outcomes(trace(app, 'GET /mine', express))).toEqual(['204 204: ']);
  }
});

test('who is put on the request on the next tick is there', () => {
  const handler = `if (!req.user) return res.sendStatus(401); res.sendStatus(204);`;
  const before = `(req: any, res: any, next: any) => process.nextTick((user: any) => { req.user = user; setImmediate(next); }, { id: 1 }),`;
  expect(traced(before, handler)).toEqual(['204 204: ']);
});

test('a route knows the path it was registered with below where its router is mounted', () => {
  const text = `
    import express from 'express';
    import path from 'node:path';
    const router = express.Router();
    const OPEN = ['/shop/berths'];
    const guard = (req: any, res: any, next: any) =>
      OPEN.includes(path.join(req.baseUrl, req.route.path)) ? next() : res.sendStatus(401);
    router.get('/berths', guard, (req: any, res: any) => res.sendStatus(204));
    router.get('/crews/:id', guard, (req: any, res: any) => res.sendStatus(204));
    const app = express();
    app.use('/shop', router);
    app.listen(3000);`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { express: '5' } });
  const app = { 'package.json': manifest, 'app.ts': text };
  expect(outcomes(trace(app, 'GET /shop/berths', express))).toEqual(['204 204: ']);
  expect(outcomes(trace(app, 'GET /shop/crews/:id', express))).toEqual(['401 401: ']);
});

test('passport’s own strategy restores who the session names', () => {
  const handler = `if (!req.isAuthenticated()) return res.sendStatus(401); res.sendStatus(204);`;
  const found = (before: string) =>
    outcomes(
      trace(
        {
          'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
          'app.ts': `
          import express from 'express';
          import passport from 'passport';
          import session from 'express-session';
          passport.deserializeUser((user: any, done: any) => process.nextTick(() => done(null, user)));
          const app = express();
          app.use(session({ secret: 's', name: 'sid' }), passport.initialize());
          app.get('/mine', ${before}, (req: any, res: any) => { ${handler} });
          app.listen(3000);`,
        },
        'GET /mine',
        express,
      ),
    );
  expect(found(`passport.authenticate('session')`)).toEqual(found('passport.session()'));
  expect(found(`passport.authenticate('session')`).map((each) => each.slice(0, 3))).toEqual([
    '401',
    '204',
  ]);
});

test('a method of the response that is wrapped on one way alone answers on both', () => {
  const before = `async (req: any, res: any, next: any) => {
    if (req.headers['x-wrapped']) {
      const json = res.json.bind(res);
      res.json = (body: any) => json(body);
    }
    next();
  },`;
  expect(traced(before, `res.status(201).json({ ok: true });`)).toEqual(['201 201: ']);
});

test('what version 3 has of its own lets requests through as they are', () => {
  const handler = `if (!req.tenant) return res.sendStatus(404); res.sendStatus(204);`;
  expect(traced('express.cookieParser(), express.compress(),', handler)).toEqual(['404 404: ']);
});

test('a copy of the request has what middleware put on it, and nothing else of its own', () => {
  const before = `(req: any, res: any, next: any) => { req.role = req.query.role; next(); },`;
  const handler = `
    const options = { ...req, quiet: true };
    if (options.transaction) return res.sendStatus(500);
    if (options.role === 'guest') return res.sendStatus(403);
    res.sendStatus(204);`;
  expect(traced(before, handler)).toEqual([
    '403 403: query.role = "guest"',
    '204 204: query.role != "guest"',
  ]);
});

const forms = (imports: string, protection: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { express: '4' } }),
        'app.ts': `
          import express from 'express';
          ${imports}
          const app = express();
          app.use((req: any, res: any, next: any) => {
            ${protection}
          });
          app.post('/notes', (req: any, res: any) => res.sendStatus(204));
          app.use((error: any, req: any, res: any, next: any) =>
            res.status(error === invalid ? 419 : 500).json({ error: error.code }));
          app.listen(3000);`,
      },
      'POST /notes',
      express,
    ),
  );

test('a token against forged requests is refused by its own error', () => {
  const made = `import { csrfSync } from 'csrf-sync';
    const { invalidCsrfTokenError: invalid, csrfSynchronisedProtection: protect } = csrfSync({});`;
  expect(forms(made, 'protect(req, res, (error: any) => next(error));')).toEqual([
    'EBADCSRFTOKEN 419: not [the CSRF token is the one of the session]',
    '204 204: [the CSRF token is the one of the session]',
  ]);
});

test('middleware that nobody reads, called with a function of the app, lets the request pass', () => {
  const made = `import { guard } from 'some-guard';
    const invalid = new Error('invalid');
    const protect = guard();`;
  expect(forms(made, 'protect(req, res, () => next());')).toEqual(['204 204: ']);
});

test('what middleware that nobody reads calls back with may be an error', () => {
  const handler = `tenant(req, res, (error) => {
    if (error) return res.sendStatus(413);
    res.sendStatus(204);
  });`;
  expect(traced('', handler)).toEqual(['413 413: [error]', '204 204: not [error]']);
});

test('what an app is given beside its routes is not known', () => {
  const handler = `if (!app.locals.users.knows(req.query.name)) return res.sendStatus(403); res.sendStatus(204);`;
  expect(traced('', handler)).toEqual([
    '403 403: not [app.locals.users.knows(req.query.name)]',
    '204 204: [app.locals.users.knows(req.query.name)]',
  ]);
});

test('what code puts on the app before routes are made is there when they are', () => {
  const app = `
    import express, { Application } from 'express';
    const makeUsers = (key: string) => ({ knows: (req: any) => req.get(key) === 'anna' });
    const makeGuard = (users: any) => ({
      knowing: (status: number) => (req: any, res: any, next: any) => users.knows(req) ? next() : res.sendStatus(status),
    });
    const routes = (app: Application) => {
      const users = (app as any).users;
      const guard = makeGuard((app as any).users);
      app.get('/mine', guard.knowing(401), (req, res) => res.sendStatus(users.knows(req) ? 204 : 403));
    };
    const load = async ({ app }: { app: Application }) => {
      (app as any).users = makeUsers('x-user');
      routes(app);
    };
    const start = async () => { const app = express(); await load({ app }); app.listen(3000); };
    start();`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { express: '5' } });
  const found = trace({ 'package.json': manifest, 'app.ts': app }, 'GET /mine', express);
  expect(outcomes(found)).toEqual([
    '401 401: headers.x-user != "anna"',
    '204 204: headers.x-user = "anna"',
  ]);
});

test('a session that only one way puts something into holds on the others what it held', () => {
  const found = outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
        'app.ts': `
          import express from 'express';
          import session from 'express-session';
          const app = express();
          app.use(session({ secret: 's', name: 'sid' }));
          app.use((req: any, res: any, next: any) => {
            if (process.env.BYPASS === 'true') req.session.userId = process.env.USER;
            if (req.query.out) req.session.userId = undefined;
            next();
          });
          app.get('/mine', (req: any, res: any) => res.sendStatus(req.session.userId ? 204 : 401));
          app.listen(3000);`,
      },
      'GET /mine',
      express,
    ),
  );
  const kept = found.find((each) => each.startsWith('204'));
  expect(kept).toContain('present cookies.sid');
  expect(kept).toContain('missing query.out');
});

test('what the app puts on all responses answers as one of their own methods', () => {
  const files = (put: string) => ({
    'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
    'told.ts': put,
    'app.ts': `
      import './told';
      import express from 'express';
      const app = express();
      app.get('/mine', (req: any, res: any) => { res.told(201, 'made'); });
      app.listen(3000);`,
  });
  const told = `function (this: any, code: number, message: string) {
    return this.status(code).json({ message });
  }`;
  for (const put of [
    `import { response } from 'express'; response.told = ${told};`,
    `import express from 'express'; Object.assign(express.response, { told: ${told} });`,
    `import http from 'http'; http.ServerResponse.prototype.told = ${told};`,
  ])
    expect(outcomes(trace(files(put), 'GET /mine', express))).toEqual(['201 201: ']);
});

test('of a list that much may be put into it is told whether anything was', () => {
  const rules = ['a', 'b', 'c', 'd', 'e'].map(
    (name) => `if (!req.query.${name}) errors.push('${name}');`,
  );
  const handler = `const errors: string[] = []; ${rules.join(' ')}
    if (errors.length !== 0) return res.sendStatus(400); res.sendStatus(204);`;
  const missing = ['a', 'b', 'c', 'd', 'e'].map((name) => `missing query.${name}`);
  const [refused = '', taken = ''] = traced('', handler);
  for (const each of missing) expect(refused).toContain(each);
  expect(taken).toBe(
    '204 204: present query.a & present query.b & present query.c & present query.d & present query.e',
  );
});

test('an error handler that answers with a status that the error has none of fails itself', () => {
  const app = (version: string) => ({
    'package.json': JSON.stringify({ name: 'app', dependencies: { express: version } }),
    'app.ts': `
      import express from 'express';
      class Refused extends Error { constructor(readonly code: number) { super('refused'); } }
      const app = express();
      app.use(express.json());
      app.post('/mine', (req: any, res: any) => {
        if (req.body.a) throw new Refused(409);
        if (req.body.b) throw new TypeError('b');
        res.sendStatus(204);
      });
      app.use((error: any, req: any, res: any, next: any) => res.status(error.code).json({}));
      app.listen(3000);`,
  });
  for (const version of ['4', '5'])
    expect(outcomes(trace(app(version), 'POST /mine', express))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Refused 409: present body\.a/),
        expect.stringMatching(/^RangeError 500: .*present body\.b/),
      ]),
    );
});

test('a strategy of an identity provider sends people there, and hears of them when they come back', () => {
  const found = (more: string) =>
    outcomes(
      trace(
        {
          'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
          'app.ts': `
          import express from 'express';
          import passport from 'passport';
          import { Strategy as Google } from 'passport-google-oauth20';
          passport.use(new Google({ clientID: 'c' }, (token: any, later: any, profile: any, done: any) =>
            profile.email ? done(null, { id: 1 }) : done(null, false, { message: 'no email' })));
          const app = express();
          app.get('/mine', ${more}, (req: any, res: any) => res.sendStatus(204));
          app.use((error: any, req: any, res: any, next: any) => res.status(502).json({ error: error.name }));
          app.listen(3000);`,
        },
        'GET /mine',
        express,
      ),
    );
  const denied = 'present query.error & query.error = "access_denied"';
  const failed = 'AuthorizationError 502: present query.error & query.error != "access_denied"';
  const begun = '302 302: missing query.error & missing query.code';
  const back = 'missing query.error & present query.code';
  expect(found(`passport.authenticate('google')`)).toEqual([
    `unauthorized~error=access_denied 401: ${denied}`,
    failed,
    `unauthorized~not-profile-email 401: ${back} & <passport google> & not [profile.email]`,
    begun,
    `InternalOAuthError 502: ${back} & not <passport google>`,
    `204 204: ${back} & <passport google> & [profile.email]`,
  ]);
  const told = `(error: any, user: any, info: any) =>
    error ? next(error) : user ? next() : res.status(403).json({ error: info?.message ?? 'left' })`;
  expect(
    found(
      `(req: any, res: any, next: any) => passport.authenticate('google', ${told})(req, res, next)`,
    ),
  ).toEqual([
    `left 403: ${denied}`,
    failed,
    `no-email 403: ${back} & <passport google> & not [profile.email]`,
    begun,
    `InternalOAuthError 502: ${back} & not <passport google>`,
    `204 204: ${back} & <passport google> & [profile.email]`,
  ]);
});

test('what a query names is there', () => {
  const handler = `if ('draft' in req.query) return res.sendStatus(404); res.sendStatus(204);`;
  expect(traced('cors(),', handler)).toEqual([
    '404 404: present query.draft',
    '204 204: missing query.draft',
  ]);
});
