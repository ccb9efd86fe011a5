import { describe, expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { nest } from '../../../src/model/readers/nest.ts';
import { programOf } from '../../setup/code.ts';
import { conditionText, outcomes, reads, trace, traceAll } from '../../setup/trace.ts';

const MAIN = `
import { NestFactory } from '@nestjs/core';
import { ValidationPipe } from '@nestjs/common';
import { AppModule } from './app.module';
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
}
bootstrap();`;

const ENTITIES = `
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
export enum Role { Keeper = 'keeper', Guest = 'guest' }
@Entity('keepers') export class Keeper {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column() email: string;
  @Column({ type: 'enum', enum: Role }) role: Role;
}
@Entity('animals') export class Animal {
  @PrimaryGeneratedColumn() id: number;
  @Column() name: string;
  @Column({ name: 'keeper_id', type: 'uuid' }) keeperId: string;
}`;

const AUTH = `
import { CanActivate, Injectable, SetMetadata, UnauthorizedException, createParamDecorator } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { Repository } from 'typeorm';
import { Keeper, Role } from './entities';
export const Public = () => SetMetadata('public', true);
export const Roles = Reflector.createDecorator<Role[]>();
export const Me = createParamDecorator((key: keyof Keeper | undefined, context) => {
  const { keeper } = context.switchToHttp().getRequest();
  return key ? keeper[key] : keeper;
});
@Injectable() export class TokenGuard implements CanActivate {
  constructor(private jwt: JwtService, private keepers: Repository<Keeper>, private reflector: Reflector) {}
  async canActivate(context) {
    if (this.reflector.get('public', context.getHandler())) return true;
    const request = context.switchToHttp().getRequest();
    const [, token] = request.headers.authorization?.split(' ') ?? [];
    if (!token) throw new UnauthorizedException('no token');
    try {
      const claims = await this.jwt.verifyAsync(token);
      request.keeper = await this.keepers.findOneByOrFail({ id: claims.sub });
    } catch { throw new UnauthorizedException('bad token'); }
    return true;
  }
}
@Injectable() export class RolesGuard implements CanActivate {
  constructor(private reflector: Reflector) {}
  canActivate(context) {
    const roles = this.reflector.getAllAndOverride(Roles, [context.getHandler(), context.getClass()]);
    return !roles || roles.includes(context.switchToHttp().getRequest().keeper.role);
  }
}`;

const zoo = (handlers: string, more = '', providers = '') => ({
  'main.ts': MAIN,
  'entities.ts': ENTITIES,
  'auth.ts': AUTH,
  'app.module.ts': `
import { Body, Catch, ConflictException, Controller, DefaultValuePipe, Delete, Get, HttpCode, HttpException, HttpStatus, Inject, Injectable, Module, NotFoundException, Param, ParseEnumPipe, ParseIntPipe, ParseUUIDPipe, Patch, Post, Query, Req, Res, UseFilters, UseGuards, UseInterceptors } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { IsEmail, IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { Repository, DataSource } from 'typeorm';
import { map } from 'rxjs';
import { Animal, Keeper, Role } from './entities';
import { Me, Public, Roles, RolesGuard, TokenGuard } from './auth';
${more}
@Controller('animals') class Animals {
  constructor(private animals: Repository<Animal>, private source: DataSource, ${providers ? 'private service: Service' : ''}) {}
  ${handlers}
}
@Module({ controllers: [Animals], providers: [${providers}] }) export class AppModule {}`,
});

const traced = (route: string, app: Readonly<Record<string, string>>) => trace(app, route, nest);

describe('what a handler answers', () => {
  test('a created thing is 201, what HttpCode says is that, an exception carries its message', () => {
    const app = zoo(`
      @Post() async add(@Body('name') name: string) { return this.animals.save({ name }); }
      @Get(':id') one(@Param('id') id: string) { return this.animals.findOneByOrFail({ id: +id }); }
      @Delete(':id') @HttpCode(HttpStatus.NO_CONTENT) async remove(@Param('id') id: string) {
        const animal = await this.animals.findOneBy({ id: +id });
        if (!animal) throw new NotFoundException('no such animal');
        if (animal.name === 'Tux') throw new HttpException({ code: 'protected' }, HttpStatus.LOCKED);
        await this.animals.remove(animal);
      }`);
    expect(outcomes(traced('POST /animals', app))).toEqual([
      'BadRequestException 400: malformed body',
      '201 201: ',
    ]);
    expect(outcomes(traced('GET /animals/:id', app))).toEqual([
      '200 200: exists animal',
      'EntityNotFoundError 500: absent animal',
    ]);
    const removed = traced('DELETE /animals/:id', app);
    expect(outcomes(removed)).toEqual([
      'NotFoundException 404: absent animal',
      'protected 423: exists animal & animal.name = "Tux"',
      '204 204: exists animal & animal.name != "Tux"',
    ]);
    expect(removed.outcomes[0]?.body.map(({ path }) => path.join('.'))).toEqual([
      'message',
      'error',
      'statusCode',
    ]);
  });

  test('filters answer what they catch, the nearest first; interceptors change what is returned', () => {
    const app = zoo(
      `
      @Get(':id') @UseFilters(Gone) @UseInterceptors(Wrapped) async one(@Param('id') id: string) {
        const animal = await this.animals.findOneBy({ id: Number(id) });
        if (!animal) throw new Missing();
        if (animal.name === 'x') throw new ConflictException();
        return { name: 'fixed' };
      }`,
      `
      class Missing extends Error {}
      @Catch(Missing) class Gone {
        catch(error, host) { host.switchToHttp().getResponse().status(410).json({ code: 'gone' }); }
      }
      class Wrapped { intercept(context, next) { return next.handle().pipe(map((data) => ({ data }))); } }`,
    );
    const found = traced('GET /animals/:id', app);
    expect(outcomes(found)).toEqual([
      'gone 410: absent animal',
      'ConflictException 409: exists animal & animal.name = "x"',
      '200 200: exists animal & animal.name != "x"',
    ]);
    expect(found.outcomes[2]?.body.map(({ path }) => path)).toEqual([['data', 'name']]);
  });

  test('what an interceptor catches of the handler and its pipes is what it makes of it', () => {
    const more = `
      import { BadGatewayException, CallHandler, RequestTimeoutException } from '@nestjs/common';
      import { catchError, of, throwError, timeout, TimeoutError } from 'rxjs';
      class Slow extends Error {}
      class Caught { intercept(context, next: CallHandler) {
        return next.handle().pipe(
          timeout(5000),
          catchError((error) => {
            if (error instanceof Slow) return of({ code: 'stale' });
            if (error instanceof TimeoutError) return throwError(() => new RequestTimeoutException());
            return throwError(() => error);
          }),
          map((data) => ({ ...data, caught: true })));
      } }
      class Hiding { intercept(context, next: CallHandler) {
        return next.handle().pipe(catchError(() => throwError(() => new BadGatewayException())));
      } }`;
    const app = zoo(
      `@Get(':id') @UseInterceptors(Caught) one(@Param('id', ParseIntPipe) id: number) {
        if (id === 1) throw new Slow();
        if (id === 2) throw new NotFoundException();
        return { id };
      }
      @Get('hidden/:id') @UseInterceptors(Hiding, Caught) hidden(@Param('id') id: string) {
        if (id === '1') throw new Slow();
        if (id === '2') throw new NotFoundException();
        return { id };
      }`,
      more,
    );
    const one = traced('GET /animals/:id', app);
    expect(outcomes(one).sort()).toEqual([
      '200 200: valid params.id & params.id != 1 & params.id != 2',
      'BadRequestException 400: invalid params.id',
      'NotFoundException 404: valid params.id & params.id = 2',
      'RequestTimeoutException 408: <taking longer than rxjs waits>',
      'stale 200: valid params.id & params.id = 1',
    ]);
    expect(outcomes(traced('GET /animals/hidden/:id', app))).toEqual([
      '200 200: params.id != "1" & params.id != "2"',
      'stale 200: params.id = "1"',
      'BadGatewayException~taking-longer-than-rxjs-waits 502: <taking longer than rxjs waits>',
      'BadGatewayException~id=2 502: params.id = "2"',
    ]);
  });

  test('files that multer refuses are exceptions', () => {
    const app = zoo(
      `@Post() @UseInterceptors(FileInterceptor('picture', {
        limits: { fileSize: 1024 },
        fileFilter: (request, file, done) => {
          if (!file.originalname.endsWith('.png')) return done(new ConflictException('no png'), false);
          done(null, true);
        },
      })) add() { return {}; }`,
      `import { FileInterceptor } from '@nestjs/platform-express';`,
    );
    expect(outcomes(traced('POST /animals', app))).toEqual([
      'PayloadTooLargeException 413: <sending multer a larger file>',
      'BadRequestException 400: <sending multer a file of another field>',
      "ConflictException 409: <sending multer a file> & not [file.originalname.endsWith('.png')]",
      '201 201: ',
    ]);
  });

  test('an answer through the response object is the answer', () => {
    const app = zoo(`
      @Get('raw') raw(@Req() request, @Res() response) {
        if (request.query.old) return response.status(410).json({ code: 'old' });
        return response.json({ ok: true });
      }
      @Get('both') both(@Res({ passthrough: true }) response) { response.status(202); return { ok: true }; }`);
    expect(outcomes(traced('GET /animals/raw', app)).map((each) => each.split(':')[0])).toEqual([
      'old 410',
      '200 200',
    ]);
    expect(outcomes(traced('GET /animals/both', app))).toEqual(['202 202: ']);
  });
});

describe('guards', () => {
  const guarded = zoo(`
    @Roles([Role.Keeper]) @UseGuards(TokenGuard, RolesGuard) @Patch(':id') async change(@Me('id') me: string, @Param('id', ParseIntPipe) id: number) {
      const animal = await this.animals.findOneByOrFail({ id, keeperId: me });
      return { id: animal.id };
    }
    @UseGuards(TokenGuard) @Public() @Get('free') free() { return {}; }`);

  test('a token, the row it names, and roles from metadata', () => {
    const found = traced('PATCH /animals/:id', guarded);
    expect(outcomes(found)).toEqual([
      'UnauthorizedException~anonymous 401: anonymous',
      'UnauthorizedException~any-no-keeper-or-invalid-headers.authorization 401: present headers.authorization & splitPart(headers.authorization, " ", 1) != null & (absent keeper | invalid headers.authorization)',
      'ForbiddenException 403: authenticated & role keeper.role != "keeper"',
      'BadRequestException 400: authenticated & role keeper.role = "keeper" & invalid params.id',
      'EntityNotFoundError 500: authenticated & role keeper.role = "keeper" & valid params.id & absent animal',
      '200 200: authenticated & role keeper.role = "keeper" & valid params.id & exists animal',
    ]);
    expect(reads(found)[1]).toBe('animal: animal.id = params.id & animal.keeper_id = keeper.id');
    expect(found.guards.map(({ name }) => name)).toEqual(['TokenGuard', 'RolesGuard']);
  });

  test('metadata may open a route', () => {
    expect(outcomes(traced('GET /animals/free', guarded))).toEqual(['200 200: ']);
  });

  test('passport strategies find the user; a guard may decide otherwise', () => {
    const app = zoo(
      `@UseGuards(Own) @Get() mine(@Req() request) { return { id: request.user.id }; }
       @UseGuards(AuthGuard('local')) @Post('login') login(@Req() request) { return { email: request.user.email }; }`,
      `
      import { AuthGuard, PassportStrategy } from '@nestjs/passport';
      import { ExtractJwt, Strategy } from 'passport-jwt';
      import { Strategy as Local } from 'passport-local';
      import { UnauthorizedException } from '@nestjs/common';
      class Own extends AuthGuard('jwt') {
        canActivate(context) { return super.canActivate(context); }
        handleRequest(error, user) { if (!user) throw new UnauthorizedException('sign in first'); return user; }
      }
      class ByToken extends PassportStrategy(Strategy) {
        constructor(private keepers: Repository<Keeper>) { super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 's' }); }
        validate(claims) { return this.keepers.findOneBy({ id: claims.sub }); }
      }
      class ByName extends PassportStrategy(Local) {
        constructor(private keepers: Repository<Keeper>) { super({ usernameField: 'email' }); }
        async validate(email, password) {
          const keeper = await this.keepers.findOneBy({ email });
          if (!keeper) throw new UnauthorizedException('who are you');
          return keeper;
        }
      }
      class Service {}`,
      'ByToken, ByName, Service',
    );
    expect(outcomes(traced('GET /animals', app))).toEqual([
      'UnauthorizedException 401: (absent keeper | anonymous | invalid headers.authorization)',
      '200 200: authenticated',
    ]);
    const login = traced('POST /animals/login', app);
    expect(outcomes(login)).toEqual([
      'UnauthorizedException~no-keeper 401: present body.email & present body.password & absent keeper',
      'UnauthorizedException~any-missing-body.email-or-missing-body.password 401: (missing body.email | missing body.password)',
      '201 201: present body.email & present body.password & exists keeper',
    ]);
  });
});

describe('pipes', () => {
  test('parsed parameters are declared and refused where they are not what they should be', () => {
    const app = zoo(`
      @Get('by/:keeper') list(
        @Param('keeper', new ParseUUIDPipe({ errorHttpStatusCode: 406 })) keeper: string,
        @Query('page', new DefaultValuePipe(1), ParseIntPipe) page: number,
        @Query('role', new ParseEnumPipe(Role, { optional: true })) role?: Role,
      ) { return this.animals.find({ where: { keeperId: keeper }, skip: page }); }`);
    const found = traced('GET /animals/by/:keeper', app);
    expect(found.outcomes.map(({ status }) => status)).toEqual([406, 400, 400, 200]);
    expect(found.input.params).toMatchObject({
      properties: { keeper: { format: 'uuid' } },
      required: ['keeper'],
    });
    expect(found.input.query).toEqual({
      type: 'object',
      properties: {
        page: { type: 'integer', default: 1, 'x-coerce': true },
        role: { type: 'string', enum: ['keeper', 'guest'] },
      },
    });
  });

  test('a body is what its class says, closed where the pipe forbids more', () => {
    const app = zoo(
      `@Post() add(@Body() animal: NewAnimal) { return this.animals.save(animal); }`,
      `class NewAnimal { @IsString() @MaxLength(20) name: string; @IsOptional() @IsInt() @Min(0) age?: number; }`,
    );
    const found = traced('POST /animals', app);
    expect(found.outcomes.map(({ status }) => status)).toEqual([400, 400, 201]);
    expect(found.input.body).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', maxLength: 20 },
        age: { type: ['integer', 'null'], minimum: 0 },
      },
      required: ['name'],
      additionalProperties: false,
    });
  });

  test('a pipe of the app’s own runs as it is written', () => {
    const app = zoo(
      `@Get(':id') one(@Param('id', Even) id: number) { return { id }; }`,
      `class Even { transform(value) { if (Number(value) === 7) throw new ConflictException('odd'); return Number(value); } }`,
    );
    expect(outcomes(traced('GET /animals/:id', app))).toEqual([
      'ConflictException 409: params.id = 7',
      '200 200: params.id != 7',
    ]);
  });
});

