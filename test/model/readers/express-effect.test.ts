import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const APP = `
  import * as Context from 'effect/Context';
  import * as Effect from 'effect/Effect';
  import { Cause, Data, Either, Exit, Layer, ManagedRuntime, Option, Runtime, Schema } from 'effect';
  import express from 'express';
  import { eq } from 'drizzle-orm';
  import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
  import { db } from './db';
  export const boats = pgTable('boats', { id: uuid('id').primaryKey().defaultRandom(), name: text('name').notNull().unique(), state: text('state').notNull() });
  class Taken extends Schema.TaggedError()('Taken', { name: Schema.String }) {}
  class NoBoat extends Data.TaggedError('NoBoat') {}
  class Sunk extends Data.Error {}
  class Boats extends Effect.Service()('Boats', {
    effect: Effect.gen(function* () {
      const named = Effect.fn('Boats.named')((name) =>
        Effect.tryPromise({ try: () => db.select().from(boats).where(eq(boats.name, name)).limit(1), catch: (cause) => new Error('select', { cause }) })
          .pipe(Effect.flatMap(([boat]) => Effect.fromNullable(boat)), Effect.mapError(() => new NoBoat())));
      const add = (name) => Effect.tryPromise({
        try: () => db.insert(boats).values({ name, state: 'afloat' }).returning(),
        catch: (cause) => cause.code === '23505' ? new Taken({ name }) : cause,
      }).pipe(Effect.map(([boat]) => boat));
      return { named, add };
    }),
  }) {}
  const runtime = ManagedRuntime.make(Boats.Default);
  const app = express();
  app.use(express.json());
  const answer = (response) => (effect) => runtime.runPromiseExit(effect).then(Exit.match({
    onSuccess: (value) => response.status(200).json(value),
    onFailure: (cause) => Option.match(Cause.failureOption(cause), {
      onSome: (error) => response.status(error._tag === 'Taken' ? 409 : 404).json({ error: error._tag }),
      onNone: () => response.status(500).json({ error: 'defect' }),
    }),
  }));`;

const MANIFEST = JSON.stringify({
  name: 'app',
  dependencies: { express: '5', 'drizzle-orm': '0.45', effect: '^3.10.0' },
});

const endings = (routes: string, route: string) =>
  outcomes(
    trace(
      { 'package.json': MANIFEST, 'app.ts': `${APP}\n${routes}\napp.listen(3000);` },
      route,
      express,
    ),
  );

test('an answer is made of what an effect ended with', () => {
  expect(
    endings(
      `app.get('/boats', async (request, response) => {
        await Boats.pipe(Effect.andThen((boats) => boats.named('ana')), answer(response));
      });`,
      'GET /boats',
    ),
  ).toEqual(['200 200: exists boat', 'NoBoat 404: absent boat']);
});

test('what the database refuses is a failure that is told by its tag', () => {
  expect(
    endings(
      `app.post('/boats', async (request, response) => {
        const made = await runtime.runPromise(Effect.either(Effect.flatMap(Boats, (boats) => boats.add('ana'))));
        if (Either.isLeft(made)) return response.status(made.left._tag === 'Taken' ? 409 : 500).json({ error: made.left._tag });
        response.status(201).json(made.right);
      });`,
      'POST /boats',
    ),
  ).toEqual([
    'SyntaxError 400: malformed body',
    'Taken 409: conflict boat(name)',
    '201 201: not conflict boat(name)',
  ]);
});

test('errors that are thrown stay defects', () => {
  expect(
    endings(
      `app.get('/sunk', (request, response, next) => {
        Effect.gen(function* () {
          const boat = yield* Effect.promise(() => db.query.boats.findFirst());
          const state = yield* Effect.sync(() => { if (request.query.deep) throw new Sunk({ message: 'deep' }); return 'up'; });
          return yield* Effect.if(request.query.up === 'yes', { onTrue: () => Effect.succeed(state), onFalse: () => new Sunk({ message: 'sunk' }) });
        }).pipe(
          Effect.catchAll((error) => Effect.succeed('raised')),
          Effect.catchAllDefect((error) => Effect.succeed(error.message)),
          Effect.map((state) => response.json({ state })),
          Effect.runPromise,
        );
      });`,
      'GET /sunk',
    ),
  ).toEqual(['200 200: ']);
});

test('a refusal that code only gives another name ends as one that nobody names', () => {
  const ends = (effect: string) =>
    endings(
      `app.post('/boats', async (request, response) => { await Effect.runPromise(${effect}); response.json({}); });`,
      'POST /boats',
    );
  const insert = `db.insert(boats).values({ name: 'ana', state: 'afloat' })`;
  const plain = ends(`Effect.promise(() => ${insert})`);
  expect(
    ends(
      `Effect.tryPromise({ try: () => ${insert}, catch: (cause) => new Taken({ name: cause }) })`,
    ),
  ).toEqual(plain);
  expect(plain).toContain('200 200: ');
});
