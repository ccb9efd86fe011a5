import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ts } from '../../../src/kernel/syntax.ts';
import { zod } from '../../../src/model/inputs/zod.ts';
import { programOf } from '../../setup/code.ts';

const Z = "import { z } from 'zod';\n";

/** The JSON Schema of what `schema` is in `src/a.ts`. */
function read(files: Record<string, string> | string) {
  const texts =
    typeof files === 'string' ? { 'src/a.ts': `${Z}export const schema = ${files};` } : files;
  const program = programOf(texts);
  const meaning = program.exported('src/a.ts', 'schema');
  if (meaning?.kind !== 'declared' || !ts.isVariableDeclaration(meaning.node))
    throw new Error('no schema');
  return zod.read(program, 'src/a.ts', meaning.node.initializer!);
}

/** Zod's own answer, without the patterns it gives for formats and the defaults of JSON Schema. */
function oracle(code: string): unknown {
  const schema = new Function('z', `return ${code}`)(z) as z.ZodType;
  return plain(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, item]) =>
      !key.startsWith('x-') &&
      !['$schema', 'discriminator'].includes(key) &&
      !(key === 'pattern' && 'format' in value) &&
      !(key === 'propertyNames' && JSON.stringify(item) === '{"type":"string"}') &&
      Math.abs(Number(item)) !== Number.MAX_SAFE_INTEGER,
  );
  const mapped = Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
  if (Array.isArray(mapped['enum']) && mapped['enum'].every((one) => typeof one === 'string'))
    mapped['type'] = 'string';
  if (typeof mapped['const'] === 'string') mapped['type'] = 'string';
  if (typeof mapped['const'] === 'number') mapped['type'] = 'number';
  if (typeof mapped['const'] === 'boolean') mapped['type'] = 'boolean';
  if (Array.isArray(mapped['type']))
    return { anyOf: mapped['type'].map((type) => ({ ...mapped, type })) };
  return mapped;
}

describe('agrees with Zod itself on', () => {
  test.each([
    'z.string()',
    'z.string().min(1).max(80)',
    'z.string().length(3)',
    'z.string().email()',
    'z.email()',
    'z.uuid()',
    'z.string().uuid()',
    'z.url()',
    'z.iso.datetime()',
    'z.string().datetime()',
    'z.iso.date()',
    'z.string().regex(/^[a-z]+$/)',
    'z.number()',
    'z.number().int().min(1).max(10)',
    'z.int().positive()',
    'z.number().nonnegative().multipleOf(0.01)',
    'z.number().gt(1).lt(5)',
    'z.boolean()',
    'z.null()',
    "z.enum(['a', 'b'])",
    "z.literal('a')",
    'z.literal(3)',
    'z.object({ a: z.string(), b: z.number().optional(), c: z.boolean().default(true), d: z.string().nullish() })',
    'z.object({ a: z.string() }).strict()',
    'z.strictObject({ a: z.object({ b: z.array(z.int()).nonempty() }) })',
    'z.looseObject({ a: z.string() })',
    'z.object({ a: z.string(), b: z.string() }).pick({ a: true }).extend({ c: z.number() })',
    'z.object({ a: z.string(), b: z.string() }).omit({ a: true }).partial()',
    'z.object({ a: z.string().optional() }).required()',
    'z.object({ a: z.string(), b: z.string() }).partial({ a: true })',
    'z.array(z.string()).min(1).max(3)',
    'z.array(z.string()).length(2)',
    'z.string().array()',
    'z.record(z.string(), z.number())',
    'z.union([z.string(), z.number()])',
    'z.string().or(z.int())',
    "z.discriminatedUnion('kind', [z.object({ kind: z.literal('a'), x: z.int() }), z.object({ kind: z.literal('b') })])",
    'z.object({ a: z.object({ b: z.string() }).nullable() })',
    'z.object({ a: z.unknown().optional(), t: z.string().trim().min(1) })',
    'z.string().transform((text) => text.length)',
    'z.string().transform(Number).pipe(z.number().int())',
    'z.object({ a: z.string() }).refine((value) => value.a !== "x")',
    "z.object({ page: z.string().default('1') })",
  ])('%s', (code) => {
    expect(plain(read(code))).toEqual(oracle(code));
  });
});