test('tokens, factories and classes in another’s place are followed to their queries', () => {
  const app = zoo(
    `@Get() all() { return this.service.named(); }`,
    `
    abstract class Store { abstract find(name: string); }
    class Real extends Store {
      constructor(private animals: Repository<Animal>) { super(); }
      find(name: string) { return this.animals.findBy({ name }); }
    }
    class Service {
      constructor(private store: Store, @Inject('NAME') private name: string, @Inject('ALIAS') private other: Store) {}
      async named() {
        const all = await this.store.find(this.name);
        return all.length > 0 ? all : this.other.find('nobody');
      }
    }`,
    `Service, { provide: Store, useClass: Real }, { provide: 'ALIAS', useExisting: Store },
     { provide: 'NAME', useFactory: (suffix) => 'Ti' + suffix, inject: ['SUFFIX'] }, { provide: 'SUFFIX', useValue: 'ger' }`,
  );
  const found = traced('GET /animals', app);
  expect(reads(found)).toEqual([
    'animal*: animal.name = "Tiger"',
    'animal#2*: animal#2.name = "nobody"',
  ]);
});

test('a guard for all is provided under its token, imported or spelt out', () => {
  for (const token of ['APP_GUARD', `'APP_GUARD'`]) {
    const app = zoo(
      '@Get() all() { return {}; }',
      'class Service {} class Never { canActivate() { return false; } }',
      `Service, { provide: ${token}, useClass: Never }`,
    );
    expect(outcomes(traced('GET /animals', app))).toEqual(['ForbiddenException 403: ']);
  }
});

