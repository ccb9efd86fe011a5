import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const ending = (step: string) =>
  outcomes(
    trace(
      {
        'app.ts': `
          import { Hono } from 'hono';
          export const app = new Hono();
          const named = (name) => ({ name, child: (other) => named(other) });
          app.use(async (c, next) => {
            c.set('log', { by: named('harbour') });
            await next();
          });
          app.use(async (c, next) => {
            const log = c.get('log');
            ${step}
          });
          app.get('/boats', (c) => {
            const { by } = c.get('log');
            if (!by) return c.json({ error: 'nobody' }, 500);
            return c.json({}, by.name === 'harbour' ? 200 : 202);
          });`,
      },
      'GET /boats',
    ),
  );

test('what a step sets behind next() is not there for what it lets through', () => {
  expect(ending(`await next(); log.by = log.by.child('boats');`)).toEqual(['200 200: ']);
  expect(ending(`await next(); log.by = null;`)).toEqual(['200 200: ']);
});

test('what a step sets before next() is there, on each way that leads to it', () => {
  expect(ending(`log.by = log.by.child('boats'); await next();`)).toEqual(['202 202: ']);
  const either = ending(`
    if (c.req.query('boats')) {
      log.by = log.by.child('boats');
      return next();
    }
    await next();
    log.by = null;`);
  expect(either).toEqual(['200 200: missing query.boats', '202 202: present query.boats']);
});

test('an error handler sees what the request carried when the error came up', () => {
  const found = trace(
    {
      'app.ts': `
        import { Hono } from 'hono';
        export const app = new Hono();
        app.use(async (c, next) => {
          if (!c.req.header('x-key')) throw new Error('key');
          c.set('log', { by: 'harbour' });
          await next();
        });
        app.get('/boats', (c) => {
          if (c.req.query('none')) throw new Error('none');
          return c.json({});
        });
        app.onError((error, c) => c.json({ error: error.message }, c.get('log') ? 409 : 401));`,
    },
    'GET /boats',
  );
  expect(outcomes(found)).toEqual([
    'key 401: missing headers.x-key',
    'none 409: present headers.x-key & present query.none',
    '200 200: present headers.x-key & missing query.none',
  ]);
});

/** A guard that swallows why it refuses a key; what is behind it may ask what it put on the request. */
const swallowing = (refusals: string, handler: string) =>
  trace(
    {
      'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
      'migrations/1.sql':
        'CREATE TABLE keys (id serial PRIMARY KEY, owner text NOT NULL, spent boolean NOT NULL, lent boolean NOT NULL);',
      'app.ts': `
        import express from 'express';
        import knex from 'knex';
        import * as keys from 'harbour-keys';
        const db = knex({ client: 'pg' });
        const app = express();
        const ownerOf = (id, key) =>
          new Promise((resolve, reject) => {
            const check = async () => {
              ${refusals}
              return resolve({ name: 'harbour' });
            };
            if (keys.isOld(key)) check();
            else if (keys.isNew(key)) check();
            else reject(new Error('form'));
          });
        app.use(async (req, res, next) => {
          if (!req.headers['x-key']) req.isKnown = false;
          else
            try {
              const owner = await ownerOf(req.headers['x-key'], keys.parse(req.headers['x-key']));
              req.owner = owner.name;
              req.isKnown = true;
            } catch {
              req.isKnown = false;
            }
          next();
        });
        app.use((req, res, next) => {
          if (!req.isKnown) return res.sendStatus(401);
          next();
        });
        app.get('/boats', (req, res) => {
          ${handler}
        });
        app.listen(3000);`,
    },
    'GET /boats',
    express,
  );

const times = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n');

test('behind a catch that goes on the way without an error goes on too, however many lead there', () => {
  const refusals = times(
    20,
    (at) => `if (keys.isRefused${at}(key)) return reject(new Error('refused'));`,
  );
  const found = swallowing(refusals, 'res.sendStatus(204);');
  expect(found.outcomes.map(({ status }) => status)).toEqual([401, 204]);
});

test('what is set along with a flag is there where the flag is, whatever else that asks for', () => {
  const refusals = times(
    7,
    (at) => `
      if (keys.isA${at}(key)) {
        const row${at} = await db('keys').where({ id, owner: keys.nameIn(key) }).first();
        if (!row${at} || (keys.isB${at}(key) && (row${at}.spent || keys.isC${at}(row${at})))) return reject(new Error('spent'));
      } else if (keys.isD${at}(key) && (keys.isE${at}(key) || keys.isF${at}(key))) return reject(new Error('lent'));`,
  );
  const handler = 'if (!req.owner) return res.sendStatus(500); res.sendStatus(204);';
  const found = swallowing(refusals, handler);
  expect(found.outcomes.map(({ status }) => status)).toEqual([401, 204]);
});
