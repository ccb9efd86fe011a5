import { expect, test } from 'vitest';
import { outcomes, reads, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const SERVICES = `
  import { Cause, Context, Data, Effect, Exit, Layer, ManagedRuntime, Option, pipe } from 'effect';
  class NotFound extends Data.TaggedError('NotFound')<{ entity: string }> {
    readonly httpStatus = 404;
    get httpMessage() { return this.entity + ' not found'; }
  }
  class Barred extends Data.TaggedError('Barred')<{ role: string }> { readonly httpStatus = 403; }
  class Database extends Context.Tag('Database')<Database, { query: unknown }>() {}
  class Users extends Context.Tag('Users')<Users, { find: unknown }>() {}
  const DatabaseLive = (client) => Layer.effect(Database, Effect.gen(function* () {
    return { query: (work) => Effect.tryPromise({ try: () => work(client), catch: (cause) => new Error('query', { cause }) }) };
  }));
  const UsersLive = Layer.effect(Users, Effect.gen(function* () {
    return {
      find: (id) => Effect.gen(function* () {
        const database = yield* Database;
        const [user] = yield* database.query((client) => client.select().from(users).where(eq(users.email, id)));
        if (!user) return yield* new NotFound({ entity: 'User' });
        return user;
      }),
    };
  }));
  const withDatabase = (layer) => Effect.provide(layer.pipe(Layer.provideMerge(DatabaseLive(db))));
  const find = (id) => Effect.gen(function* () {
    const repository = yield* Users;
    const user = yield* repository.find(id);
    if (user.role === 'barred') return yield* Effect.fail(new Barred({ role: user.role }));
    return user;
  });
  app.onError((error, c) => 'httpStatus' in error
    ? c.json({ error: error._tag }, error.httpStatus)
    : c.json({ error: 'internal' }, 500));`;

const appOf = (version: string) => ({
  'package.json': JSON.stringify({
    name: 'app',
    dependencies: { hono: '4', 'drizzle-orm': '0.45', effect: version },
  }),
});

const traced = (body: string, around = '', version = '4.0.0') =>
  trace(
    {
      ...appOf(version),
      ...shop(`${SERVICES}\n${around}\napp.get('/users', async (c) => {${body}});`),
    },
    'GET /users',
  );

const run = (effect: string, around = '') =>
  outcomes(
    traced(
      `const user = await Effect.runPromise(${effect}.pipe(withDatabase(UsersLive)));
      return c.json({ id: user.id });`,
      around,
    ),
  );

const ENDINGS = [
  'NotFound 404: absent user',
  'Barred 403: exists user & user.role = "barred"',
  '200 200: exists user & user.role != "barred"',
];

test('effects run as awaited code, with the services they are provided', () => {
  const found = traced(`
    const user = await Effect.runPromise(find('ana').pipe(withDatabase(UsersLive)));
    return c.json({ id: user.id });`);
  expect(reads(found)).toEqual(['user: user.email = "ana"']);
  expect(outcomes(found)).toEqual(ENDINGS);
});

test('before its fourth version, what an effect fails with is told of by another error', () => {
  const body = `
    const user = await Effect.runPromise(find('ana').pipe(withDatabase(UsersLive)));
    return c.json({ id: user.id });`;
  expect(outcomes(traced(body, '', '^3.12.0'))).toEqual([
    'internal~no-user 500: absent user',
    'internal~user.role=barred 500: exists user & user.role = "barred"',
    '200 200: exists user & user.role != "barred"',
  ]);
});

test.each([
  ['a function of effects', `findOne('ana')`],
  ['operators', `piped('ana')`],
  ['a class that makes its service', `made('ana')`],
])('%s', (_, effect) => {
  const around = `
    const findOne = Effect.fn('findOne')(function* (id) {
      const user = yield* (yield* Users).find(id);
      return yield* user.role === 'barred' ? new Barred({ role: user.role }) : Effect.succeed(user);
    }, Effect.withSpan('findOne'));
    const piped = (id) => pipe(
      Users,
      Effect.flatMap((users) => users.find(id)),
      Effect.tap(() => Effect.log('found')),
      Effect.filterOrFail((user) => user.role !== 'barred', (user) => new Barred({ role: user.role })),
      Effect.map((user) => ({ id: user.id })),
    );
    class Members extends Effect.Service()('Members', {
      effect: Effect.gen(function* () {
        const users = yield* Users;
        return { of: (id) => users.find(id).pipe(Effect.andThen((user) => user.role === 'barred' ? Effect.fail(new Barred({})) : user)) };
      }),
      dependencies: [],
    }) {}
    const made = (id) => Members.pipe(Effect.flatMap((members) => members.of(id)), Effect.provide(Members.Default));`;
  expect(run(effect, around)).toEqual(ENDINGS);
});

test('errors are caught by their tags, all of them, or not at all', () => {
  expect(
    run(`find('ana').pipe(
      Effect.catchTag('NotFound', () => Effect.succeed({ id: 'nobody' })),
      Effect.catchTags({ Other: () => Effect.succeed({ id: 'other' }) }),
      Effect.mapError((error) => ({ _tag: 'Mapped', httpStatus: 409 })),
    )`),
  ).toEqual([
    'Mapped 409: exists user & user.role = "barred"',
    '200 200: (user.role != "barred" | absent user)',
  ]);
  expect(run(`find('ana').pipe(Effect.catchAll(() => Effect.succeed({ id: 'nobody' })))`)).toEqual([
    '200 200: ',
  ]);
  expect(
    run(`find('ana').pipe(Effect.orDie, Effect.catchAll(() => Effect.succeed({ id: 'nobody' })))`),
  ).toEqual(ENDINGS);
});

test('what an effect ends with is looked at as a value', () => {
  const options = `const found = yield* Effect.option(find('ana'));
    if (Option.isNone(found)) return yield* new NotFound({ entity: 'User' });
    return found.value;`;
  expect(run(`Effect.gen(function* () {${options}})`)).toEqual([
    'NotFound 404: (user.role = "barred" | absent user)',
    '200 200: user.role != "barred" & exists user',
  ]);
  const body = `const exit = await Effect.runPromiseExit(find('ana').pipe(withDatabase(UsersLive)));
    return Exit.match(exit, {
      onSuccess: (user) => c.json({ id: user.id }),
      onFailure: (cause) => c.json({ error: Cause.squash(cause)._tag }, 422),
    });`;
  expect(outcomes(traced(body)).map((each) => each.split(':')[0])).toEqual([
    '200 200',
    'NotFound 422',
    'Barred 422',
  ]);
});

test('a transaction that runs an effect inside of a promise ends as the effect does', () => {
  const around = `
    const transaction = (effect) => Effect.gen(function* () {
      let resolveReady;
      let resolveDone;
      const ready = new Promise((resolve) => { resolveReady = resolve; });
      const done = new Promise((resolve) => { resolveDone = resolve; });
      const open = db.transaction(async (tx) => {
        resolveReady(tx);
        const result = await done;
        if (!result.ok) throw result.error;
        return result.value;
      });
      yield* Effect.promise(() => ready);
      const exit = yield* Effect.exit(effect);
      resolveDone(Exit.isSuccess(exit) ? { ok: true, value: exit.value } : { ok: false, error: exit.cause });
      if (Exit.isSuccess(exit)) {
        yield* Effect.promise(() => open);
        return exit.value;
      }
      yield* Effect.promise(() => open.catch(() => undefined));
      return yield* exit;
    });`;
  expect(run(`transaction(find('ana'))`, around)).toEqual([
    'NotFound 404: absent user',
    'Barred 403: user.role = "barred" & exists user',
    '200 200: user.role != "barred" & exists user',
  ]);
});

const FORMS = `
  const Clock = Context.GenericTag('Clock');
  class Mail extends Effect.Tag('Mail')() {}
  const MailLive = Layer.succeed(Mail, { check: (user) => user.role === 'barred' ? Effect.fail(new Barred({ role: user.role })) : Effect.succeed(user) });
  class Desk {
    read(key) {
      return Effect.gen(this, function* (_) {
        const users = yield* _(Users);
        return yield* _(this.checked(users.find(key)));
      });
    }
    checked(effect) { return Effect.flatMap(effect, (user) => Mail.check(user)); }
  }
  const all = (key) => Effect.all({ user: find(key), at: Clock }).pipe(
    Effect.provideService(Clock, 'noon'),
    Effect.map(({ user, at }) => ({ id: user.id, at })),
  );
  const each = (key) => Effect.forEach([key], (one) => find(one), { concurrency: 2 }).pipe(Effect.map(([user]) => user));
  const done = (key) => Effect.Do.pipe(
    Effect.bind('user', () => find(key)),
    Effect.let('id', ({ user }) => user.id),
    Effect.tapError((error) => Effect.logError(error)),
    Effect.ensuring(Effect.log('done')),
  );
  const matched = (key) => find(key).pipe(Effect.matchEffect({
    onSuccess: (user) => Effect.succeed(user),
    onFailure: (error) => error._tag === 'Barred' ? Effect.fail(error) : Effect.fail(new NotFound({ entity: 'User' })),
  }));
  const optional = (key) => find(key).pipe(Effect.option, Effect.map(Option.getOrNull), Effect.flatMap((user) => user ? Effect.succeed(user) : new NotFound({ entity: 'User' })));`;

test.each([
  ['a generator with its own this', `new Desk().read('ana').pipe(Effect.provide(MailLive))`],
  ['an object of effects', `all('ana')`],
  ['one effect for each', `each('ana')`],
  ['a scope that is bound step by step', `done('ana')`],
  ['an effect for each end', `matched('ana')`],
])('%s', (_, effect) => {
  expect(run(effect, FORMS).toSorted()).toEqual(ENDINGS.toSorted());
});

test('a value that may be missing', () => {
  expect(run(`optional('ana')`, FORMS)).toEqual([
    'NotFound 404: (user.role = "barred" | absent user)',
    '200 200: user.role != "barred" & exists user',
  ]);
});
