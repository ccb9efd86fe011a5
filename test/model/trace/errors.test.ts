import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (routes: string, schema = '') => {
  const files = shop(`
    const isA = (error: any, code: string, name?: string) =>
      error?.cause?.code === code && (name === undefined || error.cause.constraint === name);
    const translate = (error: unknown): never => {
      if (isA(error, '23505', 'users_email_unique')) throw new HTTPException(409, { message: 'Taken' });
      if (isA(error, '23503', 'orders_user_id_fkey')) throw new HTTPException(422, { message: 'Nobody' });
      throw error;
    };
    ${routes}`);
  return trace({ ...files, 'schema.ts': `${files['schema.ts']}${schema}` }, 'POST /');
};

test('follows an error into a promise’s catch, and what it gives back otherwise', () => {
  const found = traced(`app.post('/', async (c) => {
    const [user] = await db.transaction(async (tx) =>
      tx.insert(users).values({ email: 'a', role: 'x', passwordHash: 'y' }).returning(),
    ).catch(translate);
    return c.json({ id: user.id }, 201);
  });`);
  expect(outcomes(found)).toEqual([
    'taken 409: conflict user(email)',
    '201 201: not conflict user(email)',
  ]);
});

test('takes the names a foreign key may have for its own', () => {
  const found = traced(`app.post('/', async (c) => {
    const { userId } = await c.req.json();
    await db.insert(orders).values({ userId, status: 'pending' }).catch(translate);
    return c.body(null, 204);
  });`);
  expect(outcomes(found)).toEqual([
    'nobody 422: conflict order(user_id)',
    '204 204: not conflict order(user_id)',
  ]);
});

test('an update may violate a key it changes a part of', () => {
  const marks = `export const marks = pgTable('marks', {
      id: uuid('id').primaryKey(), userId: uuid('user_id').notNull(), label: text('label').notNull(),
    }, (t) => [uniqueIndex('marks_label_key').on(t.userId, t.label)]);
    import { uniqueIndex } from 'drizzle-orm/pg-core';`;
  const found = traced(
    `import { marks } from './schema';
    app.post('/', async (c) => {
      try {
        await db.update(marks).set({ label: 'new' }).where(eq(marks.id, '1'));
      } catch (error) {
        if (isA(error, '23505', 'marks_label_key')) return c.json({ error: 'label_taken' }, 409);
        throw error;
      }
      return c.body(null, 204);
    });`,
    marks,
  );
  expect(outcomes(found)[0]).toBe('label_taken 409: conflict mark(user_id, label)');
});

const VALIDATED = `app.post('/', validator('json', (value) => z.object({ note: z.string() }).parse(value)),
  (c) => c.json({ note: c.req.valid('json').note }));
  import { validator } from 'hono/validator';`;

test('a body that can’t be parsed is refused before its schema looks at it', () => {
  const onError = `app.onError((error, c) => {
    if (error instanceof HTTPException) return c.json({ error: 'http_' + error.status }, error.status);
    return error.name === 'ZodError' ? c.json({ error: 'invalid' }, 400) : c.json({ error: 'internal' }, 500);
  });`;
  expect(outcomes(traced(`${onError}${VALIDATED}`))).toEqual([
    'http_400 400: malformed body',
    'invalid 400: invalid body',
    '200 200: valid body',
  ]);
});

test('without an error handler Hono answers a malformed body itself', () => {
  expect(outcomes(traced(VALIDATED))[0]).toBe('malformed-json-in-request-body 400: malformed body');
});

test('an error that code did not make has words and a stack, whatever they are', () => {
  const found = traced(`
    app.onError((error, c) => {
      if (!error.message) return c.json({ error: 'speechless' }, 500);
      return c.json({ error: 'failed', says: error.message ?? 'Nothing', stack: error.stack || null }, 500);
    });
    app.post('/', async (c) => {
      const { name } = await c.req.json();
      if (name === 'x') throw new Error();
      return c.json({ name });
    });`);
  expect(outcomes(found).filter((each) => !each.startsWith('200'))).toEqual([
    'failed~malformed-body 500: malformed body',
    'speechless 500: body.name = "x"',
  ]);
  const failed = found.outcomes.find(({ code }) => code === 'failed');
  const literals = failed?.body.filter(({ value }) => value.kind === 'literal') ?? [];
  expect(literals.map(({ path }) => path.join('.'))).toEqual(['error']);
});

test('words that the app waits for are no library’s, but may be a third party’s', () => {
  const found = traced(`
    import { Payments } from 'payments';
    const payments = new Payments();
    app.onError((error, c) =>
      error.message === 'ADMINS_ONLY' ? c.json({ error: 'admins' }, 403) : c.json({ error: 'internal' }, 500));
    app.post('/', async (c) => {
      const { name, role } = await c.req.json();
      if (role === 'none') throw new Error('ADMINS_ONLY');
      await payments.charge(name);
      return c.json({});
    });`);
  expect(outcomes(found).filter((each) => each.startsWith('admins'))).toEqual([
    'admins~role=none 403: body.role = "none"',
    'admins~error-message-admins_only 403: body.role != "none" & not <payments.Payments.charge> & [error.message === \'ADMINS_ONLY\']',
  ]);
});

test('what code nobody sees throws may be what the app waits for', () => {
  const found = traced(`
    import { parse } from 'plates';
    app.post('/', async (c) => {
      const { name } = await c.req.json();
      try { parse(name); } catch (error) {
        return error.message === 'EMPTY' ? c.json({ error: 'empty' }, 422) : c.json({ error: 'wrong' }, 400);
      }
      return c.json({});
    });`);
  const codes = outcomes(found).map((each) => each.split(':')[0]);
  expect(codes).toEqual(expect.arrayContaining(['empty 422', 'wrong 400']));
});

const lenient = (around: (work: string) => string) => `app.get('/', async (c) => {
    const { text, lenient } = c.req.query();
    ${around(`
      let isOld = false;
      try {
        JSON.parse(text);
      } catch (error) {
        if (lenient) isOld = true;
        else throw error;
      }`)}
    if (isOld) return c.json({ error: 'old' }, 409);
    return c.json({ ok: true });
  });`;

test('an error that is caught in one case and thrown on in another', () => {
  const found = trace(shop(lenient((work) => work)), 'GET /');
  expect(outcomes(found)).toEqual([
    'SyntaxError 500: invalid query.text & missing query.lenient',
    'old 409: present query.lenient & invalid query.text',
    '200 200: valid query.text',
  ]);
});

test('an error that a catch throws on is caught where it came up, not elsewhere', () => {
  const inside = (work: string) => `
    const read = () => {
      try {
        ${work}
        return { isOld };
      } catch {
        return null;
      }
    };
    const done = read();
    if (!done) return c.json({ error: 'refused' }, 400);
    const { isOld } = done;`;
  expect(outcomes(trace(shop(lenient(inside)), 'GET /'))).toEqual([
    'refused 400: invalid query.text & missing query.lenient',
    'old 409: present query.lenient & invalid query.text',
    '200 200: valid query.text',
  ]);
});

test('text that may be left out throws where it is there and no JSON', () => {
  const found = traced(`app.post('/', (c) => {
    try {
      const filter = JSON.parse(c.req.query('filter') || '{}');
      return c.json({ filter });
    } catch {
      return c.json({ error: 'no_json' }, 400);
    }
  });`);
  const [bad] = outcomes(found).filter((each) => each.startsWith('no_json'));
  expect(outcomes(found)).toHaveLength(2);
  expect(bad).toContain('invalid query.filter');
});
