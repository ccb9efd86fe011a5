import { expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import { admits } from '../../src/state/admits.ts';
import { programOf } from '../setup/code.ts';
import { planned } from '../setup/planning.ts';

const APP = `
import { Body, Controller, ForbiddenException, Get, Module, Post, Req, UnauthorizedException, UseGuards } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { IsEmail, IsString } from 'class-validator';
import { compare, hash } from 'bcryptjs';
import { Column, DeleteDateColumn, Entity, PrimaryGeneratedColumn, Repository } from 'typeorm';
@Entity('people') class Person {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column({ unique: true }) email: string;
  @Column({ name: 'password_hash' }) passwordHash: string;
  @Column({ name: 'locked_until', type: 'timestamptz', nullable: true }) lockedUntil: Date | null;
  @DeleteDateColumn({ name: 'deleted_at', type: 'timestamptz' }) deletedAt: Date | null;
}
class Credentials { @IsEmail() email: string; @IsString() password: string; }
class Guard {
  constructor(private jwt: JwtService, private people: Repository<Person>) {}
  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const [type, token] = request.headers.authorization?.split(' ') ?? [];
    if (type !== 'Bearer' || !token) throw new UnauthorizedException('none');
    let claims;
    try { claims = await this.jwt.verifyAsync(token); } catch { throw new UnauthorizedException('forged'); }
    const person = await this.people.findOneBy({ id: claims.sub });
    if (!person) throw new UnauthorizedException('nobody');
    if (person.lockedUntil !== null && person.lockedUntil > new Date()) throw new ForbiddenException('locked');
    request.person = person;
    return true;
  }
}
@Controller() class Desk {
  constructor(private jwt: JwtService, private people: Repository<Person>) {}
  @Post('sign-up') async signUp(@Body() { email, password }: Credentials) {
    return this.people.save({ email, passwordHash: await hash(password, 10) });
  }
  @Post('sign-in') async signIn(@Body() { email, password }: Credentials) {
    const person = await this.people.findOneBy({ email });
    if (!person || !(await compare(password, person.passwordHash))) throw new UnauthorizedException('wrong');
    if (person.lockedUntil !== null && person.lockedUntil > new Date()) throw new ForbiddenException('locked');
    return { token: await this.jwt.signAsync({ sub: person.id }) };
  }
  @UseGuards(Guard) @Get('me') me(@Req() request) { return { email: request.person.email }; }
}
@Module({ controllers: [Desk], providers: [Guard] }) export class AppModule {}`;

const MAIN = `
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
NestFactory.create(AppModule).then((app) => app.useGlobalPipes(new ValidationPipe()));`;

const dependencies = { '@nestjs/core': '11', '@nestjs/common': '11', typeorm: '0.3' };
const manifest = JSON.stringify({ name: 'app', dependencies });
const texts = { 'package.json': manifest, 'main.ts': MAIN, 'app.module.ts': APP };
const model = analyze(programOf(texts), { emit: () => undefined });
const { plan, unsolved } = planned(model);

test('a token that nobody signed, one of a row that is gone, and one of its own', () => {
  expect(unsolved).toEqual([]);
  const forged = plan('GET /me › unauthorized_exception (headers.authorization invalid)');
  expect(forged.given.personas).toEqual({});
  expect(forged.when[0]?.headers).toEqual({ authorization: 'Bearer unknown-token' });
  const gone = plan(
    'GET /me › unauthorized_exception (no people) › near: people.deleted_at is not null',
  );
  expect(gone.given.personas).toEqual({ people: { row: 'people' } });
  expect(gone.when[0]).toEqual({ as: 'people', method: 'GET', path: '/me' });
  expect(plan('GET /me › 200').when[0]).toEqual({ as: 'people', method: 'GET', path: '/me' });
});

test('what either way of a sign-in’s condition refuses is set after signing in', () => {
  const [app] = model.apps;
  if (!app) throw new Error('no app');
  expect(app.auth).toMatchObject({
    actor: 'people',
    signIn: { route: 'POST /sign-in', fields: { email: 'email' }, password: 'password' },
    signUp: { route: 'POST /sign-up', fields: { email: 'email' }, password: 'password' },
  });
  expect(admits(app, 'locked_until', { now: 'P1D' })).toBe(false);
  expect(admits(app, 'locked_until', { now: '-P1D' })).toBe(true);
  expect(admits(app, 'locked_until', null)).toBe(true);
  expect(admits(app, 'deleted_at', { now: '-P1D' })).toBe(false);
});
