import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const NEVERTHROW =
  "import { err, errAsync, fromPromise, ok, okAsync, Result, ResultAsync } from 'neverthrow';";

/** Each ending with its conditions in the order of their texts. */
const traced = (around: string, body: string, library = NEVERTHROW) =>
  outcomes(
    trace(
      shop(`${library}\n${around}\napp.get('/users/:id', async (c) => {${body}});`),
      'GET /users/:id',
    ),
  )
    .map((each) => {
      const [ending = '', ...when] = each.split(': ');
      return `${ending}: ${when.join(': ').split(' & ').toSorted().join(' & ')}`;
    })
    .toSorted();

const FIND = `
  async function find(c) {
    const key = c.req.header('x-key');
    if (!key) return err({ type: 'anonymous', message: 'No key.' });
    const [user] = await db.select().from(users).where(eq(users.id, c.req.param('id')));
    if (!user) return err({ type: 'absent', message: 'No user.' });
    if (user.role === 'barred') return err({ type: 'barred', message: 'Barred.' });
    return ok(user);
  }`;

const ENDINGS = [
  '200 200: exists user & present headers.x-key & user.role != "barred"',
  'absent 404: absent user & present headers.x-key',
  'anonymous 401: missing headers.x-key',
  'barred 403: exists user & present headers.x-key & user.role = "barred"',
];

test.each([
  [
    'isErr and a switch',
    `const found = await find(c);
    if (found.isErr()) {
      switch (found.error.type) {
        case 'anonymous': return c.json({ error: 'anonymous' }, 401);
        case 'absent': return c.json({ error: 'absent' }, 404);
        default: return c.json({ error: 'barred' }, 403);
      }
    }
    return c.json({ id: found.value.id });`,
  ],
  [
    'isOk',
    `const found = await find(c);
    if (found.isOk()) return c.json({ id: found.value.id });
    if (found.error.type === 'anonymous') return c.json({ error: 'anonymous' }, 401);
    if (found.error.type === 'absent') return c.json({ error: 'absent' }, 404);
    return c.json({ error: 'barred' }, 403);`,
  ],
  [
    'match',
    `const STATUS = { anonymous: 401, absent: 404, barred: 403 };
    return (await find(c)).match(
      (user) => c.json({ id: user.id }),
      (error) => c.json({ error: error.type }, STATUS[error.type]),
    );`,
  ],
])('a Result is what its callee ended with: %s', (_, body) => {
  expect(traced(FIND, body)).toEqual(ENDINGS);
});

const LIBRARIES: Readonly<Record<string, string>> = {
  'true-myth': "import { err, ok } from 'true-myth/result';",
  'oxide.ts': "import { Err as err, Ok as ok, match } from 'oxide.ts';",
};

test.each([
  [
    'true-myth',
    `const found = await find(c);
    if (found.isErr) return c.json({ error: found.error.type }, STATUS[found.error.type]);
    return c.json({ id: found.value.id });`,
  ],
  [
    'true-myth',
    `return (await find(c)).match({
      Ok: (user) => c.json({ id: user.id }),
      Err: (error) => c.json({ error: error.type }, STATUS[error.type]),
    });`,
  ],
  [
    'oxide.ts',
    `return match(await find(c), {
      Ok: (user) => c.json({ id: user.id }),
      Err: (error) => c.json({ error: error.type }, STATUS[error.type]),
    });`,
  ],
  [
    'oxide.ts',
    `const found = await find(c);
    if (found.isOk()) return c.json({ id: found.unwrap().id });
    return c.json({ error: found.unwrapErr().type }, STATUS[found.unwrapErr().type]);`,
  ],
])('results of %s', (library, body) => {
  const around = `${LIBRARIES[library]} const STATUS = { anonymous: 401, absent: 404, barred: 403 }; ${FIND}`;
  expect(traced(around, body, '')).toEqual(ENDINGS);
});

test('options of oxide.ts', () => {
  const around = "import { None, Some } from 'oxide.ts';";
  const body = `
    const key = c.req.header('x-key') ? Some(c.req.header('x-key')) : None;
    if (key.isNone()) return c.json({ error: 'anonymous' }, 401);
    return key.unwrap() === 'lost' ? c.json({ error: 'lost' }, 410) : c.body(null, 204);`;
  expect(traced(around, body, '')).toEqual([
    '204 204: headers.x-key != "lost" & present headers.x-key',
    'anonymous 401: missing headers.x-key',
    'lost 410: headers.x-key = "lost" & present headers.x-key',
  ]);
});

