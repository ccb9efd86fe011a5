import { expect, test } from 'vitest';
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
