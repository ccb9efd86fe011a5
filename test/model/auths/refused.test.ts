import { describe, expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

const SCHEMA = `
import { pgTable, serial, text } from 'drizzle-orm/pg-core';
export const keepers = pgTable('keepers', { id: serial('id').primaryKey(), name: text('name').notNull() });`;

function endings(handler: string): string[] {
  const app = `
    import { Hono } from 'hono';
    import { decode } from 'hono/jwt';
    import { jwtVerify, createRemoteJWKSet, decodeJwt, errors } from 'jose';
    import jwt, { TokenExpiredError } from 'jsonwebtoken';
    import { eq } from 'drizzle-orm';
    import { db } from './db';
    import { keepers } from './schema';
    const KEY = process.env.KEY;
    const KEYS = createRemoteJWKSet(new URL(process.env.KEYS));
    const app = new Hono();
    app.get('/me', async (c) => {
      const token = c.req.header('x-token');
      ${handler}
    });
    export default app;`;
  return outcomes(trace({ 'schema.ts': SCHEMA, 'app.ts': app }, 'GET /me'));
}

const PRESENT = 'present headers.x-token & invalid headers.x-token';

describe('a token that is refused', () => {
  test('jsonwebtoken: what has run out, what is wrong, and what is no token', () => {
    expect(
      endings(`
        if (!token) return c.json({ error: 'none' }, 401);
        try {
          const { id } = jwt.verify(token, KEY);
          return c.json({ id });
        } catch (error) {
          if (error instanceof TokenExpiredError) return c.json({ error: 'expired' }, 401);
          if (error.message === 'invalid signature') return c.json({ error: 'forged' }, 403);
          if (error instanceof jwt.JsonWebTokenError) return c.json({ error: error.message }, 400);
          return c.json({ error: 'boom' }, 500);
        }`),
    ).toEqual([
      'none 401: missing headers.x-token',
      '200 200: present headers.x-token & valid headers.x-token',
      `expired 401: ${PRESENT} & tokenRefusal(headers.x-token) = "expired"`,
      `forged 403: ${PRESENT} & tokenRefusal(headers.x-token) = "signature"`,
      `jwt-malformed 400: ${PRESENT} & tokenRefusal(headers.x-token) != "expired" & tokenRefusal(headers.x-token) != "signature"`,
    ]);
  });

  test('jose: claims are refused only where some are asked', () => {
    const handler = (options: string) =>
      endings(`
        try {
          const { payload } = await jwtVerify(token, KEYS${options});
          return c.json({ id: payload.sub });
        } catch (error) {
          if (error.code === 'ERR_JWT_EXPIRED') return c.json({}, 401);
          if (error instanceof errors.JWTClaimValidationFailed) return c.json({}, 403);
          return c.json({}, 400);
        }`).map((each) => each.replace(/ .*/, ''));
    expect(handler(", { issuer: 'harbour' }")).toEqual(['200', '401', '403', '400']);
    expect(handler('')).toEqual(['200', '401', '400']);
  });

  test('one that no catch tells apart is one ending, and no token at all is refused like it', () => {
    expect(
      endings(`
        const { id } = jwt.verify(token, KEY);
        const [keeper] = await db.select().from(keepers).where(eq(keepers.id, id));
        return keeper ? c.json(keeper) : c.json({}, 404);`),
    ).toEqual([
      'JsonWebTokenError 500: anonymous',
      '200 200: authenticated',
      '404 404: absent keeper',
    ]);
  });

  test('reading one without checking it: null, or an error', () => {
    const read = (by: string) =>
      endings(`
        if (!token) return c.json({}, 401);
        const claims = ${by}(token);
        return claims ? c.json({ id: claims.sub }) : c.json({}, 400);`).map((each) =>
        each.replace(/ .*/, ''),
      );
    expect(read('jwt.decode')).toEqual(['401', '200', '400']);
    expect(read('decodeJwt')).toEqual(['401', 'JWSInvalid', '200']);
    expect(read('decode')).toEqual(['401', 'JwtTokenInvalid', '200']);
  });
});
