import { describe, expect, test } from 'vitest';
import { nest } from '../../../src/model/readers/nest.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const MAIN = `
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
async function bootstrap() { await NestFactory.create(AppModule); }
bootstrap();`;

const ENTITIES = `
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
@Entity('keepers') export class Keeper {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column() email: string;
}
@Entity('keys') export class Key {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column() secret: string;
  @Column({ name: 'keeper_id', type: 'uuid' }) keeperId: string;
}`;

const zoo = (module: string) => ({
  'main.ts': MAIN,
  'entities.ts': ENTITIES,
  'app.module.ts': `
import { Controller, Get, Inject, Injectable, Module, NotFoundException, Query, Req, SetMetadata, UnauthorizedException, UseGuards } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { ConfigType, registerAs } from '@nestjs/config';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { ClsMiddleware, ClsModule, ClsService } from 'nestjs-cls';
import passport, { Strategy } from 'passport';
import session from 'express-session';
import { Repository } from 'typeorm';
import { Key, Keeper } from './entities';
${module}`,
});

const traced = (route: string, module: string) => outcomes(trace(zoo(module), route, nest));

describe('what stands around handlers and is a package’s', () => {
  const module = `
    @Injectable() class Named { constructor(private cls: ClsService) {}
      canActivate(context) {
        const { name, zone } = context.switchToHttp().getRequest().query;
        if (!name) return false;
        this.cls.set('keeper.name', name);
        return true;
      } }
    @Controller('animals') class Animals { constructor(private cls: ClsService) {}
      @UseGuards(Named) @Get() all() {
        if (this.cls.get('zone')) throw new NotFoundException('closed');
        return { name: this.cls.get('keeper').name };
      } }
    @Module({ imports: [ClsModule.forRoot({})], controllers: [Animals] })
    export class AppModule { configure(consumer) { consumer.apply(ClsMiddleware).forRoutes('*'); } }`;

  test('a middleware class of a package lets requests pass', () => {
    expect(traced('GET /animals', module)).toEqual([
      'ForbiddenException 403: missing query.name',
      '200 200: present query.name',
    ]);
  });
});

test('a package’s middleware whose method is used as a function lets requests pass', () => {
  const animals = `
    @Controller('animals') class Animals { @Get() all() { return []; } }
    @Module({ controllers: [Animals] }) export class AppModule {}`;
  const main = `
    import { NestFactory } from '@nestjs/core';
    import { ClsMiddleware } from 'nestjs-cls';
    import { AppModule } from './app.module';
    async function bootstrap() {
      const app = await NestFactory.create(AppModule);
      app.use(new ClsMiddleware({}).use);
    }
    bootstrap();`;
  const files = { ...zoo(animals), 'main.ts': main };
  expect(outcomes(trace(files, 'GET /animals', nest))).toEqual(['200 200: ']);
});

describe('strategies that are the app’s own', () => {
  const strategies = `
    class Held extends Strategy {
      public name: string; private find;
      constructor(options?, find?) {
        if (typeof options === 'function') { find = options; options = undefined; }
        super();
        this.name = 'held';
        this.find = find;
      }
      authenticate(req) {
        if (!req.session) return this.error(new Error('No session'));
        const { success, fail, find } = this;
        const held = req.session.passport?.user;
        if (held) {
          find(held, req, function (error, user) {
            if (error) return fail(error);
            if (!user) fail('nobody'); else success(user);
          });
        } else fail('No user');
      }
    }
    @Injectable() class ByHeld extends PassportStrategy(Held) {
      constructor(private keepers: Repository<Keeper>) { super(); }
      async validate(payload) {
        const keeper = await this.keepers.findOneBy({ id: payload.id });
        if (!keeper) throw new UnauthorizedException();
        return keeper;
      }
    }
    class Secret extends Strategy {
      name = SECRET; private from; private find;
      constructor(options?, find?) { super(); this.from = options?.from; this.find = find; }
      authenticate(req) {
        const { success, fail } = this;
        const secret = this.from?.(req);
        if (!secret) { fail('no key'); return; }
        this.find(secret, req, function (error, user) {
          if (error) return fail(error);
          if (!user) { fail('nobody'); } else { success(user); }
        });
      }
    }
    const SECRET = 'secret';
    @Injectable() class BySecret extends PassportStrategy(Secret) {
      constructor(private keys: Repository<Key>, private keepers: Repository<Keeper>) { super({ from: (req) => req.headers['x-key'] }); }
      async validate(secret) {
        const key = await this.keys.findOneBy({ secret });
        if (!key) throw new UnauthorizedException();
        return this.keepers.findOneBy({ id: key.keeperId });
      }
    }
    @Injectable() class Signed extends AuthGuard(['held', SECRET]) {
      constructor(private reflector: Reflector) { super(); }
      async validate(context) { return super.canActivate(context) as Promise<boolean>; }
      async canActivate(context) {
        if (this.reflector.getAllAndOverride('open', [context.getHandler(), context.getClass()])) return true;
        try { return await this.validate(context); } catch (error) { throw error; }
      }
    }
    @Injectable() class Sessions { handle; constructor() { this.handle = session({ name: 'zoo', secret: 's' }); } }
    @Controller('animals') class Animals {
      @Get() mine(@Req() request) { return { email: request.user.email }; }
      @SetMetadata('open', true) @Get('free') free() { return {}; }
    }
    @Module({ controllers: [Animals], providers: [Sessions, ByHeld, BySecret, { provide: APP_GUARD, useClass: Signed }] })
    export class AppModule {
      constructor(private sessions: Sessions) {}
      configure(consumer) { consumer.apply(this.sessions.handle, passport.initialize()).forRoutes('*'); }
    }`;

  test('their `authenticate` says whom it lets in, the one after the other', () => {
    const held =
      'present cookies.zoo & field(field(tokenClaims(cookies.zoo), "passport"), "user") != null';
    expect(traced('GET /animals', strategies)).toEqual([
      `UnauthorizedException 401: (${held} & absent keeper & (missing headers.x-key | absent key | absent keeper#2) | anonymous & missing headers.x-key | anonymous & present headers.x-key & absent key | anonymous & present headers.x-key & exists key & absent keeper#2)`,
      `200 200: (${held} & (present headers.x-key & exists key & exists keeper#2 | authenticated) | anonymous & present headers.x-key & exists key & exists keeper#2)`,
    ]);
  });

  test('metadata opens a route before any is asked', () => {
    expect(traced('GET /animals/free', strategies)).toEqual(['200 200: ']);
  });
});

