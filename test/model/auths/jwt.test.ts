import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { programOf } from '../../setup/code.ts';

const TABLES = `
  CREATE TABLE sailors (id serial PRIMARY KEY, email text NOT NULL UNIQUE, role text NOT NULL);`;

function appOf(code: string, dependencies: Record<string, string>) {
  const texts = {
    'package.json': JSON.stringify({ name: 'app', dependencies: { pg: '8', ...dependencies } }),
    'migrations/1.sql': TABLES,
    'app.ts': `import pg from 'pg'; const pool = new pg.Pool(); ${code}`,
  };
  return analyze(programOf(texts), { emit: () => undefined }).apps[0];
}

function authOf(code: string, dependencies: Record<string, string>) {
  return appOf(code, dependencies)?.auth;
}

const HONO = `
  import { Hono } from 'hono';
  const app = new Hono();
  const sailorOf = async (claims) => (await pool.query('select * from sailors where id = $1', [claims.sub])).rows[0];`;

test('jose: the key of a variable, what it must say and, where the app signs, what it is made of', () => {
  const auth = authOf(
    `import { jwtVerify, SignJWT } from 'jose'; ${HONO}
    const key = new TextEncoder().encode(process.env.TOKEN_KEY);
    app.post('/renew', async (c) => {
      const { rows: [sailor] } = await pool.query('select * from sailors where email = $1', [c.req.query('email')]);
      if (!sailor) return c.json({}, 404);
      const token = await new SignJWT({ kind: 'access', role: sailor.role }).setSubject(String(sailor.id)).sign(key);
      return c.json({ token });
    });
    app.get('/me', async (c) => {
      const token = c.req.header('authorization')?.replace('Bearer ', '');
      if (!token) return c.json({ error: 'none' }, 401);
      const { payload } = await jwtVerify(token, key, { audience: 'boats', algorithms: ['HS512'] });
      const sailor = await sailorOf(payload);
      return sailor ? c.json(sailor) : c.json({ error: 'unknown' }, 401);
    });
    export default app;`,
    { hono: '4', jose: '6' },
  );
  expect(auth).toMatchObject({
    actor: 'sailors',
    signIn: null,
    mint: {
      kind: 'jwt',
      secret: 'TOKEN_KEY',
      algorithm: 'HS512',
      claims: {
        kind: { value: 'access' },
        role: { column: 'role' },
        sub: { column: 'id' },
        aud: { value: 'boats' },
      },
    },
  });
});

test('hono/jwt as a middleware, its token in a cookie', () => {
  const auth = authOf(
    `import { jwt } from 'hono/jwt'; ${HONO}
    app.use(jwt({ secret: process.env.TOKEN_KEY, cookie: 'pass', alg: 'HS256' }));
    app.get('/me', async (c) => {
      const sailor = await sailorOf(c.get('jwtPayload'));
      return sailor ? c.json(sailor) : c.json({ error: 'unknown' }, 401);
    });
    export default app;`,
    { hono: '4' },
  );
  expect(auth).toMatchObject({
    carrier: { from: 'cookies', name: 'pass' },
    mint: { secret: 'TOKEN_KEY', algorithm: 'HS256', claims: { sub: { column: 'id' } } },
  });
});

test('express-jwt, and jsonwebtoken with a callback', () => {
  const express = (guard: string) =>
    authOf(
      `import express from 'express'; import { expressjwt } from 'express-jwt'; import jwt from 'jsonwebtoken';
      const app = express();
      ${guard}
      app.get('/me', async (req, res) => {
        const { rows: [sailor] } = await pool.query('select * from sailors where email = $1', [req.auth.email]);
        if (!sailor) return res.status(401).json({ error: 'unknown' });
        res.json(sailor);
      });
      app.listen(3000);`,
      { express: '5', 'express-jwt': '8', jsonwebtoken: '9' },
    );
  const mint = { secret: 'TOKEN_KEY', algorithm: 'HS256', claims: { email: { column: 'email' } } };
  expect(
    express("app.use(expressjwt({ secret: process.env.TOKEN_KEY, algorithms: ['HS256'] }));"),
  ).toMatchObject({ mint });
  expect(
    express(`app.use((req, res, next) => {
      jwt.verify(req.headers.authorization, process.env.TOKEN_KEY, (error, claims) => {
        if (error) return res.status(401).json({ error: 'invalid' });
        req.auth = claims;
        next();
      });
    });`),
  ).toMatchObject({ mint });
});