test('what decorators of an entity describe is not what a container fills in', () => {
  const app = zoo(
    `@Inject('NAME') private name: string;
    @Post() add() { const animal = new Animal(); animal.name = this.name; return this.animals.save(animal); }`,
    'class Service {}',
    `Service, { provide: 'NAME', useValue: 'Tux' }`,
  );
  const [write] = traced('POST /animals', app).writes;
  expect(write?.set).toEqual({ name: { kind: 'literal', value: 'Tux' } });
});

test('a row found by whom a token names is not the one who acts', () => {
  const app = zoo(
    `@UseGuards(Owner) @Get('own') own() { return {}; }`,
    `
    import { Entity as E, Column as C, JoinColumn, ManyToOne, PrimaryGeneratedColumn as P } from 'typeorm';
    import { JwtService } from '@nestjs/jwt';
    @E('shifts') class Shift { @P() id: number; @C({ name: 'keeper_id', type: 'uuid' }) keeperId: string; @ManyToOne(() => Keeper) @JoinColumn({ name: 'keeper_id' }) keeper: Keeper; }
    class Owner {
      constructor(private jwt: JwtService, private shifts: Repository<Shift>) {}
      async canActivate(context) {
        const claims = await this.jwt.verifyAsync(context.switchToHttp().getRequest().headers.authorization);
        return this.shifts.existsBy({ keeperId: claims.sub });
      }
    }
    class Service {}`,
    'Service',
  );
  const found = traced('GET /animals/own', app);
  expect(found.actor).toBeNull();
  expect(reads(found)).toHaveLength(1);
});

