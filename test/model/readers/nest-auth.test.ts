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
import { Controller, Get, Injectable, Module, NotFoundException, Post, Req, SetMetadata, UnauthorizedException, UseGuards } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { ClsMiddleware, ClsModule, ClsService } from 'nestjs-cls';
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
