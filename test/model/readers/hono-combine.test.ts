import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

const of = (route: string, code: string) =>
  outcomes(
    trace(
      {
        'app.ts': `
          import { Hono } from 'hono';
          import { bearerAuth } from 'hono/bearer-auth';
          import { bodyLimit } from 'hono/body-limit';
          import { every, except, some } from 'hono/combine';
          import { HTTPException } from 'hono/http-exception';
          const app = new Hono();
          const isLocal = (c) => c.req.header('x-from') === 'inside';
          const key = async (c, next) => {
            if (!c.req.header('x-key')) return c.json({ error: 'no-key' }, 403);
            await next();
          };
          ${code}
          app.all('/boats/:id', (c) => c.json({}));
          app.all('/boats/public/list', (c) => c.json({}));
          export default app;`,
      },
      route,
    ),
  );

test('one of several is enough, and what the last of them throws is thrown', () => {
  expect(
    of('ALL /boats/:id', `app.use('/boats/*', some(isLocal, bearerAuth({ token: 't' })));`),
  ).toEqual([
    'unauthorized 401: headers.x-from != "inside" & (invalid headers.authorization | missing headers.authorization)',
    '200 200: (headers.x-from = "inside" | present headers.authorization & valid headers.authorization)',
  ]);
  expect(
    of('ALL /boats/:id', `app.use('/boats/*', some(bearerAuth({ token: 't' }), key));`),
  ).toEqual([
    'no-key 403: missing headers.x-key & (invalid headers.authorization | missing headers.authorization)',
    '200 200: (present headers.authorization & valid headers.authorization | present headers.authorization & invalid headers.authorization & present headers.x-key | missing headers.authorization & present headers.x-key)',
  ]);
});

test('every one is asked, one behind the other', () => {
  const code = `app.use('/boats/*', some(isLocal, every(bearerAuth({ token: 't' }), key)));`;
  expect(of('ALL /boats/:id', code)).toEqual([
    'no-key 403: headers.x-from != "inside" & present headers.authorization & valid headers.authorization & missing headers.x-key',
    'unauthorized 401: headers.x-from != "inside" & (invalid headers.authorization | missing headers.authorization)',
    '200 200: (headers.x-from = "inside" | present headers.authorization & valid headers.authorization & present headers.x-key)',
  ]);
});

test('but for what is excepted', () => {
  const code = `app.use('/boats/*', except('/boats/public/*', key));`;
  expect(of('ALL /boats/public/list', code)).toEqual(['200 200: ']);
  expect(of('ALL /boats/:id', code)).toEqual([
    'no-key 403: missing headers.x-key',
    '200 200: present headers.x-key',
  ]);
  expect(of('ALL /boats/:id', `app.use('/boats/*', except([isLocal], key));`)).toEqual([
    'no-key 403: headers.x-from != "inside" & missing headers.x-key',
    '200 200: (headers.x-from = "inside" | present headers.x-key)',
  ]);
});

test('a body that is too large is refused', () => {
  expect(of('ALL /boats/:id', `app.use(bodyLimit({ maxSize: 1024 }));`)).toEqual([
    'payload-too-large 413: <sending more than bodyLimit takes>',
    '200 200: ',
  ]);
  const own = `app.use(bodyLimit({ maxSize: 1024, onError: (c) => c.json({ error: 'large' }, 413) }));`;
  expect(of('ALL /boats/:id', own)).toEqual([
    'large 413: <sending more than bodyLimit takes>',
    '200 200: ',
  ]);
});

test('an exception answers as it says', () => {
  const code = `
    app.use(async (c, next) => {
      if (!c.req.header('x-key')) throw new HTTPException(401, { message: 'no key' });
      if (!c.req.header('x-name')) throw new HTTPException(401, { res: c.json({ error: 'no-name' }, 418) });
      if (c.req.header('x-name') === 'x') throw new HTTPException(403, { cause: { error: 'banned' } });
      await next();
    });
    app.onError((error, c) => {
      if (error.cause?.error) return c.json({ error: error.cause.error }, error.status);
      if (error instanceof HTTPException) return error.getResponse();
      return c.json({ error: 'internal' }, 500);
    });`;
  expect(of('ALL /boats/:id', code)).toEqual([
    'no-key 401: missing headers.x-key',
    'no-name 418: present headers.x-key & missing headers.x-name',
    'banned 403: present headers.x-key & present headers.x-name & headers.x-name = "x"',
    '200 200: present headers.x-key & present headers.x-name & headers.x-name != "x"',
  ]);
});

test('a part of the request whose name is not known is not known', () => {
  const code = `app.use(async (c, next) => {
    const named = await (await fetch('https://names.example')).text();
    if (c.req.query(named)) return c.json({ error: 'named' }, 403);
    await next();
  });`;
  expect(of('ALL /boats/:id', code)).toEqual([
    '500 500: not <fetch https://names.example>',
    'named 403: [c.req.query(named)]',
    '200 200: not [c.req.query(named)]',
  ]);
});
