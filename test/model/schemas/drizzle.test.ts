import { expect, test } from 'vitest';
import { Table } from '../../../src/db/db.ts';
import { ts } from '../../../src/kernel/syntax.ts';
import { drizzle } from '../../../src/model/schemas/drizzle.ts';
import { programOf } from '../../setup/code.ts';

const PG = `import * as pg from 'drizzle-orm/pg-core';
import { pgTable, pgEnum, pgSchema, pgTableCreator, text, uuid, integer, serial, bigint, varchar, numeric, timestamp, jsonb, boolean, date, index, uniqueIndex, unique, primaryKey, foreignKey, check, customType, type AnyPgColumn } from 'drizzle-orm/pg-core';
import { sql, relations } from 'drizzle-orm';
`;

function read(files: Record<string, string> | string) {
  const texts = typeof files === 'string' ? { 'src/schema.ts': PG + files } : files;
  const program = programOf(texts);
  const schema = drizzle.read(program, '.');
  for (const table of schema.tables) expect(Table.parse(table)).toEqual(table);
  return { program, schema, table: (id: string) => schema.tables.find((one) => one.id === id)! };
}

test('columns carry their SQL type, nullability, length and default', () => {
  const { table } = read(`
    export const users = pgTable('users', {
      id: serial().primaryKey(),
      key: uuid('key').defaultRandom().notNull(),
      email: varchar('email', { length: 255 }).notNull().unique(),
      price: numeric('price', { precision: 10, scale: 2 }).notNull().default('0.00'),
      createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
      updatedAt: timestamp('updated_at').$onUpdate(() => new Date()),
      tags: text('tags').array().notNull().default([]),
      total: bigint('total', { mode: 'number' }).generatedAlwaysAs(sql\`price * 2\`),
      seq: integer('seq').generatedAlwaysAsIdentity(),
      code: text('code').$defaultFn(() => createId()),
      kind: text({ enum: ['a', 'b'] }).default('a'),
      meta: jsonb('meta').$type<Meta>().default({ a: [1, true] }),
      born: date().default(sql\`current_date\`),
    });`);
  const columns = table('users').columns.map(
    ({ name, type, nullable, maxLength, values, default: given }) => {
      const extra = [nullable ? 'null' : '', maxLength ?? '', values?.join('|') ?? '']
        .filter(Boolean)
        .join(' ');
      return [name, type, extra, given.kind === 'none' ? '' : JSON.stringify(given)].join(' / ');
    },
  );
  expect(columns).toEqual([
    `id / integer /  / {"kind":"expression","text":"nextval('users_id_seq')"}`,
    'key / uuid /  / {"kind":"expression","text":"gen_random_uuid()"}',
    'email / character varying(255) / 255 / ',
    'price / numeric(10,2) /  / {"kind":"literal","value":"0.00"}',
    'created_at / timestamp(3) with time zone /  / {"kind":"expression","text":"now()"}',
    'updated_at / timestamp without time zone / null / {"kind":"application","text":"() => new Date()"}',
    'tags / text[] /  / {"kind":"literal","value":[]}',
    'total / bigint / null / {"kind":"generated"}',
    'seq / integer /  / {"kind":"identity","always":true}',
    'code / text / null / {"kind":"application","text":"() => createId()"}',
    'kind / text / null a|b / {"kind":"literal","value":"a"}',
    'meta / jsonb / null / {"kind":"literal","value":{"a":[1,true]}}',
    'born / date / null / {"kind":"expression","text":"current_date"}',
  ]);
  expect(table('users').uniques).toEqual([
    { name: null, columns: ['email'], expressions: [], where: null, nullsNotDistinct: false },
  ]);
});