describe('marks what JSON Schema has no word for', () => {
  test.each([
    ['z.coerce.number().int().min(1)', { type: 'integer', minimum: 1, 'x-coerce': true }],
    [
      'z.string().trim().toLowerCase().email()',
      { type: 'string', format: 'email', 'x-transform': ['trim', 'toLowerCase'] },
    ],
    ['z.string().transform((v) => v + 1)', { type: 'string', 'x-transform': ['(v) => v + 1'] }],
    [
      "z.string().refine((v) => v !== 'x', 'no')",
      { type: 'string', 'x-refine': ["(v) => v !== 'x'"] },
    ],
    [
      "z.number().refine((v) => v !== 0, 'no')",
      { type: 'number', not: { enum: [0] }, 'x-refine': ['(v) => v !== 0'] },
    ],
    [
      'z.preprocess((v) => Number(v), z.number())',
      { type: 'number', 'x-transform': ['(v) => Number(v)'], 'x-coerce': true },
    ],
    [
      'z.string().transform(Number).pipe(z.number().min(1))',
      { type: 'string', 'x-transform': ['Number'], 'x-pipe': { type: 'number', minimum: 1 } },
    ],
    ['z.number().catch(1)', { default: 1, 'x-catch': { type: 'number' }, 'x-optional': true }],
    ['z.object({}).optional()', { type: 'object', properties: {}, 'x-optional': true }],
    ["z.string().startsWith('a.b')", { type: 'string', pattern: '^a\\.b' }],
    [
      'z.string().regex(/^a/).regex(/z$/)',
      { type: 'string', pattern: '^a', allOf: [{ pattern: 'z$' }] },
    ],
    ['z.string().regex(/^ab[a-z]$/i)', { type: 'string', pattern: '^[aA][bB][a-zA-Z]$' }],
  ])('%s', (code, expected) => {
    expect(read(code)).toEqual(expected);
  });
});

test('schemas are followed across files, helpers, spreads and TypeScript enums', () => {
  const schema = read({
    'src/a.ts': `${Z} import { Email, paged, Status, ROLES } from './parts'; import * as parts from './parts';
      const common = { email: Email, role: z.enum(ROLES) };
      export const schema = z.object({ ...common, status: z.nativeEnum(Status), address: parts.Address.shape.city, page: paged(50), first: z.enum(ROLES).extract(['admin']) }).merge(parts.Address);`,
    'src/parts.ts': `${Z} export const Email = z.string().email(); export const ROLES = ['admin', 'member'] as const;
      export enum Status { Open = 'open', Closed = 'closed' }
      export const Address = z.object({ city: z.string().min(2) });
      export const paged = (max: number) => z.coerce.number().int().max(max).default(10);`,
  });
  expect(schema).toEqual({
    type: 'object',
    properties: {
      email: { type: 'string', format: 'email' },
      role: { type: 'string', enum: ['admin', 'member'] },
      status: { type: 'string', enum: ['open', 'closed'] },
      address: { type: 'string', minLength: 2 },
      page: { type: 'integer', maximum: 50, 'x-coerce': true, default: 10 },
      first: { type: 'string', enum: ['admin'] },
      city: { type: 'string', minLength: 2 },
    },
    required: ['email', 'role', 'status', 'address', 'first', 'city'],
  });
});

test('tables of the database become schemas', () => {
  const schema = read({
    'src/a.ts': `import { createInsertSchema } from 'drizzle-zod'; import { users, role } from './schema'; import { z } from 'zod';
      export const schema = createInsertSchema(users, { email: (field) => field.email() }).omit({ id: true }).extend({ role: z.enum(role.enumValues) });`,
    'src/schema.ts': `import { pgTable, pgEnum, uuid, text, varchar, integer, timestamp } from 'drizzle-orm/pg-core';
      export const role = pgEnum('role', ['admin', 'member']);
      export const users = pgTable('users', { id: uuid().primaryKey().defaultRandom(), email: varchar({ length: 80 }).notNull(), age: integer(), tags: text().array().notNull(), seq: integer().generatedAlwaysAsIdentity(), at: timestamp().notNull().defaultNow() });`,
  });
  expect(schema).toEqual({
    type: 'object',
    properties: {
      email: { type: 'string', maxLength: 80, format: 'email' },
      age: { type: ['integer', 'null'] },
      tags: { type: 'array', items: { type: 'string' } },
      at: { type: 'string', format: 'date-time', 'x-type': 'date' },
      role: { type: 'string', enum: ['admin', 'member'] },
    },
    required: ['email', 'tags', 'role'],
  });
});

test('a schema that refers to itself ends, and what is not known is marked', () => {
  const schema = read({
    'src/a.ts': `${Z} import { other } from 'elsewhere';
      export const schema = z.object({ name: z.string(), children: z.lazy(() => schema.array()), get parent() { return schema.optional(); }, other, more: z.string().max(limit) });`,
  });
  expect(schema).toMatchObject({
    properties: {
      name: { type: 'string' },
      other: { 'x-unknown': true },
      more: { type: 'string' },
    },
  });
});

test('what is no schema is null', () => {
  expect(read('z.string().parse(1)')).toBeNull();
  expect(read('1 + 1')).toBeNull();
  expect(read('fetch("x")')).toBeNull();
});

test('a custom schema asks its function, and for a value where that does not take nothing', () => {
  expect(
    read(`z.object({
      size: z.custom<string>((value) => typeof value === 'string'),
      note: z.custom((value) => value === undefined || isNote(value), 'no note'),
      rest: z.custom<Rest>(),
    })`),
  ).toMatchObject({
    properties: {
      size: { 'x-refine': ["(value) => typeof value === 'string'"] },
      note: { 'x-refine': ['(value) => value === undefined || isNote(value)'] },
      rest: {},
    },
    required: ['size'],
  });
});
