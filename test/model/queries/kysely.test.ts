import { expect, test } from 'vitest';
import { outcomes, reads, termText, trace } from '../../setup/trace.ts';

const TABLES = `
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, role text NOT NULL DEFAULT 'user', deleted_at timestamptz);
CREATE TABLE boards (id serial PRIMARY KEY, owner_id integer NOT NULL REFERENCES users, title text NOT NULL, seats integer NOT NULL DEFAULT 3, closed_at timestamptz);
CREATE TABLE members (board_id integer NOT NULL REFERENCES boards, user_id integer NOT NULL REFERENCES users, joined_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (board_id, user_id));
`;

const HEAD = `
import { Hono } from 'hono';
import { Kysely, PostgresDialect, CamelCasePlugin, NoResultError, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { Pool } from 'pg';
import type { DB } from './types';
const dialect = new PostgresDialect({ pool: new Pool() });
const app = new Hono();
`;

const traced = (body: string, before = 'const db = new Kysely<DB>({ dialect });') =>
  trace(
    {
      'migrations/1.sql': TABLES,
      'app.ts': `${HEAD}${before}\napp.post('/boards/:id', async (c) => {${body}});\nexport default app;`,
    },
    'POST /boards/:id',
  );

const ends = (found: ReturnType<typeof traced>) =>
  outcomes(found).map((each) => each.replace(/:.*/, ''));

test('reads conditions, callbacks, references and joins', () => {
  const found = traced(`
    const id = Number(c.req.param('id'));
    const board = await db.selectFrom('boards as b')
      .innerJoin('users as u', 'u.id', 'b.owner_id')
      .leftJoin('members as m', (join) => join.onRef('m.board_id', '=', 'b.id').on('m.user_id', '=', 7))
      .select(['b.id', 'b.title as name', 'u.email'])
      .where('b.id', '=', id)
      .where('b.closed_at', 'is', null)
      .where((eb) => eb.or([eb('u.role', 'in', ['admin', 'owner']), eb.and({ 'b.seats': 3 })]))
      .where(({ eb, not, exists, selectFrom }) => not(exists(selectFrom('members as x').whereRef('x.board_id', '=', 'b.id').where('x.user_id', '=', 9))))
      .where(sql<boolean>\`b.seats > \${2} and lower(\${sql.ref('u.email')}) = \${'a@b.c'}\`)
      .executeTakeFirst();
    if (!board) return c.json({ error: 'no_board' }, 404);
    if (board.name === 'x') return c.json({ error: 'named_x' }, 409);
    return c.json({ mail: board.email });`);
  expect(reads(found)).toEqual([
    'board join user on user.id = board.owner_id left join member on member.board_id = board.id,member.user_id = 7: board.id = params.id & board.closed_at = null & (user.role in ("admin", "owner") | board.seats = 3) & absent member#2 & board.seats > 2 & lower(user.email) = "a@b.c"',
    'member#2*: member#2.board_id = board.id & member#2.user_id = 9',
  ]);
  expect(outcomes(found)).toEqual([
    'no_board 404: absent board',
    'named_x 409: exists board & board.title = "x"',
    '200 200: exists board & board.title != "x"',
  ]);
});

test('counts, throws without a row and follows conditions that are there only sometimes', () => {
  const found = traced(`
    let query = db.selectFrom('boards').selectAll();
    const title = c.req.query('title');
    if (title) query = query.where('title', '=', title);
    const list = await query.limit(5).execute();
    const { count } = await db.selectFrom('members').select((eb) => eb.fn.countAll<string>().as('count')).where('board_id', '=', Number(c.req.param('id'))).executeTakeFirstOrThrow();
    if (Number(count) >= 3) return c.json({ error: 'full' }, 409);
    const owner = await db.selectFrom('users').selectAll().where('id', 'in', db.selectFrom('boards').select('owner_id').where('seats', '>', 1)).executeTakeFirstOrThrow();
    return c.json({ list, owner });`);
  expect(reads(found)).toEqual([
    'board*: board.title = query.title',
    'board#2*: ',
    'member*: member.board_id = params.id',
    'user: user.id = board#3.owner_id',
    'board#3*: board#3.seats > 1',
  ]);
  expect(outcomes(found)).toEqual([
    'full 409: count(member) >= 3',
    'NoResultError 500: count(member) < 3 & absent user',
    '200 200: count(member) < 3 & exists user',
  ]);
});

