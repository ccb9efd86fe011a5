import { expect, test } from 'vitest';
import { outcomes, reads, termText, trace } from '../../setup/trace.ts';

const TABLES = `
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE, role text NOT NULL DEFAULT 'user', deleted_at timestamptz);
CREATE TABLE boards (id serial PRIMARY KEY, owner_id integer NOT NULL REFERENCES users, title text NOT NULL, seats integer NOT NULL DEFAULT 3, closed_at timestamptz);
CREATE TABLE members (board_id integer NOT NULL REFERENCES boards, user_id integer NOT NULL REFERENCES users, PRIMARY KEY (board_id, user_id));
`;

const traced = (body: string, before = '') =>
  trace(
    {
      'migrations/1.sql': TABLES,
      'app.ts': `
        import { Hono } from 'hono';
        import knex, { type Knex } from 'knex';
        const db = knex({ client: 'pg' });
        const app = new Hono();
        ${before}
        app.post('/boards/:id', async (c) => {${body}});
        export default app;`,
    },
    'POST /boards/:id',
  );

const ends = (found: ReturnType<typeof traced>) =>
  outcomes(found).map((each) => each.replace(/:.*/, ''));

test('reads conditions of every spelling, joins and subqueries', () => {
  const found = traced(`
    const board = await db('boards as b')
      .join('users as u', 'u.id', 'b.owner_id')
      .leftJoin('members as m', function () { this.on('m.board_id', '=', 'b.id').onVal('m.user_id', 7); })
      .where({ 'b.id': c.req.param('id') })
      .whereNull('b.closed_at')
      .andWhere(function () { this.where('u.role', 'admin').orWhere('b.seats', '>', 3); })
      .whereNotIn('u.email', ['a', 'b'])
      .whereNotExists(db('members as x').whereColumn('x.board_id', 'b.id').where('x.user_id', 9))
      .whereRaw('lower(??) = ?', ['u.email', 'a@b.c'])
      .first('b.id', 'b.title as name');
    if (!board) return c.json({ error: 'none' }, 404);
    if (board.name === 'x') return c.json({ error: 'named_x' }, 409);
    return c.json({});`);
  expect(reads(found)).toEqual([
    'board join user on user.id = board.owner_id left join member on member.board_id = board.id,member.user_id = 7: board.id = params.id & board.closed_at = null & (user.role = "admin" | board.seats > 3) & not user.email in ("a", "b") & absent member#2 & lower(user.email) = "a@b.c"',
    'member#2*: member#2.board_id = board.id & member#2.user_id = 9',
  ]);
  expect(outcomes(found)).toEqual([
    'none 404: absent board',
    'named_x 409: exists board & board.title = "x"',
    '200 200: exists board & board.title != "x"',
  ]);
});

test('a builder changes in place: what only one branch adds is asked on that branch alone', () => {
  const found = traced(`
    const query = db('boards').select('*');
    const title = c.req.query('title');
    if (title) query.where('title', title).limit(1);
    if (c.req.query('mine')) query.andWhere('owner_id', 3);
    const list = await query;
    const [{ total }] = await db('members').where('board_id', 1).count('* as total');
    if (Number(total) >= 3) return c.json({ error: 'full' }, 409);
    return c.json(list);`);
  expect(reads(found)).toEqual([
    'board*: (missing query.title | board.title = query.title) & (missing query.mine | board.owner_id = 3)',
    'member*: member.board_id = 1',
  ]);
  expect(outcomes(found)[0]).toBe('full 409: count(member) >= 3');
});

test('writes with RETURNING, conflicts, counts, increments, raw SQL and transactions', () => {
  const found = traced(
    `
    const id = Number(c.req.param('id'));
    const user = await db.transaction(async (trx) => {
      const [made] = await trx('users').insert({ email: c.req.query('email') }).onConflict('email').ignore().returning(['id', 'email']);
      if (!made) return null;
      await join(trx, id, made.id);
      return made;
    });
    if (!user) return c.json({ error: 'taken' }, 409);
    const changed = await db('boards').where({ id }).andWhere('seats', '>', 0).decrement('seats', 2);
    if (changed === 0) return c.json({ error: 'no_seat' }, 422);
    await db('users').where({ id: user.id }).update({ role: db.raw('upper(role)'), deleted_at: db.fn.now() });
    const { rows } = await db.raw('select id from members where board_id = :board limit 1', { board: id });
    await db('members').where('board_id', id).del();
    return rows.length ? c.json({}) : c.json({ error: 'empty' }, 404);`,
    `const join = (at: Knex | Knex.Transaction, board_id: number, user_id: number) => at('members').insert({ board_id, user_id });`,
  );
  expect(
    found.writes.map(({ id, kind, set }) => [id, kind, ...Object.values(set).map(termText)]),
  ).toEqual([
    ['user', 'insert', 'query.email'],
    ['member', 'insert', 'params.id', 'user.id'],
    ['board', 'update', '(board.seats - 2)'],
    ['user#2', 'update', 'upper(user#2.role)', 'now'],
    ['member#3', 'delete'],
  ]);
  expect(ends(found)).toEqual(['taken 409', 'no_seat 422', '200 200', 'empty 404']);
});

test('a method that the app adds to all builders does what its function does', () => {
  const found = traced(
    `const board = await db('boards')
      .whereEqualLowercase('title', c.req.param('id'))
      .open()
      .first();
    return board ? c.json({}) : c.json({ error: 'none' }, 404);`,
    `function extendBuilders() {
      try {
        knex.QueryBuilder.extend('whereEqualLowercase', function (field, value) {
          return this.whereRaw('LOWER(??) = ?', [field, value.toLowerCase()]);
        });
        knex.QueryBuilder.extend('open', function () { return this.whereNull('closed_at'); });
      } catch { console.warn('extended before'); }
    }
    extendBuilders();`,
  );
  expect(reads(found)).toEqual([
    'board: lower(board.title) = lower(params.id) & board.closed_at = null',
  ]);
  expect(ends(found)).toEqual(['200 200', 'none 404']);
});