test('a Result that is handed on, chained and mapped keeps what it was', () => {
  const around = `${FIND}
    async function checked(c) {
      const found = await find(c);
      if (found.isErr()) return found;
      return found.andThen((user) => (user.role === 'guest' ? err({ type: 'guest' }) : ok(user.email)));
    }`;
  const body = `
    const email = (await checked(c)).mapErr((error) => ({ code: error.type })).map((email) => ({ email }));
    if (email.isErr()) return c.json({ error: email.error.code }, email.error.code === 'anonymous' ? 401 : 403);
    return c.json(email.value);`;
  expect(traced(around, body)).toEqual([
    '200 200: exists user & present headers.x-key & user.role != "barred" & user.role != "guest"',
    'absent 403: absent user & present headers.x-key',
    'anonymous 401: missing headers.x-key',
    'barred 403: exists user & present headers.x-key & user.role = "barred"',
    'guest 403: exists user & present headers.x-key & user.role = "guest"',
  ]);
});

test('what fromPromise is given fails on the side of the error', () => {
  const body = `
    const told = await fromPromise(fetch('https://id.test/me'), (error) => ({ code: 'unreachable' }));
    return told.match(() => c.body(null, 204), (error) => c.json({ error: error.code }, 502));`;
  expect(traced('', body)).toEqual([
    '204 204: <fetch https://id.test/me>',
    'unreachable 502: not <fetch https://id.test/me>',
  ]);
});

test('Results combined are one that fails with the first error', () => {
  const body = `
    const header = (name) => (c.req.header(name) ? ok(c.req.header(name)) : err({ missing: name }));
    const both = Result.combine([header('x-one'), header('x-two')]);
    if (both.isErr()) return c.json({ error: both.error.missing }, 400);
    return c.body(null, 204);`;
  expect(traced('', body)).toEqual([
    '204 204: present headers.x-one & present headers.x-two',
    'x-one 400: missing headers.x-one',
    'x-two 400: missing headers.x-two & present headers.x-one',
  ]);
});

const REASONS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const checks = (failed: (reason: string) => string) =>
  REASONS.map((each) => `if (!c.req.header('x-${each}')) return ${failed(each)};`).join('\n');
const EACH = [
  `200 200: ${REASONS.map((each) => `present headers.x-${each}`).join(' & ')}`,
  ...REASONS.map((each, at) =>
    [
      `${each} 400: missing headers.x-${each}`,
      ...REASONS.slice(0, at).map((before) => `present headers.x-${before}`),
    ].join(' & '),
  ),
];

test.each([
  [
    'neverthrow',
    checks((each) => `err({ code: '${each}' })`),
    'ok({ id: c.req.param("id") })',
    'if (found.isErr()) return c.json({ error: found.error.code }, 400); return c.json(found.value);',
  ],
  [
    'ok',
    checks((each) => `{ ok: false as const, error: { code: '${each}' } }`),
    '{ ok: true as const, value: { id: c.req.param("id") } }',
    'if (!found.ok) return c.json({ error: found.error.code }, 400); return c.json(found.value);',
  ],
  [
    'success, of another shape',
    checks((each) => `{ success: false, code: '${each}' }`),
    '{ success: true, data: { id: c.req.param("id") } }',
    'if (found.success === false) return c.json({ error: found.code }, 400); return c.json(found.data);',
  ],
  [
    'data and error',
    checks((each) => `{ data: null, error: { code: '${each}' } }`),
    '{ data: { id: c.req.param("id") }, error: null }',
    'if (found.error) return c.json({ error: found.error.code }, 400); return c.json(found.data);',
  ],
  [
    'a kind',
    checks((each) => `{ kind: 'refused', code: '${each}' }`),
    '{ kind: "found", id: c.req.param("id") }',
    'switch (found.kind) { case "refused": return c.json({ error: found.code }, 400); default: return c.json({ id: found.id }); }',
  ],
  [
    'an error alone',
    checks((each) => `{ error: '${each}' }`),
    '{ id: c.req.param("id") }',
    'if ("error" in found) return c.json({ error: found.error }, 400); return c.json({ id: found.id });',
  ],
])('a result of many reasons keeps each: %s', (_, refusals, success, body) => {
  const around = `function find(c) { ${refusals}\n return ${success}; }`;
  expect(traced(around, `const found = find(c); ${body}`)).toEqual(EACH);
});

test('who asks is known in each of many ways, though nobody is in most', () => {
  const refusals = Array.from(
    { length: 6 },
    (_, at) => `if (c.req.query('x${at}')) return { who: null };`,
  );
  const found = outcomes(
    trace(
      shop(`function known(c) {
          if (c.req.query('key')) {
            ${refusals.join('\n')}
            return { who: { id: c.req.query('key') } };
          }
          if (!c.req.query('name')) return { who: null };
          return { who: c.req };
        }
        app.get('/users/:id', (c) => {
          const { who } = known(c);
          return who ? c.body(null, 204) : c.body(null, 401);
        });`),
      'GET /users/:id',
    ),
  );
  expect(found.filter((each) => each.includes('['))).toEqual([]);
  expect(found.map((each) => each.slice(0, 3))).toEqual(['204', '401']);
});