test('a type that is imported as one alone validates nothing: it is gone when the app runs', () => {
  const add = `@Post() add(@Body() wanted: Wanted) { return { name: wanted.name }; }`;
  const wanted = `import { IsString } from 'class-validator'; export class Wanted { @IsString() name: string; }`;
  const endings = (imported: string) =>
    outcomes(traced('POST /animals', { ...zoo(add, imported), 'wanted.ts': wanted }));
  expect(endings(`import { Wanted } from './wanted';`)).toContain(
    'BadRequestException~invalid-body 400: invalid body',
  );
  for (const imported of [
    `import type { Wanted } from './wanted';`,
    `import { type Wanted } from './wanted';`,
  ])
    expect(endings(imported)).toEqual(['BadRequestException 400: malformed body', '201 201: ']);
});

test('a decorator that Reflector makes goes by the key it is given', () => {
  const app = zoo(
    `@Wards(['north']) @UseGuards(WardGuard) @Get() all() { return {}; }
     @Wards(['south']) @UseGuards(WardGuard) @Get('south') south() { return {}; }`,
    `import { Reflector } from '@nestjs/core';
     const Wards = Reflector.createDecorator<string[]>({ key: 'wards' });
     @Injectable() class WardGuard {
       constructor(private reflector: Reflector) {}
       canActivate(context) {
         return this.reflector.get('wards', context.getHandler()).includes('north');
       }
     }`,
  );
  expect(outcomes(traced('GET /animals', app))).toEqual(['200 200: ']);
  expect(outcomes(traced('GET /animals/south', app))).toEqual(['ForbiddenException 403: ']);
});

