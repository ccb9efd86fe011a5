import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prisma } from '../../../src/model/schemas/prisma.ts';
import { programOf } from '../../setup/code.ts';
import { freshDatabase } from '../../setup/database.ts';
import { catalogOf, shapeOf } from '../../setup/table-shape.ts';

const folder = join(import.meta.dirname, '../../../fixtures/apps/workshop/prisma');
const text = (path: string) => readFileSync(join(folder, path), 'utf8');

test('reads the workshop’s schema as PostgreSQL does its migrations', async () => {
  const found = prisma.read(programOf({ 'prisma/schema.prisma': text('schema.prisma') }), '.');
  const database = await freshDatabase('select 1');
  const catalog = await catalogOf(database, [text('migrations/20260101000000_init/migration.sql')]);
  // The database knows neither what code calls a thing nor what the client fills in, nor Prisma triggers.
  const bare = (tables: typeof found.tables) =>
    shapeOf(tables).map((table) => ({
      ...table,
      property: '',
      triggers: [],
      columns: table.columns.map((column) => ({
        ...column,
        property: '',
        default: column.default.kind === 'application' ? { kind: 'none' } : column.default,
      })),
    }));
  expect(bare(found.tables)).toEqual(bare([...catalog]));
});

test('keeps names, relations and join tables of models apart from those of tables', () => {
  const found = prisma.read(
    programOf({
      'prisma/a.prisma':
        'model Post {\n id Int @id @default(autoincrement())\n tags Tag[]\n by User? @relation(fields: [byId], references: [id])\n byId Int? @map("by_id")\n}',
      'prisma/b.prisma':
        'model Tag {\n name String @id\n posts Post[]\n}\nmodel User {\n id Int @id\n posts Post[]\n @@map("users")\n}',
    }),
    '.',
  );
  expect(found.tables.map(({ id, property }) => [id, property])).toEqual([
    ['Post', 'post'],
    ['Tag', 'tag'],
    ['_PostToTag', '_PostToTag'],
    ['users', 'user'],
  ]);
  expect(found.relations('users')).toEqual([
    { name: 'posts', kind: 'many', table: 'Post', fields: ['id'], references: ['by_id'] },
  ]);
  expect(found.relations('Post')[0]?.through).toEqual({
    table: '_PostToTag',
    own: 'A',
    other: 'B',
  });
  expect(found.relations('Tag')[0]?.through).toEqual({ table: '_PostToTag', own: 'B', other: 'A' });
  expect(found.relations('Post').at(-1)).toEqual({
    name: 'by',
    kind: 'one',
    table: 'users',
    fields: ['by_id'],
    references: ['id'],
  });
});

test('a package that only generates a client has the schema of the package that has models', () => {
  const generates = 'generator client {\n provider = "prisma-client-js"\n}';
  const program = programOf({
    'apps/api/prisma/schema/schema.prisma': generates,
    'packages/db/prisma/schema/schema.prisma': generates,
    'packages/db/prisma/schema/boat.prisma': 'model Boat {\n id Int @id\n}',
  });
  expect(prisma.read(program, 'apps/api').tables.map(({ id }) => id)).toEqual(['Boat']);
});

test('says what is no schema', () => {
  const found = prisma.read(programOf({ 'schema.prisma': 'model {' }), '.');
  expect(found.findings.map(({ code }) => code)).toEqual(['model.unresolvedSchema']);
});
