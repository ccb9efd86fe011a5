import { expect, test } from 'vitest';
import type { FrameworkReader } from '../../../src/model/reader.ts';
import { express } from '../../../src/model/readers/express.ts';
import { fastify } from '../../../src/model/readers/fastify.ts';
import { hono } from '../../../src/model/readers/hono.ts';
import { koa } from '../../../src/model/readers/koa.ts';
import { nest } from '../../../src/model/readers/nest.ts';
import { trpc } from '../../../src/model/readers/trpc.ts';
import { cases, trace } from '../../setup/trace.ts';
import { SCHEMA } from './shop.ts';

const LINKED = `${SCHEMA}
export const userRelations = relations(users, ({ many }) => ({ orders: many(orders) }));`;

const GUARDS = `
import { eq } from 'drizzle-orm';
import { db } from './db';
import { products, users } from './schema';
export async function found(email) {
  const user = await db.query.users.findFirst({
    where: eq(users.email, email), with: { orders: { with: { items: true } } },
  });
  if (user?.role === 'admin') await db.insert(products).values({ active: true, price: 1, stock: 1 });
  return user;
}
export const may = (user) =>
  user.role === 'admin' || user.orders.flatMap((order) => order.items).some((item) => item.quantity === 1);`;

interface App {
  readonly framework: FrameworkReader;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly code: string;
}

const told = ({ framework, dependencies, code }: App) => {
  const manifest = { name: 'app', dependencies: { 'drizzle-orm': '0.45', ...dependencies } };
  const app = `import { found, may } from './guards';\n${code}`;
  const texts = {
    'package.json': JSON.stringify(manifest),
    'schema.ts': LINKED,
    'guards.ts': GUARDS,
    'main.ts': app,
  };
  const traced = trace(texts, 'GET /mine', framework);
  return { cases: cases(traced), ends: traced.outcomes.map(({ status }) => status) };
};

const NONE = { cases: [], ends: [401, 403, 200] };

test('what middleware of Hono did decides no case', () => {
  const code = `
    import { Hono } from 'hono';
    const app = new Hono();
    app.use(async (c, next) => {
      const user = await found(c.req.header('x-user'));
      if (!user) return c.json({ error: 'who' }, 401);
      c.set('user', user);
      await next();
    });
    app.get('/mine', (c) => {
      if (!may(c.get('user'))) return c.json({ error: 'no' }, 403);
      return c.json({ ok: true });
    });
    export default app;`;
  expect(told({ framework: hono, dependencies: { hono: '4' }, code })).toEqual(NONE);
});

test('what middleware of Express did decides no case', () => {
  const code = `
    import express from 'express';
    const app = express();
    app.use(async (req, res, next) => {
      const user = await found(req.headers['x-user']);
      if (!user) return res.status(401).json({ error: 'who' });
      req.user = user;
      next();
    });
    app.get('/mine', (req, res) => {
      if (!may(req.user)) return res.status(403).json({ error: 'no' });
      res.json({ ok: true });
    });
    app.listen(3000);`;
  expect(told({ framework: express, dependencies: { express: '5' }, code })).toEqual(NONE);
});

test('what middleware of Koa did decides no case', () => {
  const code = `
    import Router from '@koa/router';
    import Koa from 'koa';
    const app = new Koa();
    const router = new Router();
    app.use(async (ctx, next) => {
      const user = await found(ctx.headers['x-user']);
      if (!user) ctx.throw(401, 'who');
      ctx.state.user = user;
      await next();
    });
    router.get('/mine', (ctx) => {
      if (!may(ctx.state.user)) ctx.throw(403, 'no');
      ctx.body = { ok: true };
    });
    app.use(router.routes());
    app.listen(3000);`;
  const dependencies = { koa: '3', '@koa/router': '15' };
  expect(told({ framework: koa, dependencies, code })).toEqual(NONE);
});

