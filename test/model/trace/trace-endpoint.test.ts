import { expect, test } from 'vitest';
import { outcomes, reads, termText, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (body: string, setUp = '') =>
  trace(shop(`${setUp}\napp.post('/orders/:id', async (c) => {${body}});`), 'POST /orders/:id');

const ORDER = `const [order] = await db.select().from(orders).where(eq(orders.id, c.req.param('id')));`;

test('negates earlier exits and joins what is left of branches that go on', () => {
  const found = traced(`${ORDER}
    if (!order) return c.json({ error: 'missing' }, 404);
    let label = 'late';
    if (order.paidAt) label = 'paid';
    else if (order.status === 'cancelled') return c.json({ error: 'cancelled' }, 409);
    return c.json({ label });`);
  expect(outcomes(found)).toEqual([
    'missing 404: absent order',
    'cancelled 409: exists order & order.paid_at = null & order.status = "cancelled"',
    '200 200: exists order & (order.paid_at != null | order.status != "cancelled")',
  ]);
});

test('splits an answer whose status or code depends on data', () => {
  const found = traced(`${ORDER}
    const code = order ? 'known' : 'unknown';
    return c.json({ error: code }, order ? 409 : 404);`);
  expect(outcomes(found)).toEqual(['known 409: exists order', 'unknown 404: absent order']);
});

test('takes a switch as a chain of ifs', () => {
  const found = traced(`${ORDER}
    switch (order?.status) {
      case 'cancelled': return c.json({ error: 'cancelled' }, 409);
      case 'paid': break;
      case undefined: return c.json({ error: 'missing' }, 404);
      default: throw new HTTPException(402, { message: 'Pay first' });
    }
    return c.body(null, 204);`);
  expect(outcomes(found)).toEqual([
    'cancelled 409: exists order & order.status = "cancelled"',
    'missing 404: absent order',
    'pay-first 402: order.status != "cancelled" & order.status != "paid" & exists order',
    '204 204: exists order & order.status = "paid"',
  ]);
});

test('follows services, injected repositories and helpers with their conditions', () => {
  const setUp = `
    class Missing extends Error { constructor(public readonly what: string) { super(what + ' missing'); } }
    class Orders {
      constructor(private readonly database: typeof db) {}
      find = (id: string) => this.database.query.orders.findFirst({ where: (o, { eq }) => eq(o.id, id) });
    }
    class Service {
      #orders: Orders;
      constructor(orders: Orders) { this.#orders = orders; }
      async pay(id: string) {
        const order = await this.#orders.find(id);
        if (!order) throw new Missing('order');
        return isPaid(order) ? null : order;
      }
    }
    const isPaid = ({ status }: { status: string }) => status === 'paid';
    const service = new Service(new Orders(db));
    app.onError((error, c) => error instanceof Missing ? c.json({ error: error.what + '_missing' }, 404) : c.json({}, 500));`;
  const found = traced(
    `const order = await service.pay(c.req.param('id'));
     if (order === null) return c.json({ error: 'already_paid' }, 409);
     return c.json({ id: order.id });`,
    setUp,
  );
  expect(outcomes(found)).toEqual([
    'order_missing 404: absent order',
    'already_paid 409: exists order & order.status = "paid"',
    '200 200: exists order & order.status != "paid"',
  ]);
  expect(
    found.outcomes.at(-1)?.body.map(({ path, value }) => [path.join('.'), termText(value)]),
  ).toEqual([['id', 'order.id']]);
});

test('matches a unique violation with the catch that tests for it', () => {
  const setUp = `
    const isUnique = (error: unknown) => (error as any)?.cause?.code === '23505';`;
  const found = traced(
    `const { email } = await c.req.json();
     try {
       const [user] = await db.insert(users).values({ email, role: 'x', passwordHash: 'y' }).returning();
       return c.json({ id: user.id }, 201);
     } catch (error) {
       if (isUnique(error)) return c.json({ error: 'email_taken' }, 409);
       throw error;
     }`,
    setUp,
  );
  expect(outcomes(found)).toEqual([
    '201 201: not conflict user(email)',
    'email_taken 409: conflict user(email)',
  ]);
});

test('reads a validator wrapper, its own schema check and what comes after', () => {
  const found = traced(`
    const parsed = z.object({ note: z.string().optional() }).safeParse(await c.req.json());
    if (!parsed.success) return c.json({ error: { code: 'invalid', issues: parsed.error.issues } }, 422);
    if (parsed.data.note) return c.json({ noted: true });
    return c.body(null, 204);`);
  expect(outcomes(found)).toEqual([
    'invalid 422: invalid body',
    '200 200: valid body & present body.note',
    '204 204: valid body & missing body.note',
  ]);
});

test('sends what nobody catches to the outer error handler, and a plain error to 500', () => {
  const found = traced(`${ORDER}
    if (!order) throw new HTTPException(404, { message: 'No such order' });
    if (order.paidAt) throw new Error('paid');
    return c.body(null, 204);`);
  expect(found.outcomes.map(({ id, status, message }) => [id, status, message])).toEqual([
    ['no-such-order', 404, 'No such order'],
    ['paid', 500, 'paid'],
    ['204', 204, null],
  ]);
});

test('says who may: anonymous, a role, an owner', () => {
  const setUp = `
    app.use(async (c, next) => {
      const token = getCookie(c, 'sid');
      if (!token) return c.json({ error: 'sign_in' }, 401);
      const session = await db.query.sessions.findFirst({ where: eq(sessions.token, token) });
      if (!session) return c.json({ error: 'stale' }, 401);
      const user = await db.query.users.findFirst({ where: eq(users.id, session.userId) });
      c.set('user', user);
      await next();
    });`;
  const found = traced(
    `${ORDER}
     const user = c.get('user');
     if (order.userId !== user.id) return c.json({ error: 'not_yours' }, 403);
     if (user.role !== 'admin') return c.json({ error: 'forbidden' }, 403);
     return c.body(null, 204);`,
    setUp,
  );
  expect(outcomes(found)).toEqual([
    'sign_in 401: anonymous',
    'stale 401: present cookies.sid & absent session',
    'TypeError 500: authenticated & absent order',
    'not_yours 403: authenticated & exists order & exists user & owner order.user_id != user.id',
    'forbidden 403: authenticated & exists order & exists user & owner order.user_id = user.id & role user.role != "admin"',
    '204 204: authenticated & exists order & exists user & owner order.user_id = user.id & role user.role = "admin"',
  ]);
  expect(found.guards.length).toBe(1);
});

test('runs what follows a middleware once, under every way that led on', () => {
  const setUp = `
    app.use(async (c, next) => {
      if (c.req.header('x-skip')) { await next(); return; }
      if (c.req.header('x-stop')) return c.json({ error: 'stopped' }, 400);
      return next();
    });`;
  const found = traced(
    `${ORDER} return order ? c.json({}) : c.json({ error: 'missing' }, 404);`,
    setUp,
  );
  expect(reads(found)).toEqual(['order: order.id = params.id']);
  expect(outcomes(found).map((each) => each.split(':')[0])).toEqual([
    'stopped 400',
    '200 200',
    'missing 404',
  ]);
});

test('knows settings, third parties and time', () => {
  const setUp = `const config = { gifts: process.env.GIFTS === 'true', days: 30 };`;
  const found = traced(
    `${ORDER}
     if (!config.gifts) return c.json({ error: 'off' }, 404);
     if (order.createdAt.getTime() < Date.now() - config.days * 86_400_000) return c.json({ error: 'old' }, 410);
     const answer = await fetch('https://pay.example');
     if (!answer.ok) return c.json({ error: 'unpaid' }, 502);
     return c.body(null, 204);`,
    setUp,
  );
  expect(outcomes(found)).toEqual([
    'off 404: env.GIFTS != "true"',
    'TypeError 500: env.GIFTS = "true" & absent order',
    'old 410: env.GIFTS = "true" & exists order & order.created_at < (now - 2592000000)',
    '500 500: env.GIFTS = "true" & exists order & order.created_at >= (now - 2592000000) & not <fetch https://pay.example>',
    'unpaid 502: env.GIFTS = "true" & exists order & order.created_at >= (now - 2592000000) & not <fetch https://pay.example.ok>',
    '204 204: env.GIFTS = "true" & exists order & order.created_at >= (now - 2592000000) & <fetch https://pay.example.ok>',
  ]);
});

test('leaves what it can not type as an opaque condition with the terms in it', () => {
  const found = traced(`
    const body = await c.req.json();
    if (mystery(body.note)) return c.json({ error: 'odd' }, 400);
    return c.body(null, 204);`);
  expect(outcomes(found)[0]).toBe('odd 400: [mystery(body.note)]');
  const [condition] = found.outcomes[0]?.when ?? [];
  expect(condition?.kind === 'opaque' && condition.terms.map(termText)).toEqual(['body.note']);
});

test('gives up on code without an end and says so', () => {
  const lines = Array.from(
    { length: 400 },
    (_, index) => `if (c.req.query('q${index}')) n = f${index % 3}(n);`,
  );
  const functions = [0, 1, 2].map(
    (index) => `const f${index} = (n) => { ${'n = n + g(n) * 2;'.repeat(60)} return n; };`,
  );
  const found = traced(
    `let n = 1; ${lines.join('\n')} return c.json({ n });`,
    functions.join('\n'),
  );
  expect(found.findings.map(({ code }) => code)).toEqual(['model.traceGaveUp']);
});

test('tells results apart that a service gives back as objects', () => {
  const setUp = `
    const STATUS = { missing: 404, late: 409 } as const;
    const fail = (error: keyof typeof STATUS) => ({ ok: false as const, error });
    const cancel = async (id: string) => {
      const order = await db.query.orders.findFirst({ where: eq(orders.id, id) });
      if (!order) return fail('missing');
      if (order.paidAt !== null) return fail('late');
      return { ok: true as const, order };
    };
    const send = (c, result) => result.ok ? c.json(result.order) : c.json({ error: result.error }, STATUS[result.error]);`;
  const found = traced(`return send(c, await cancel(c.req.param('id')));`, setUp);
  expect(outcomes(found)).toEqual([
    '200 200: exists order & order.paid_at = null',
    'missing 404: absent order',
    'late 409: order.paid_at != null & exists order',
  ]);
});

test('reads errors made by static factories, with their accessors and their own JSON', () => {
  const setUp = `
    class AppError extends Error {
      static missing(what: string) { return new AppError('missing', 404, what + ' is missing'); }
      static late = (what: string) => new this('late', 409, what);
      constructor(readonly code: string, private readonly http: number, message: string) { super(message); }
      get status() { return this.http; }
      toJSON() { return { error: { code: this.code, message: this.message } }; }
    }
    app.onError((error, c) => {
      if (!(error instanceof AppError)) return c.json({}, 500);
      return c.json(error.toJSON(), error.status);
    });`;
  const found = traced(
    `${ORDER}
     if (!order) throw AppError.missing('Order');
     if (order.paidAt) throw AppError.late('Paid');
     return c.body(null, 204);`,
    setUp,
  );
  expect(
    found.outcomes.map(({ id, kind, status, message, error }) => [
      id,
      kind,
      status,
      message,
      error,
    ]),
  ).toEqual([
    ['missing', 'throw', 404, 'Order is missing', 'AppError'],
    ['late', 'throw', 409, 'Paid', 'AppError'],
    ['204', 'respond', 204, null, null],
  ]);
});

test('keeps a row that may not have been inserted under the conflict', () => {
  const found = traced(`
    const made = await db.insert(users).values({ email: 'a', role: 'x', passwordHash: 'y' }).onConflictDoNothing().returning();
    return made.length ? c.json(made[0], 201) : c.json({ error: 'exists' }, 409);`);
  expect(outcomes(found)).toEqual([
    '201 201: not conflict user(email)',
    'exists 409: conflict user(email)',
  ]);
});

test('a flag that each of many branches may leave as it was does not grow without end', () => {
  const turns = Array.from({ length: 13 }, (_, index) => {
    const [turned, over] = [`c.req.query('turn${index}')`, `c.req.query('over${index}')`];
    return `if (${turned} === 'yes') odd = ${over} === 'yes' ? true : odd;`;
  });
  const found = traced(`${ORDER}
    let odd = false;
    ${turns.join('\n')}
    return odd ? c.json({}, 409) : c.json({});`);
  expect(found.outcomes.map(({ status }) => status)).toEqual([409, 200]);
  expect(JSON.stringify(found.outcomes).length).toBeLessThan(8_000);
});