test('keys, indexes and checks of the third argument, as a list or an object', () => {
  const { table } = read(`
    export const users = pgTable('users', { id: uuid('id').primaryKey(), managerId: uuid('manager_id').references((): AnyPgColumn => users.id, { onDelete: 'set null' }), email: text('email').notNull(), deletedAt: timestamp('deleted_at') },
      (t) => [uniqueIndex('users_email').on(sql\`lower(\${t.email})\`).where(sql\`\${t.deletedAt} is null\`), index('plain').on(t.email), check('has_at', sql\`position('@' in \${t.email}) > 0\`)]);
    export const members = pgTable('members', { userId: uuid('user_id').notNull(), team: text('team').notNull(), seat: integer('seat') },
      (t) => ({ pk: primaryKey({ columns: [t.userId, t.team] }), fk: foreignKey({ columns: [t.userId], foreignColumns: [users.id], name: 'member_user' }).onDelete('cascade'), seat: unique('seat').on(t.team, t.seat).nullsNotDistinct() }));`);
  expect(table('users')).toMatchObject({
    primaryKey: ['id'],
    uniques: [
      {
        name: 'users_email',
        columns: [],
        expressions: ['lower(email)'],
        where: 'deleted_at is null',
      },
    ],
    foreignKeys: [
      { columns: ['manager_id'], table: 'users', references: ['id'], onDelete: 'set null' },
    ],
    checks: [{ name: 'has_at', expression: "position('@' in email) > 0" }],
  });
  expect(table('members')).toMatchObject({
    primaryKey: ['user_id', 'team'],
    uniques: [{ name: 'seat', columns: ['team', 'seat'], nullsNotDistinct: true }],
    foreignKeys: [
      {
        name: 'member_user',
        columns: ['user_id'],
        table: 'users',
        references: ['id'],
        onDelete: 'cascade',
      },
    ],
  });
});

test('column helpers, spread columns, callbacks, creators, schemas and enums across files', () => {
  const { table, schema, program } = read({
    'src/columns.ts': `${PG}
      export const id = () => uuid('id').primaryKey().defaultRandom();
      export const timestamps = { createdAt: timestamp('created_at').notNull().defaultNow(), updatedAt: timestamp('updated_at') };
      export const money = (name: string) => numeric(name, { precision: 12, scale: 2 });
      export const createTable = pgTableCreator((name) => \`shop_\${name}\`);
      export const ROLES = ['admin', 'member'] as const;`,
    'src/schema/index.ts': `export * from './users'; export * from './billing';`,
    'src/schema/users.ts': `${PG} import { createTable, id, timestamps, ROLES } from '../columns';
      export const role = pgEnum('role', ROLES);
      export const users = createTable('users', { id: id(), role: role('role').notNull().default('member'), ...timestamps });`,
    'src/schema/billing.ts': `${PG} import { id, money } from '../columns'; import { users } from './users';
      const citext = customType<{ data: string }>({ dataType() { return 'citext'; } });
      export const billing = pgSchema('billing');
      export const status = billing.enum('status', ['open', 'paid']);
      export const invoices = billing.table('invoices', (t) => ({ id: id(), userId: t.uuid('user_id').notNull().references(() => users.id), total: money('total'), status: status().notNull(), number: citext('number') }));`,
  });
  expect(schema.tables.map((one) => [one.id, one.property])).toEqual([
    ['billing.invoices', 'invoices'],
    ['shop_users', 'users'],
  ]);
  expect(table('shop_users').columns.map((one) => one.name)).toEqual([
    'id',
    'role',
    'created_at',
    'updated_at',
  ]);
  expect(table('shop_users').columns[1]).toMatchObject({
    type: 'role',
    values: ['admin', 'member'],
  });
  expect(
    table('billing.invoices').columns.map(({ name, type, values }) => [name, type, values]),
  ).toEqual([
    ['id', 'uuid', null],
    ['user_id', 'uuid', null],
    ['total', 'numeric(12,2)', null],
    ['status', 'billing.status', ['open', 'paid']],
    ['number', 'citext', null],
  ]);
  expect(table('billing.invoices').foreignKeys).toMatchObject([
    { table: 'shop_users', references: ['id'] },
  ]);
  const users = program.exported('src/schema/index.ts', 'users');
  expect(users?.kind === 'declared' && schema.tableAt(users.node)?.id).toBe('shop_users');
  const status = program.exported('src/schema/index.ts', 'status');
  expect(status?.kind === 'declared' && schema.enumAt(status.node)).toEqual(['open', 'paid']);
});

