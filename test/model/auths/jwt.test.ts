import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { programOf } from '../../setup/code.ts';

const TABLES = `
  CREATE TABLE sailors (id serial PRIMARY KEY, email text NOT NULL UNIQUE, role text NOT NULL);`;

function authOf(code: string, dependencies: Record<string, string>) {
  const texts = {
    'package.json': JSON.stringify({ name: 'app', dependencies: { pg: '8', ...dependencies } }),
    'migrations/1.sql': TABLES,
    'app.ts': `import pg from 'pg'; const pool = new pg.Pool(); ${code}`,
  };
  const [app] = analyze(programOf(texts), { emit: () => undefined }).apps;
  return app?.auth;
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
