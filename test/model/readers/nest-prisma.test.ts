import { expect, test } from 'vitest';
import { nest } from '../../../src/model/readers/nest.ts';
import { outcomes, reads, traceAll } from '../../setup/trace.ts';

const APP = {
  'package.json': JSON.stringify({
    name: 'app',
    dependencies: {
      '@nestjs/core': '10',
      '@prisma/client': '5',
      'nestjs-prisma': '0.26',
      zod: '3',
    },
  }),
  'prisma/schema.prisma': `
    model Keeper {
      id String @id
      email String @unique
      animals Animal[]
    }
    model Animal {
      id String @id
      name String @unique
      keeperId String
      keeper Keeper @relation(fields: [keeperId], references: [id])
    }`,
  'main.ts': `
    import { NestFactory } from '@nestjs/core';
    import { AppModule } from './app.module';
    async function bootstrap() { await NestFactory.create(AppModule); }
    bootstrap();`,
  'dto.ts': `
    import { createZodDto } from 'nestjs-zod/dto'; import { z } from 'zod';
    export const animalSchema = z.object({ name: z.string().min(2), age: z.number().optional() });
    export class AnimalDto extends createZodDto(animalSchema) {}`,
  'app.module.ts': `
    import { Module } from '@nestjs/common';
    import { APP_PIPE } from '@nestjs/core';
    import { PrismaModule, providePrismaClientExceptionFilter } from 'nestjs-prisma';
    import { ZodValidationPipe } from 'nestjs-zod';
    import { AnimalsController } from './animals.controller';
    @Module({
      imports: [PrismaModule.forRoot({ isGlobal: true })],
      controllers: [AnimalsController],
      providers: [
        providePrismaClientExceptionFilter({ P2003: 422 }),
        { provide: APP_PIPE, useClass: ZodValidationPipe },
      ],
    }) export class AppModule {}`,
  'animals.controller.ts': `
    import { Body, Controller, Get, Param, Post } from '@nestjs/common';
    import { PrismaService } from 'nestjs-prisma';
    import { AnimalDto } from './dto';
    @Controller('keepers') export class AnimalsController {
      constructor(private readonly prisma: PrismaService) {}
      @Get(':id') async one(@Param('id') id: string) {
        const keeper = await this.prisma.keeper.findUniqueOrThrow({ where: { id } });
        const again = await this.prisma.keeper.findUnique({ where: { email: keeper.email } });
        return { email: again.email };
      }
      @Post(':id/animals') create(@Param('id') id: string, @Body() dto: AnimalDto) {
        return this.prisma.animal.create({ data: { id: dto.name, name: dto.name, keeperId: id } });
      }
    }`,
};

test("nestjs-prisma: its filter answers Prisma's errors, and a row found by another of its keys is that row", () => {
  const traced = traceAll(APP, 'GET /keepers/:id', nest);
  expect(reads(traced)).toEqual(['keeper: keeper.id = params.id']);
  expect(outcomes(traced).filter((each) => !each.includes('500'))).toEqual([
    'PrismaClientKnownRequestError 404: absent keeper',
    '200 200: exists keeper',
  ]);
});

test('nestjs-zod: a pipe that is made with an error of its own throws that', () => {
  const app = {
    ...APP,
    'pipe.ts': `
      import { ConflictException } from '@nestjs/common';
      import { createZodValidationPipe } from 'nestjs-zod';
      export const OwnPipe = createZodValidationPipe({
        createValidationException: (error: any) =>
          new ConflictException(error.issues.map((each) => each.message).join()),
      });`,
    'animals.controller.ts': (APP['animals.controller.ts'] ?? '')
      .replace('Post }', 'Post, UsePipes }')
      .replace('import { AnimalDto', "import { OwnPipe } from './pipe'; import { AnimalDto")
      .replace("@Controller('keepers')", "@Controller('keepers') @UsePipes(OwnPipe)"),
    'app.module.ts': (APP['app.module.ts'] ?? '').replace(/\{ provide: APP_PIPE.*\n/, ''),
  };
  const traced = traceAll(app, 'POST /keepers/:id/animals', nest);
  expect(traced.input.body).toMatchObject({ required: ['name'] });
  expect(outcomes(traced).map((each) => each.replace(/:.*/, ''))).toContain(
    'ConflictException 409',
  );
});

test('nestjs-zod: a body is checked by the class that its schema made; statuses that the filter is told', () => {
  const traced = traceAll(APP, 'POST /keepers/:id/animals', nest);
  expect(traced.input.body).toMatchObject({
    properties: { name: { type: 'string', minLength: 2 }, age: { type: 'number' } },
    required: ['name'],
  });
  const ends = outcomes(traced).map((each) => each.replace(/:.*/, ''));
  expect(ends).toEqual([
    'BadRequestException~malformed-body 400',
    'BadRequestException~invalid-body 400',
    '201 201',
    'DatabaseError 500',
    'PrismaClientKnownRequestError~any-conflict-name-or-conflict-id 409',
    'PrismaClientKnownRequestError~conflict-keeperId 422',
  ]);
});
