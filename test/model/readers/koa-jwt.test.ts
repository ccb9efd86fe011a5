import { expect, test } from 'vitest';
import { koa } from '../../../src/model/readers/koa.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const traced = (options: string, route: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({
          name: 'app',
          dependencies: { koa: '2', '@koa/router': '13' },
        }),
        'app.ts': `
          import Koa from 'koa';
          import Router from '@koa/router';
          import jwt from 'koa-jwt';
          const app = new Koa();
          const router = new Router();
          router.get('/x', jwt(${options}), (ctx) => {
            ctx.status = ctx.state.user ? 200 : 204;
          });
          router.all('/any', (ctx) => { ctx.status = ctx.method === 'POST' ? 201 : 405; });
          app.use(router.routes());
          app.listen(3000);`,
      },
      route,
      koa,
    ),
  );

const statuses = (found: readonly string[]) =>
  [...new Set(found.map((each) => each.replace(/^.*? (\d+):.*/, '$1')))].sort();

test('koa-jwt refuses whoever has no good token', () => {
  expect(statuses(traced(`{ secret: 's' }`, 'GET /x'))).toEqual(['200', '401']);
});

test('with `passthrough` it lets nobody pass as nobody', () => {
  expect(statuses(traced(`{ secret: 's', passthrough: true }`, 'GET /x'))).toEqual(['200', '204']);
});

test('a route for all methods is asked with any', () => {
  expect(statuses(traced(`{ secret: 's' }`, 'ALL /any'))).toEqual(['201', '405']);
});