test('what nobody has looked at may hold any column of what is saved', () => {
  const app = zoo(`@Post() add(@Body() wanted) { return this.animals.save(wanted); }`);
  const { outcomes: found } = traceAll(app, 'POST /animals', nest);
  const [refused] = found.filter(({ error }) => error === 'DatabaseError');
  expect(refused?.when.map(conditionText)).toEqual([
    expect.stringMatching(
      /missing body.name \| missing body.keeperId \| body.keeperId not matches/,
    ),
  ]);
});

test('what transforms a property before it is checked throws at what it does not expect', () => {
  const more = `
    import { Transform } from 'class-transformer';
    class Named {
      @Transform(({ value }) => value?.trim()) @IsString() @MaxLength(80) name: string;
      @Transform(({ value }) => (typeof value === 'string' ? value.trim() : value)) @IsString() kind: string;
    }
    class Asked {
      @IsOptional() @Transform(({ value }) => JSON.parse(value)) filters?: object;
      @IsOptional() @Transform(({ value }) => value.trim()) text?: string;
    }`;
  const handlers = `
    @Public() @Post() name(@Body() body: Named) { return { name: body.name }; }
    @Public() @Get() ask(@Query() asked: Asked) { return { text: asked.text }; }`;
  const found = (route: string) =>
    outcomes(trace(zoo(handlers, more), route, nest)).filter((each) => / 500: /.test(each));
  expect(found('POST /animals')).toEqual([
    'TypeError 500: present body.name & typeof(body.name) != "string"',
  ]);
  expect(found('GET /animals')).toEqual(['SyntaxError 500: malformed query.filters']);
});