test('settings that a decorator of the app injects are what the environment says', () => {
  const module = `
    const zooSettings = registerAs('zoo', () => ({ gate: { word: process.env.GATE_WORD } }));
    const ZooSettings = () => Inject(zooSettings.KEY);
    @Controller('animals') class Animals {
      constructor(@ZooSettings() private settings: ConfigType<typeof zooSettings>) {}
      @Get() all(@Query('word') word: string) {
        if (word !== this.settings.gate.word) throw new NotFoundException('closed');
        return {};
      } }
    @Module({ controllers: [Animals] }) export class AppModule {}`;
  expect(traced('GET /animals', module)).toEqual([
    'NotFoundException 404: query.word != env.GATE_WORD',
    '200 200: query.word = env.GATE_WORD',
  ]);
});

test('what a third party’s guard and decorator say is neither yes nor no', () => {
  const module = `
    import { AuthGuard as Gate, Visitor } from 'zoo-gate';
    @Injectable() class Own extends Gate {
      async canActivate(context) {
        if (context.switchToHttp().getRequest().query.free) return true;
        return super.canActivate(context);
      } }
    @Controller('animals') class Animals {
      @UseGuards(Own) @Get() all(@Visitor() visitor: unknown) {
        if (!visitor) throw new UnauthorizedException('who');
        return {};
      } }
    @Module({ controllers: [Animals] }) export class AppModule {}`;
  expect(traced('GET /animals', module)).toEqual([
    'ForbiddenException 403: missing query.free & not <zoo-gate.AuthGuard.canActivate>',
    'UnauthorizedException 401: (present query.free | <zoo-gate.AuthGuard.canActivate>) & not <zoo-gate.Visitor>',
    '200 200: (present query.free | <zoo-gate.AuthGuard.canActivate>) & <zoo-gate.Visitor>',
  ]);
});

test('a strategy may tell whom it found by the function that `validate` is given last', () => {
  const module = `
    import { ExtractJwt, Strategy as Jwt } from 'passport-jwt';
    @Injectable() class Signed extends PassportStrategy(Jwt, 'jwt') {
      constructor(private keepers: Repository<Keeper>) {
        super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 's' });
      }
      async validate(payload, done) {
        const keeper = await this.keepers.findOneBy({ id: payload.id });
        if (!keeper) return done(new UnauthorizedException('nobody'), false);
        done(null, keeper);
      } }
    @Controller('animals') class Animals {
      @UseGuards(AuthGuard('jwt')) @Get() all(@Req() request) { return { email: request.user.email }; } }
    @Module({ controllers: [Animals], providers: [Signed] }) export class AppModule {}`;
  expect(traced('GET /animals', module)).toEqual([
    'UnauthorizedException~no-keeper 401: present headers.authorization & valid headers.authorization & absent keeper',
    'UnauthorizedException~anonymous 401: anonymous',
    '200 200: authenticated',
  ]);
});

test('whom a strategy takes that nobody can look into is somebody; symbols are keys by their names', () => {
  const found = traced(
    'GET /animals',
    `import { HouseStrategy } from 'house-auth';
    @Injectable() class Housed extends PassportStrategy(HouseStrategy, 'house') {
      constructor() { super({ url: process.env.HOUSE_URL }); }
      async validate(user) { return super.validate(user); }
    }
    @Injectable() class Guarded extends AuthGuard('house') {}
    @Controller('animals') class Animals {
      @UseGuards(Guarded) @Get() all(@Req() request) {
        const sign = { [Symbol.for('open')]: true };
        return sign[Symbol.for('open')] ? { id: request.user.id } : {};
      } }
    @Module({ controllers: [Animals], providers: [Housed] }) export class AppModule {}`,
  );
  expect(found).toEqual([
    'UnauthorizedException 401: not <passport house>',
    '200 200: <passport house>',
  ]);
});

test('`validate` is told as much of a third party’s user as it takes', () => {
  const module = `
    import { Strategy as GitHub } from 'passport-github2';
    @Injectable() class Named extends PassportStrategy(GitHub, 'github') {
      constructor() { super({ clientID: process.env.CLIENT }); }
      async validate(_access, _refresh, { emails }) {
        const email = emails?.[0].value;
        if (!email) throw new UnauthorizedException('no email');
        return { email };
      } }
    @Controller('animals') class Animals { @UseGuards(AuthGuard('github')) @Get() all() { return {}; } }
    @Module({ controllers: [Animals], providers: [Named] }) export class AppModule {}`;
  expect(traced('GET /animals', module)).toEqual([
    'UnauthorizedException~not-email 401: <passport github> & not [email]',
    'UnauthorizedException~not-passport-github 401: not <passport github>',
    '200 200: <passport github> & [email]',
  ]);
});
