import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { fastify } from '../../../src/model/readers/fastify.ts';
import { programOf } from '../../setup/code.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const MINE = `
  if (!request.session.keeperId) return reply.code(401).send({ error: 'nobody' });
  return { id: request.session.keeperId };`;

const ends = (register: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { fastify: '5' } }),
        'app.ts': `
          import Fastify from 'fastify';
          import cookie from '@fastify/cookie';
          import session from '@fastify/session';
          const app = Fastify();
          app.register(cookie);
          ${register}
          app.get('/mine', async (request, reply) => {${MINE}});
          app.listen({ port: 1 });`,
      },
      'GET /mine',
      fastify,
    ),
  ).map((each) => each.replace(/:.*/, ''));

test('a session holds what was put into it before, where a plugin gives requests one', () => {
  expect(
    ends(`app.register(session, { secret: process.env.SECRET, cookieName: 'berth' });`),
  ).toEqual(['nobody 401', '200 200']);
  expect(ends('')).toEqual(['nobody 401']);
});

test('a Nest app on Fastify has the session and the forms of plugins that it registers', () => {
  const program = programOf({
    'package.json': JSON.stringify({
      name: 'app',
      dependencies: {
        '@nestjs/core': '11',
        '@nestjs/common': '11',
        '@nestjs/platform-fastify': '11',
        pg: '8',
      },
    }),
    'migrations/1.sql': 'create table ports (id serial primary key);',
    'session.ts': `
      import session from '@fastify/session';
      export const COOKIE = 'berth';
      export async function setUp(app) {
        await app.register(session, { cookieName: COOKIE, secret: process.env.SECRET });
      }`,
    'main.ts': `
      import { BadRequestException, Controller, Module, Post, Req, UnauthorizedException } from '@nestjs/common';
      import { NestFactory } from '@nestjs/core';
      import { FastifyAdapter } from '@nestjs/platform-fastify';
      import { setUp } from './session';
      @Controller('charts')
      class Charts {
        @Post() async send(@Req() request) {
          if (!request.session.keeperId) throw new UnauthorizedException('nobody');
          if (!request.isMultipart()) throw new BadRequestException('no form');
          return { name: (await request.file()).filename };
        }
      }
      @Module({ controllers: [Charts] })
      class AppModule {}
      async function bootstrap() {
        const app = await NestFactory.create(AppModule, new FastifyAdapter());
        await setUp(app);
        await app.listen(3000);
      }
      bootstrap();`,
  });
  const [route] = analyze(program, { emit: () => undefined }).apps[0]?.routes ?? [];
  const told = route?.outcomes.map(({ status, when }) => [status, when.map(({ kind }) => kind)]);
  expect(told).toEqual([
    [401, ['input']],
    [400, ['input', 'opaque']],
    [201, ['input', 'opaque']],
  ]);
  expect(JSON.stringify(route?.outcomes)).toContain('"berth"');
});