test('what middleware writes to Node’s own request is there in raw, and next() in two places leads on both ways', () => {
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
    'main.ts': `
      import { BadRequestException, Controller, Get, Injectable, Module, createParamDecorator } from '@nestjs/common';
      import { NestFactory } from '@nestjs/core';
      import { FastifyAdapter } from '@nestjs/platform-fastify';
      import pg from 'pg';
      const pool = new pg.Pool();
      const Port = createParamDecorator((_, context) => {
        const port = context.switchToHttp().getRequest().raw?.port;
        if (!port) throw new BadRequestException('no port');
        return port;
      });
      @Injectable()
      class Domain {
        async use(req, res, next) {
          const { rows: [port] } = await pool.query('select * from ports limit 1');
          if (!port) { req.port = null; return next(); }
          req.port = port;
          next();
        }
      }
      @Controller('ports')
      class Ports { @Get('mine') mine(@Port() port) { return { port }; } }
      @Module({ controllers: [Ports] })
      class AppModule { configure(consumer) { consumer.apply(Domain).forRoutes('*'); } }
      NestFactory.create(AppModule, new FastifyAdapter()).then((app) => app.listen(3000));`,
  });
  const [route] = analyze(program, { emit: () => undefined }).apps[0]?.routes ?? [];
  const found = route?.outcomes.map(({ status, when }) => [status, when.map(({ kind }) => kind)]);
  expect(found).toEqual([
    [400, ['absent']],
    [200, ['exists']],
  ]);
});

test('a hook on the server behind the adapter runs before guards, for the paths it asks about', () => {
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
    'main.ts': `
      import { Controller, Get, Module, NotFoundException } from '@nestjs/common';
      import { NestFactory } from '@nestjs/core';
      import { FastifyAdapter } from '@nestjs/platform-fastify';
      @Controller('ports')
      class Ports { @Get('mine') mine() { return { ok: true }; } }
      @Controller('health')
      class Health { @Get() up() { return { ok: true }; } }
      @Module({ controllers: [Ports, Health] })
      class AppModule {}
      async function bootstrap() {
        const app = await NestFactory.create(AppModule, new FastifyAdapter());
        app.getHttpAdapter().getInstance()
          .decorateReply('end', function () { this.send(''); })
          .addHook('preHandler', function (req, reply, done) {
            const open = ['/health'];
            if (!open.some((path) => req.originalUrl.startsWith(path))) {
              if (!req.headers['x-port'] && req.originalUrl !== '/') throw new NotFoundException('no port');
              done();
            } else done();
          });
        await app.listen(3000);
      }
      bootstrap();`,
  });
  const routes = analyze(program, { emit: () => undefined }).apps[0]?.routes ?? [];
  const found = routes.map(({ path, outcomes }) => [path, outcomes.map(({ status }) => status)]);
  expect(Object.fromEntries(found)).toEqual({ '/ports/mine': [404, 200], '/health': [200] });
});

test('what constructors ask of the environment is no reason for a catch in a request', () => {
  const app = zoo(
    `@UseGuards(AuthGuard('jwt')) @Get('own') own() { return {}; }`,
    `
    import { AuthGuard, PassportStrategy } from '@nestjs/passport';
    import { ExtractJwt, Strategy } from 'passport-jwt';
    import { cleanEnv, str } from 'envalid';
    class Settings { private env; constructor() { this.env = cleanEnv(process.env, { NAME: str() }); } get(key) { return this.env[key]; } }
    class Names { constructor(private readonly settings: Settings) {} get(name) { return this.settings.get(name); } }
    class ByToken extends PassportStrategy(Strategy, 'jwt') {
      constructor(private keepers: Repository<Keeper>) { super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 's' }); }
      async validate(claims) {
        try {
          const keeper = await this.keepers.findOneBy({ id: claims.sub });
          if (keeper && new Names(undefined).get('NAME')) return keeper;
        } catch {}
        throw new UnauthorizedException('no keeper');
      }
    }
    class Service {}`,
    'ByToken, Service',
  );
  const said = outcomes(traced('GET /animals/own', app));
  expect(said.length).toBeGreaterThan(1);
  expect(said.join()).not.toContain('str()');
});