test('what hooks of Fastify did decides no case', () => {
  const code = `
    import Fastify from 'fastify';
    const app = Fastify();
    app.addHook('preHandler', async (request, reply) => {
      const user = await found(request.headers['x-user']);
      if (!user) return reply.code(401).send({ error: 'who' });
      request.user = user;
    });
    app.get('/mine', async (request, reply) => {
      if (!may(request.user)) return reply.code(403).send({ error: 'no' });
      return { ok: true };
    });
    app.listen({ port: 3000 });`;
  expect(told({ framework: fastify, dependencies: { fastify: '5' }, code })).toEqual(NONE);
});

test('what guards of Nest did decides no case', () => {
  const code = `
    import { Controller, ForbiddenException, Get, Injectable, Module, Req, UnauthorizedException, UseGuards } from '@nestjs/common';
    import { NestFactory } from '@nestjs/core';
    @Injectable() class Known {
      async canActivate(context) {
        const request = context.switchToHttp().getRequest();
        const user = await found(request.headers['x-user']);
        if (!user) throw new UnauthorizedException();
        request.user = user;
        return true;
      }
    }
    @Controller('mine') class Mine {
      @UseGuards(Known) @Get() all(@Req() request) {
        if (!may(request.user)) throw new ForbiddenException();
        return { ok: true };
      }
    }
    @Module({ controllers: [Mine] }) class AppModule {}
    async function start() { const app = await NestFactory.create(AppModule); await app.listen(3000); }
    start();`;
  const dependencies = { '@nestjs/common': '11', '@nestjs/core': '11' };
  expect(told({ framework: nest, dependencies, code })).toEqual(NONE);
});

test('what middleware of tRPC did decides no case', () => {
  const code = `
    import { initTRPC, TRPCError } from '@trpc/server';
    import { createHTTPServer } from '@trpc/server/adapters/standalone';
    const t = initTRPC.create();
    const known = t.procedure.use(async ({ ctx, next }) => {
      const user = await found(ctx.email);
      if (!user) throw new TRPCError({ code: 'UNAUTHORIZED' });
      return next({ ctx: { user } });
    });
    const router = t.router({ mine: known.query(({ ctx }) => {
      if (!may(ctx.user)) throw new TRPCError({ code: 'FORBIDDEN' });
      return { ok: true };
    }) });
    createHTTPServer({ router, createContext: ({ req }) => ({ email: req.headers['x-user'] }) }).listen(3000);`;
  const dependencies = { '@trpc/server': '11' };
  expect(told({ framework: trpc, dependencies, code })).toEqual(NONE);
});

test('what the handler reads itself, and what the environment and third parties say, stay cases', () => {
  const code = `
    import { eq } from 'drizzle-orm';
    import { Hono } from 'hono';
    import { isOpen } from 'opening-hours';
    import { db } from './db';
    import { items, orders } from './schema';
    const app = new Hono();
    app.use(async (c, next) => {
      const user = await found(c.req.header('x-user'));
      if (!user) return c.json({ error: 'who' }, 401);
      c.set('user', user);
      await next();
    });
    app.get('/mine', async (c) => {
      const { id } = c.get('user');
      if (c.req.query('all')) await db.query.orders.findMany({ where: eq(orders.status, 'paid'), with: { items: true } });
      if (process.env.NOTED === 'yes') await db.insert(orders).values({ userId: id, status: 'paid' });
      if (await isOpen()) await db.insert(items).values({ orderId: 'o', productId: 'p', quantity: 1 });
      return c.json({ ok: true });
    });
    export default app;`;
  expect(
    told({ framework: hono, dependencies: { hono: '4', 'opening-hours': '1' }, code }).cases,
  ).toEqual([
    '200: env.NOTED = "yes"',
    '200: <opening-hours.isOpen>',
    '200: present query.all',
    '200: env.NOTED != "yes" (no order#3)',
    '200: not <opening-hours.isOpen> (no item)',
    '200: missing query.all (no order#2)',
  ]);
});