test('a secret that stands in the code, or comes from nowhere we can see, makes no token', () => {
  const guarded = (secret: string) =>
    authOf(
      `import { jwt } from 'hono/jwt'; import { keys } from 'vault'; ${HONO}
      app.use(jwt({ secret: ${secret} }));
      app.get('/me', async (c) => {
        const sailor = await sailorOf(c.get('jwtPayload'));
        return sailor ? c.json(sailor) : c.json({ error: 'unknown' }, 401);
      });
      export default app;`,
      { hono: '4' },
    );
  expect(guarded("'written down'")).not.toHaveProperty('mint');
  expect(guarded('keys.current')).not.toHaveProperty('mint');
});

const GUARDED = `
  import express from 'express'; import jwt from 'jsonwebtoken';
  const app = express();
  const guard = (req, res, next) => {
    const token = req.headers.authorization && req.headers.authorization.split(' ')[1];
    if (!token) return res.status(401).json({ error: 'none' });
    try {
      const claims = jwt.verify(token, process.env.TOKEN_KEY ?? 'a key for now');
      if (typeof claims === 'string') return res.status(401).json({ error: 'a text' });
      if (claims.data?.id) req.sailorId = claims.data.id;
      next();
    } catch (error) {
      res.status(401).json({ error: 'invalid' });
    }
  };
  const signed = (payload: any) => jwt.sign({ data: payload }, process.env.TOKEN_KEY ?? 'a key for now');
  app.post('/login', async (req, res) => {
    const { rows: [sailor] } = await pool.query('select * from sailors where email = $1', [req.body.email]);
    if (!sailor) return res.status(404).json({});
    res.json({ token: signed(sailor) });
  });
  app.get('/me', guard, async (req, res) => {
    const { rows: [sailor] } = await pool.query('select * from sailors where id = $1', [req.sailorId ?? 0]);
    if (!sailor) return res.status(404).json({ error: 'gone' });
    res.json(sailor);
  });
  app.get('/boats', guard, async (req, res) => { res.json([]); });
  app.listen(3000);`;

test('a token made of a whole row, by a claim inside another that code takes where it is there', () => {
  const auth = authOf(GUARDED, { express: '5', jsonwebtoken: '9' });
  expect(auth).toMatchObject({
    actor: 'sailors',
    mint: {
      secret: 'TOKEN_KEY',
      claims: {
        'data.id': { column: 'id' },
        'data.email': { column: 'email' },
        'data.role': { column: 'role' },
      },
    },
  });
});

test('a route that looks nobody up is asked by somebody all the same', () => {
  const app = appOf(GUARDED, { express: '5', jsonwebtoken: '9' });
  const boats = app?.routes.find(({ path }) => path === '/boats');
  const whens = boats?.outcomes.map(({ status, when }) => [
    status,
    when.map((each) => [each.kind, 'is' in each ? each.is : null]),
  ]);
  expect(whens).toEqual([
    [401, [['actor', 'anonymous']]],
    [401, expect.arrayContaining([['input', 'invalid']])],
    [200, [['actor', 'authenticated']]],
  ]);
});

test('jsonwebtoken: the header that a token is decoded with', () => {
  const app = appOf(
    `import jwt from 'jsonwebtoken'; ${HONO}
    app.get('/me', async (c) => {
      const token = c.req.query('token');
      const whole = jwt.decode(token, { complete: true });
      if (!whole) return c.json({ error: 'none' }, 401);
      if (whole.header.alg !== 'ES512') return c.json({ error: 'algorithm' }, 400);
      const sailor = await sailorOf(whole.payload);
      return sailor ? c.json(sailor) : c.json({ error: 'unknown' }, 404);
    });
    export default app;`,
    { hono: '4', jsonwebtoken: '9' },
  );
  const refused = app?.routes[0]?.outcomes.find(({ code }) => code === 'algorithm');
  expect(refused?.when.map(({ kind }) => kind)).not.toContain('opaque');
});