test('writes with RETURNING, conflicts, counts of rows, transactions and writes in WITH', () => {
  const found = traced(`
    const id = Number(c.req.param('id'));
    const made = await db.transaction().execute(async (trx) => {
      const user = await trx.insertInto('users').values({ email: c.req.query('email') }).onConflict((oc) => oc.column('email').doNothing()).returning(['id', 'email']).executeTakeFirst();
      if (!user) return null;
      await trx.insertInto('members').values([{ board_id: id, user_id: user.id, joined_at: sql\`now()\` }]).execute();
      return user;
    });
    if (!made) return c.json({ error: 'taken' }, 409);
    const result = await db.updateTable('boards').set((eb) => ({ seats: eb('seats', '-', 1) })).where('id', '=', id).where('seats', '>', 0).executeTakeFirst();
    if (result.numUpdatedRows === 0n) return c.json({ error: 'no_seat' }, 422);
    await db.with('gone', (qc) => qc.deleteFrom('members').where('board_id', '=', id).returning('user_id')).updateTable('users').set({ role: 'left' }).where('id', '=', (eb) => eb.selectFrom('gone').select('gone.user_id')).execute();
    return c.json(made, 201);`);
  expect(
    found.writes.map(({ id, kind, set }) => [id, kind, ...Object.values(set).map(termText)]),
  ).toEqual([
    ['user', 'insert', 'query.email'],
    ['member', 'insert', 'params.id', 'user.id', 'now'],
    ['board', 'update', '(board.seats - 1)'],
    ['member#3', 'delete'],
    ['user#2', 'update', '"left"'],
  ]);
  expect(ends(found)).toEqual(['taken 409', 'no_seat 422', '201 201']);
  expect(outcomes(found)[0]).toBe('taken 409: conflict user(email)');
});

test('reads and writes under camel case names', () => {
  const found = traced(
    `
    const board = await find(db, Number(c.req.param('id')));
    if (!board.closedAt) return c.json({ owner: board.ownerId }, 409);
    try {
      await db.insertInto('members').values({ boardId: board.id, userId: board.ownerId }).execute();
    } catch (error) {
      if ((error as { code?: string }).code === '23505') return c.json({ error: 'member' }, 409);
      throw error;
    }
    return c.json({}, 201);`,
    `const db = new Kysely<DB>({ dialect, plugins: [new CamelCasePlugin()] });
     const find = (at: Kysely<DB> | Transaction<DB>, id: number) => at.selectFrom('boards').selectAll('boards').where('boards.id', '=', id).where('boards.ownerId', '>', 0).executeTakeFirstOrThrow(() => new Error('none'));`,
  );
  expect(reads(found)).toEqual(['board: board.id = params.id & board.owner_id > 0']);
  expect(Object.keys(found.writes[0]?.set ?? {})).toEqual(['board_id', 'user_id']);
  expect(outcomes(found).map((each) => each.replace(/~[^ ]*/, ''))).toEqual([
    'none 500: absent board',
    '409 409: exists board & board.closed_at = null',
    'member 409: exists board & board.closed_at != null & conflict member(board_id, user_id)',
    '201 201: exists board & board.closed_at != null & not conflict member(board_id, user_id)',
  ]);
});

test('reads selects in WITH and statements written as a template', () => {
  const found = traced(`
    const id = Number(c.req.param('id'));
    const open = await db.with('open', (qc) => qc.selectFrom('boards').selectAll().where('closed_at', 'is', null))
      .selectFrom('open').select('open.id').where('open.id', '=', id).executeTakeFirst();
    if (!open) return c.json({ error: 'closed' }, 409);
    const { rows } = await sql<{ id: number }>\`select id from members where board_id = \${id} limit 1\`.execute(db);
    return rows.length ? c.json({}) : c.json({ error: 'empty' }, 404);`);
  expect(reads(found)).toEqual([
    'board: board.closed_at = null & board.id = params.id',
    'member: member.board_id = params.id',
  ]);
  expect(ends(found)).toEqual(['closed 409', '200 200', 'empty 404']);
});

test('a row that was found is there for what asks for the same key again', () => {
  const found = traced(`
    const board = await db.selectFrom('boards').selectAll().where('id', '=', Number(c.req.param('id'))).executeTakeFirst();
    if (!board) return c.json({ error: 'none' }, 404);
    const closed = await db.updateTable('boards').set({ closed_at: new Date() }).where('id', '=', board.id).returningAll().executeTakeFirstOrThrow();
    await db.selectFrom('boards').selectAll().where('id', '=', board.owner_id).executeTakeFirstOrThrow();
    return c.json(closed);`);
  expect(ends(found)).toEqual(['none 404', 'NoResultError 500', '200 200']);
});

test('RETURNING gives the columns it names and no others', () => {
  const found = traced(`
    const user = await db.insertInto('users').values({ email: c.req.query('email'), role: 'admin' }).returning(['id', 'email']).executeTakeFirstOrThrow();
    return c.json({ ...user, plain: 1 }, 201);`);
  const made = found.outcomes.find(({ status }) => status === 201);
  expect(made?.body.map(({ path }) => path.join('.'))).toEqual(['id', 'email', 'plain']);
});
