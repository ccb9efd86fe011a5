import { describe, expect, test } from 'vitest';
import { nest } from '../../../src/model/readers/nest.ts';
import { outcomes, trace } from '../../setup/trace.ts';

/** A ferry's bookings behind a guard; `version` is Nest's. */
const ferry = ({ guard = '', handler = 'return {};', use = '', version = '11', more = '' }) => ({
  'package.json': JSON.stringify({ name: 'ferry', dependencies: { '@nestjs/core': version } }),
  'main.ts': `
    import { NestFactory } from '@nestjs/core'; import { AppModule } from './app.module';
    async function bootstrap() { const app = await NestFactory.create(AppModule); } bootstrap();`,
  'app.module.ts': `
    import { Body, Controller, Get, HttpException, Module, Param, Post, Req, SetMetadata, UseGuards } from '@nestjs/common';
    import { Reflector } from '@nestjs/core';
    import { ThrottlerGuard } from '@nestjs/throttler';
    import { AbilityBuilder, createMongoAbility, defineAbility } from '@casl/ability';
    import { createCipheriv, getCipherInfo } from 'node:crypto'; import EVP_BytesToKey from 'evp_bytestokey';
    ${more}
    ${guard}
    @Controller('bookings') class Bookings { @Post('new') ${use} book(@Body() body: { seats: number }, @Req() req) { ${handler} } }
    @Module({ controllers: [Bookings] }) export class AppModule {}`,
});
const answers = (app: Readonly<Record<string, string>>) =>
  outcomes(trace(app, 'POST /bookings/new', nest)).filter((each) => !/malformed/.test(each));

describe('the address a guard sees', () => {
  const asking = (condition: string) => ({
    guard: `class Open { canActivate(context) { const { path, url, method } = context.switchToHttp().getRequest(); return ${condition}; } }`,
    use: '@UseGuards(Open)',
  });
  const REFUSED = 'ForbiddenException 403: ';

  test.each([
    ["path.indexOf('/bookings') > -1", ['201 201: ']],
    ["path.indexOf('/admin') !== -1", [REFUSED]],
    ["url.includes('/bookings')", ['201 201: ']],
    ["url.indexOf('/admin') >= 0", [REFUSED]],
    ["method === 'POST' && path === '/bookings/new'", ['201 201: ']],
  ])('%s is known from the route', (condition, expected) => {
    expect(answers(ferry(asking(condition)))).toEqual(expected);
  });
});

describe('a body that is not sent', () => {
  const handler = 'return { seats: body.seats };';

  test('is undefined from Nest 11 on', () => {
    expect(answers(ferry({ handler }))).toEqual(['201 201: ', 'TypeError 500: missing body']);
    expect(answers(ferry({ handler, version: '10' }))).toEqual(['201 201: ']);
  });
});

describe("a throttler of one's own", () => {
  const throttler = (members: string) =>
    ferry({ guard: `class Slow extends ThrottlerGuard { ${members} }`, use: '@UseGuards(Slow)' });

  test('whom it counts may not be known', () => {
    const app = throttler(
      "async getTracker(req) { if (!req.headers.captain) throw new HttpException('nobody', 418); return req.headers.captain; }",
    );
    expect(answers(app)).toContain('nobody 418: missing headers.captain');
  });

  test('what it skips has no limit, and what it throws instead is answered', () => {
    expect(answers(throttler('async shouldSkip() { return true; }'))).toEqual(['201 201: ']);
    const app = throttler("throwThrottlingException() { throw new HttpException('slow', 420); }");
    expect(answers(app).map((each) => each.split(':')[0])).toEqual(['slow 420', '201 201']);
  });
});

describe('CASL', () => {
  const able = (rules: string, asked: string) =>
    ferry({
      handler: `${rules} if (!ability.can(${asked})) throw new HttpException('no', 402); return {};`,
    });
  const built = (rules: string) =>
    `const { can, cannot, build } = new AbilityBuilder(createMongoAbility); ${rules} const ability = build();`;

  test.each([
    [built("can('create', 'booking');"), "'create', 'booking'", ['201 201: ']],
    [built("can('create', 'booking');"), "'delete', 'booking'", ['no 402: ']],
    [
      built("can('manage', 'all'); cannot('delete', 'booking');"),
      "'delete', 'booking'",
      ['no 402: '],
    ],
    [built("can(['create', 'read'], 'booking');"), "'read', 'booking'", ['201 201: ']],
    [
      "const ability = defineAbility((can) => { can('create', 'booking'); });",
      "'create', 'booking'",
      ['201 201: '],
    ],
    [
      built("if (!process.env.PLANS) can('create', 'booking');"),
      "'create', 'booking'",
      ['no 402: env.PLANS != null', '201 201: env.PLANS = null'],
    ],
  ])('an ability allows what its builder was told: %s', (rules, asked, expected) => {
    expect(answers(able(rules, asked))).toEqual(expected);
  });

  test('what rules a loop leaves unsaid is not known', () => {
    const rules = built(
      "for (const each of ['create']) { if (process.env.PLAN === each) { can(each, 'booking'); continue; } }",
    );
    expect(answers(able(rules, "'create', 'booking'"))).toEqual([
      "no 402: not [ability.can('create', 'booking')]",
      "201 201: [ability.can('create', 'booking')]",
    ]);
  });
});

test('the sizes of a cipher and of a key that is made for it are known', () => {
  const more = `
    const { keyLength, ivLength } = getCipherInfo('aes-256-cbc');
    function keyed() {
      const { key, iv } = EVP_BytesToKey(process.env.SECRET, null, keyLength * 8, ivLength, 'md5');
      if (key.length !== keyLength || iv.length !== ivLength) throw new Error('wrong sizes');
      return key;
    }`;
  expect(answers(ferry({ more, handler: 'keyed(); return {};' }))).toEqual(['201 201: ']);
});