test('a column helper may be given options or none', () => {
  const { table } = read(`
    const code = (name: string, options?: { default?: boolean }) => {
      const column = varchar(name, { length: 24 });
      return options?.default === false ? column : column.$defaultFn(() => createId());
    };
    export const herds = pgTable('herds', {
      id: code('id').primaryKey(),
      farmId: code('farm_id', { default: false }),
    });`);
  const columns = table('herds').columns.map(({ name, default: given }) => [name, given?.kind]);
  expect(columns).toEqual([
    ['id', 'application'],
    ['farm_id', 'none'],
  ]);
});

test('casing comes from where the database is opened', () => {
  const { table } = read({
    'src/schema.ts': `${PG} export const orderItems = pgTable('order_items', { orderId: integer(), isPaidOut: boolean(), URLPath2: text(), kept: text('Kept') }, (t) => [unique().on(t.orderId)]);`,
    'src/db.ts': `import { drizzle } from 'drizzle-orm/node-postgres'; import * as schema from './schema'; export const make = (url: string) => drizzle(url, { schema, casing: 'snake_case' });`,
  });
  expect(table('order_items').columns.map((one) => one.name)).toEqual([
    'order_id',
    'is_paid_out',
    'url_path2',
    'Kept',
  ]);
  expect(table('order_items').uniques[0]!.columns).toEqual(['order_id']);
});

test('relations have names, ends and the columns that meet', () => {
  const { schema } = read(`
    export const users = pgTable('users', { id: uuid('id').primaryKey() });
    export const posts = pgTable('posts', { id: uuid('id').primaryKey(), authorId: uuid('author_id').references(() => users.id), editorId: uuid('editor_id') });
    export const usersRelations = relations(users, ({ many }) => ({ posts: many(posts, { relationName: 'author' }), edited: many(posts, { relationName: 'editor' }) }));
    export const postsRelations = relations(posts, ({ one }) => ({
      author: one(users, { fields: [posts.authorId], references: [users.id], relationName: 'author' }),
      editor: one(users, { fields: [posts.editorId], references: [users.id], relationName: 'editor' }) }));`);
  expect(schema.relations('posts')).toEqual([
    { name: 'author', kind: 'one', table: 'users', fields: ['author_id'], references: ['id'] },
    { name: 'editor', kind: 'one', table: 'users', fields: ['editor_id'], references: ['id'] },
  ]);
  expect(schema.relations('users')).toEqual([
    { name: 'posts', kind: 'many', table: 'posts', fields: ['id'], references: ['author_id'] },
    { name: 'edited', kind: 'many', table: 'posts', fields: ['id'], references: ['editor_id'] },
  ]);
});

test('what cannot be read is a finding, and the rest is there', () => {
  const { schema } = read(`
    import { shape } from 'elsewhere';
    export const a = pgTable('a', shape);
    export const b = pgTable('b', { id: uuid('id'), ...shape });`);
  expect(schema.tables.map((one) => one.id)).toEqual(['b']);
  expect(schema.findings.map(({ code, facts }) => [code, facts['reason']])).toEqual([
    ['model.unresolvedSchema', 'its columns are not known'],
    ['model.unresolvedSchema', 'some columns of b are not known'],
  ]);
});

test('only declarations of tables are tables', () => {
  const { schema, program } = read(
    `export const users = pgTable('users', {}); export const other = 1;`,
  );
  const source = program.source('src/schema.ts')!;
  const declarations: ts.Node[] = [];
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement))
      declarations.push(...statement.declarationList.declarations);
  }
  expect(declarations.map((node) => schema.tableAt(node)?.id)).toEqual(['users', undefined]);
});
