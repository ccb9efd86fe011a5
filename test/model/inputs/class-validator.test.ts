import { expect, test } from 'vitest';
import { ts } from '../../../src/kernel/syntax.ts';
import { classValidator } from '../../../src/model/inputs/class-validator.ts';
import { programOf } from '../../setup/code.ts';

const HEAD = `
import { applyDecorators } from '@nestjs/common';
import { IntersectionType, OmitType, PartialType, PickType } from '@nestjs/mapped-types';
import { Transform, Type } from 'class-transformer';
import { ArrayMinSize, IsArray, IsBoolean, IsDateString, IsEmail, IsEnum, IsIn, IsInt, IsNotEmpty, IsNumber, IsOptional, IsString, IsUUID, Length, Matches, Max, MaxLength, Min, MinLength, ValidateIf, ValidateNested, registerDecorator } from 'class-validator';
enum Size { Small = 'small', Large = 'large' }
const MOST = 9;
`;

/** The schema of the class `Wanted`. */
function schemaOf(code: string) {
  const program = programOf({ 'dto.ts': HEAD + code });
  const wanted = ts.factory.createIdentifier('Wanted');
  const source = program.source('dto.ts');
  const node = source?.statements.find(
    (each) => ts.isClassDeclaration(each) && each.name?.text === wanted.text,
  );
  const name = node && ts.isClassDeclaration(node) ? node.name : undefined;
  const usage = source && findUsage(source, 'Wanted');
  return name && usage ? classValidator.read(program, 'dto.ts', usage) : undefined;
}

function findUsage(node: ts.Node, text: string): ts.Identifier | undefined {
  if (ts.isIdentifier(node) && node.text === text && ts.isTypeReferenceNode(node.parent))
    return node;
  return ts.forEachChild(node, (child) => findUsage(child, text));
}

const USE = '\nfunction take(value: Wanted) {}';

test('validators become keywords; what may be left out is not required', () => {
  const found = schemaOf(`class Wanted {
    @IsString() @Length(2, 40) name: string;
    @IsEmail() @MaxLength(100) email: string;
    @IsInt() @Min(1) @Max(MOST) count: number;
    @IsOptional() @IsEnum(Size) size?: Size;
    @IsIn(['a', 'b']) kind: string;
    @Matches(/^[A-Z]{3}$/) code: string;
    @IsNotEmpty() title: string;
    @ValidateIf((it) => it.kind === 'a') @IsUUID() ref: string;
    @IsDateString() on: string;
    @IsBoolean() open = true;
    plain: string;
  }${USE}`);
  expect(found).toEqual({
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 2, maxLength: 40 },
      email: { type: 'string', format: 'email', maxLength: 100 },
      count: { type: 'integer', minimum: 1, maximum: 9 },
      size: { enum: ['small', 'large', null] },
      kind: { enum: ['a', 'b'] },
      code: { type: 'string', pattern: '^[A-Z]{3}$' },
      title: { type: 'string', minLength: 1 },
      ref: { type: 'string', format: 'uuid' },
      on: { type: 'string', format: 'date-time' },
      open: { type: 'boolean', default: true },
    },
    required: ['name', 'email', 'count', 'kind', 'code', 'title', 'on'],
  });
});

test('nested classes, lists of them and of plain values', () => {
  const found = schemaOf(`
  class Line { @IsUUID() item: string; @IsNumber() @Min(1) amount: number; }
  class Wanted {
    @ValidateNested() @Type(() => Line) first: Line;
    @IsArray() @ArrayMinSize(1) @ValidateNested({ each: true }) @Type(() => Line) lines: Line[];
    @IsString({ each: true }) @MaxLength(5, { each: true }) tags: string[];
  }${USE}`);
  const line = {
    type: 'object',
    properties: {
      item: { type: 'string', format: 'uuid' },
      amount: { type: 'number', minimum: 1 },
    },
    required: ['item', 'amount'],
  };
  expect(found?.['properties']).toEqual({
    first: line,
    lines: { type: 'array', minItems: 1, items: line },
    tags: { type: 'array', items: { type: 'string', maxLength: 5 } },
  });
});

test('mapped types, inheritance and composed decorators', () => {
  const found = schemaOf(`
  const Name = (most: number) => applyDecorators(IsString(), MaxLength(most));
  class Base { @Name(10) name: string; @IsInt() age: number; }
  class Other { @IsEmail() email: string; @IsBoolean() old: boolean; }
  class Wanted extends IntersectionType(PartialType(Base), PickType(Other, ['email'] as const), OmitType(Other, ['email'] as const)) {
    @MinLength(3) name: string;
  }${USE}`);
  expect(found).toEqual({
    type: 'object',
    properties: {
      name: { type: 'string', maxLength: 10, minLength: 3 },
      age: { type: ['integer', 'null'] },
      email: { type: 'string', format: 'email' },
      old: { type: 'boolean' },
    },
    required: ['email', 'old'],
  });
});

test('what class-transformer changes, and checks of the app’s own, are marked', () => {
  const found = schemaOf(`
  function IsPrime() { return (object: object, propertyName: string) => { registerDecorator({ name: 'isPrime', target: object.constructor, propertyName, validator: {} }); }; }
  class Wanted {
    @Type(() => Number) @IsInt() page: number;
    @Transform(({ value }) => value.trim().toLowerCase()) @IsEmail() email: string;
    @IsPrime() @IsInt() prime: number;
  }${USE}`);
  expect(found?.['properties']).toEqual({
    page: { type: 'integer', 'x-coerce': true },
    email: {
      type: 'string',
      format: 'email',
      'x-transform': ['trim', 'toLowerCase'],
      'x-trips': 'text',
    },
    prime: { type: 'integer', 'x-refine': ['IsPrime()'] },
  });
});

test('a class nobody validates is no schema', () => {
  expect(schemaOf(`class Wanted { name: string; }${USE}`)).toBeNull();
});