test('what the parser raises is an exception of Nest before filters see it, and raised once', () => {
  const app = ferry({ handler: 'return body.seats;', version: '10' });
  const filtered = {
    ...app,
    'main.ts': `
    import { NestFactory } from '@nestjs/core'; import { Catch, HttpException } from '@nestjs/common';
    import { json } from 'express'; import { AppModule } from './app.module';
    @Catch() class Any { catch(error, host) {
      const status = error instanceof HttpException ? error.getStatus() : 500;
      return host.switchToHttp().getResponse().status(status).json({ status });
    } }
    async function bootstrap() {
      const app = await NestFactory.create(AppModule);
      app.useGlobalFilters(new Any()); app.use(json());
    } bootstrap();`,
  };
  const refused = (texts: Readonly<Record<string, string>>) =>
    outcomes(trace(texts, 'POST /bookings/new', nest)).filter((each) => /malformed/.test(each));
  expect(refused(filtered)).toEqual(['SyntaxError 400: malformed body']);
  expect(refused(app)).toEqual(['BadRequestException 400: malformed body']);
});

describe('an interceptor that first waits for something', () => {
  const waiting = (stream: string) =>
    ferry({
      guard: `
        import { from, map, of, switchMap, tap } from 'rxjs';
        import { UseInterceptors } from '@nestjs/common';
        class Noted { intercept(context, next) {
          const { query } = context.switchToHttp().getRequest();
          if (query.plain) return next.handle();
          const work = Promise.all([Promise.resolve(query.by), query.at]);
          return ${stream};
        } }`,
      use: '@UseInterceptors(Noted)',
      handler: "if (!body.seats) throw new HttpException('no seats', 409); return body;",
    });

  test.each([
    'from(work).pipe(switchMap(([by]) => next.handle().pipe(tap({ next: () => undefined }))))',
    'from(work).pipe(map(([by]) => ({ by })), tap(() => undefined), switchMap(() => next.handle()))',
  ])('goes on with the handler: %s', (stream) => {
    expect(answers(waiting(stream))).toEqual([
      'TypeError 500: missing body',
      'no-seats 409: missing body.seats',
      '201 201: present body.seats',
    ]);
  });

  test('may answer by itself', () => {
    const app = waiting(
      "from(work).pipe(switchMap(([by]) => (by === 'none' ? of({ none: true }) : next.handle())))",
    );
    const not = '(present query.plain | query.by != "none")';
    expect(answers(app)).toEqual([
      '201~by=none 201: missing query.plain & query.by = "none"',
      `TypeError 500: ${not} & missing body`,
      `no-seats 409: ${not} & missing body.seats`,
      `201~present-body.seats 201: ${not} & present body.seats`,
    ]);
  });
});

test('a filter hands on what it makes of an error to the one it extends', () => {
  const app = ferry({
    handler: "throw new Full('full');",
    more: "import { Full } from './full';",
    version: '10',
  });
  const filtered = {
    ...app,
    'full.ts': "export class Full extends Error { name = 'Full'; }",
    'main.ts': `
    import { BaseExceptionFilter, HttpAdapterHost, NestFactory } from '@nestjs/core';
    import { Catch, ConflictException } from '@nestjs/common'; import { AppModule } from './app.module';
    const KNOWN = new Map([['Full', (said) => new ConflictException(said)]]);
    @Catch() class Mapping extends BaseExceptionFilter<Error> {
      constructor(server) { super(server); }
      catch(error, host) { super.catch(this.mapped(error), host); }
      mapped(error) {
        const make = KNOWN.get(error.name);
        return make === undefined ? error : make({ message: error.message });
      }
    }
    async function bootstrap() {
      const app = await NestFactory.create(AppModule);
      const { httpAdapter } = app.get(HttpAdapterHost);
      app.useGlobalFilters(new Mapping(httpAdapter));
    } bootstrap();`,
  };
  expect(answers(filtered)).toEqual(['Full 409: ']);
});

test("a decorator of one's own sets the status that its argument asks for", () => {
  const more = `
    import { HttpCode, applyDecorators } from '@nestjs/common';
    const Answers = (...entries) => {
      const list = [];
      for (const entry of entries) {
        const code = typeof entry === 'number' ? entry : entry.code;
        switch (code) { case 200: break; case 204: list.push(HttpCode(204)); break; case 202: list.push(HttpCode(202)); break; }
      }
      return applyDecorators(...list);
    };`;
  const at = (use: string) => answers(ferry({ more, use, version: '10' }));
  expect(at('@Answers(200, { code: 202 })')).toEqual(['202 202: ']);
  expect(at('@Answers(200, 401)')).toEqual(['201 201: ']);
});

test('what the platform keeps on a request is there', () => {
  const guard = `class Guarded { canActivate(context) {
    const request = context.switchToHttp().getRequest();
    if (!request.server.checks) throw new HttpException('none', 418);
    return true;
  } }`;
  expect(answers(ferry({ guard, use: '@UseGuards(Guarded)', version: '10' })).at(-1)).toMatch(
    /^201/,
  );
});

test('the request is there wherever code asks nestjs-request-context for it', () => {
  const more = "import { RequestContext } from 'nestjs-request-context';";
  const handler =
    "if (RequestContext.currentContext.req.headers['x-crew']) throw new HttpException('crew', 403); return {};";
  expect(answers(ferry({ more, handler, version: '10' }))).toEqual([
    'crew 403: present headers.x-crew',
    '201 201: missing headers.x-crew',
  ]);
});
