import { expect, test } from 'vitest';
import { koa } from '../../../src/model/readers/koa.ts';
import { nest } from '../../../src/model/readers/nest.ts';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from '../trace/shop.ts';

const past = (library: string) => `<going past the limit of ${library}>`;

const traced = (text: string) => outcomes(trace(shop(text), 'GET /mine'));

test('hono-rate-limiter answers 429, itself or by its handler, and no other ending depends on it', () => {
  const asked = (options: string) =>
    traced(`import { rateLimiter } from 'hono-rate-limiter';
      app.use(rateLimiter({ windowMs: 1000, limit: 5${options} }));
      app.get('/mine', (c) => c.body(null, 204));`);
  expect(asked('')).toEqual([
    `too-many-requests-please-try-again-later 429: ${past('hono-rate-limiter')}`,
    '204 204: ',
  ]);
  expect(asked(`, handler: (c) => c.json({ error: 'busy' }, 503)`)).toEqual([
    `busy 503: ${past('hono-rate-limiter')}`,
    '204 204: ',
  ]);
});

test('rate-limiter-flexible rejects past its limit, with no error', () => {
  const found = traced(`import { RateLimiterMemory } from 'rate-limiter-flexible';
    const limiter = new RateLimiterMemory({ points: 5, duration: 1 });
    app.get('/mine', async (c) => {
      try {
        await limiter.consume(c.req.header('x-client'));
      } catch (rejected) {
        if (rejected instanceof Error) return c.body(null, 500);
        return c.json({ error: 'slow_down' }, 429);
      }
      return c.body(null, 204);
    });`);
  expect(found).toEqual([
    `slow_down 429: ${past('rate-limiter-flexible')}`,
    `204 204: not ${past('rate-limiter-flexible')}`,
  ]);
});

test('@upstash/ratelimit says whether a request is let through', () => {
  const found = traced(`import { Ratelimit } from '@upstash/ratelimit';
    import { Redis } from '@upstash/redis';
    const limiter = new Ratelimit({ redis: Redis.fromEnv(), limiter: Ratelimit.slidingWindow(10, '10 s') });
    app.get('/mine', async (c) => {
      const { success } = await limiter.limit('all');
      if (!success) return c.json({ error: 'slow_down' }, 429);
      return c.body(null, 204);
    });`);
  expect(found).toEqual([
    `slow_down 429: ${past('@upstash/ratelimit')}`,
    `204 204: not ${past('@upstash/ratelimit')}`,
  ]);
});

test('koa-ratelimit answers 429 itself', () => {
  const app = `
    import Koa from 'koa';
    import Router from '@koa/router';
    import ratelimit from 'koa-ratelimit';
    const app = new Koa();
    const router = new Router();
    router.get('/mine', (ctx) => { ctx.status = 204; });
    app.use(ratelimit({ driver: 'memory', db: new Map(), max: 5, errorMessage: { error: 'busy' } }));
    app.use(router.routes());
    app.listen(3000);`;
  expect(outcomes(trace({ 'app.ts': app }, 'GET /mine', koa))).toEqual([
    `busy 429: ${past('koa-ratelimit')}`,
    '204 204: ',
  ]);
});

test('the guard of @nestjs/throttler throws 429 where it is not skipped', () => {
  const app = `
    import { Controller, Get, HttpCode, Module } from '@nestjs/common';
    import { APP_GUARD, NestFactory } from '@nestjs/core';
    import { SkipThrottle, ThrottlerGuard } from '@nestjs/throttler';
    @Controller()
    class Desk {
      @Get('mine') @HttpCode(204) mine() {}
      @SkipThrottle() @Get('open') @HttpCode(204) open() {}
    }
    @Module({ controllers: [Desk], providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }] })
    class AppModule {}
    NestFactory.create(AppModule).then((app) => app.listen(3000));`;
  const asked = (route: string) => outcomes(trace({ 'main.ts': app }, route, nest)).sort();
  const [passed, refused] = asked('GET /mine');
  expect(passed).toBe('204 204: ');
  expect(refused).toMatch(/ 429: <going past the limit of @nestjs\/throttler>$/);
  expect(asked('GET /open')).toEqual(['204 204: ']);
});
