import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const FP_TS = `
  import * as E from 'fp-ts/Either';
  import * as O from 'fp-ts/lib/Option';
  import * as TE from 'fp-ts/TaskEither';
  import * as T from 'fp-ts/Task';
  import { flow, pipe } from 'fp-ts/function';`;

const FIND = `
  const FAILED = { anonymous: 401, absent: 404, barred: 403 };
  async function find(c) {
    const key = c.req.header('x-key');
    if (!key) return E.left('anonymous');
    const [user] = await db.select().from(users).where(eq(users.id, c.req.param('id')));
    if (!user) return E.left('absent');
    return user.role === 'barred' ? E.left('barred') : E.right(user);
  }
  const keyOf = (c) => pipe(O.fromNullable(c.req.header('x-key')), O.chain((key) => key ? O.some(key) : O.none));
  const userOf = (c) => TE.fromTask(
    () => db.select().from(users).where(eq(users.id, c.req.param('id'))).then(([user]) => user),
  );
  const allowed = (c) => pipe(
    keyOf(c),
    TE.fromOption(() => 'anonymous'),
    TE.chainW(() => userOf(c)),
    TE.chain(flow(TE.fromNullable('absent'))),
    TE.filterOrElse((user) => user.role !== 'barred', () => 'barred'),
  );`;

/** Each ending with its conditions in the order of their texts. */
const traced = (body: string) =>
  outcomes(
    trace(
      shop(`${FP_TS}\n${FIND}\napp.get('/users/:id', async (c) => {${body}});`),
      'GET /users/:id',
    ),
  )
    .map((each) => {
      const [ending = '', ...when] = each.split(': ');
      return `${ending}: ${when.join(': ').split(' & ').toSorted().join(' & ')}`;
    })
    .toSorted();

const ENDINGS = [
  '200 200: exists user & present headers.x-key & user.role != "barred"',
  'absent 404: absent user & present headers.x-key',
  'anonymous 401: missing headers.x-key',
  'barred 403: exists user & present headers.x-key & user.role = "barred"',
];

test.each([
  [
    'isLeft',
    `const found = await find(c);
    if (E.isLeft(found)) return c.json({ error: found.left }, FAILED[found.left]);
    return c.json({ id: found.right.id });`,
  ],
  [
    '_tag, after functions on either side',
    `const found = pipe(
      await find(c),
      E.map((user) => user.id),
      E.mapLeft((error) => ({ error, status: FAILED[error] })),
    );
    if (found._tag === 'Right') return c.json({ id: found.right });
    return c.json({ error: found.left.error }, found.left.status);`,
  ],
  [
    'match',
    `return pipe(
      await find(c),
      E.match(
        (error) => c.json({ error }, FAILED[error]),
        (user) => c.json({ id: user.id }),
      ),
    );`,
  ],
  [
    'a TaskEither that is run',
    `const found = await allowed(c)();
    return E.isRight(found)
      ? c.json({ id: found.right.id })
      : c.json({ error: found.left }, FAILED[found.left]);`,
  ],
  [
    'a TaskEither folded into a Task',
    `return pipe(
      allowed(c),
      TE.fold(
        (error) => T.of(c.json({ error }, FAILED[error])),
        (user) => T.of(c.json({ id: user.id })),
      ),
    )();`,
  ],
])('an Either’s sides are told apart by %s', (_, body) => {
  expect(traced(body)).toEqual(ENDINGS);
});

test('an Option is there or not', () => {
  const given = `
    const key = keyOf(c);
    if (O.isNone(key)) return c.json({ error: 'anonymous' }, 401);
    const page = pipe(O.fromNullable(c.req.query('page')), O.getOrElse(() => 'first'));
    if (page === 'first') return c.json({ page }, 203);
    return c.json({ key: key.value });`;
  expect(traced(given)).toEqual([
    '200 200: present headers.x-key & present query.page & query.page != "first"',
    '203 203: (query.page = "first" | missing query.page) & present headers.x-key',
    'anonymous 401: missing headers.x-key',
  ]);
});

test('what is thrown in a tryCatch is the left side', () => {
  const given = `
    const checked = TE.tryCatch(
      async () => { if (!c.req.header('x-key')) throw new Error('anonymous'); return 'known'; },
      (error) => error.message,
    );
    const found = await checked();
    return E.isLeft(found) ? c.json({ error: found.left }, 401) : c.json({ as: found.right });`;
  expect(traced(given)).toEqual([
    '200 200: present headers.x-key',
    'anonymous 401: missing headers.x-key',
  ]);
});
