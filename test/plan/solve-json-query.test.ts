import { expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import { pathOf } from '../../src/proof/fire.ts';
import { bindRequest } from '../../src/state/bind.ts';
import { programOf } from '../setup/code.ts';
import { planned } from '../setup/planning.ts';

const APP = `
import { initTRPC, TRPCError } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { Kysely } from 'kysely';
import { z } from 'zod';
const db = new Kysely({});
const t = initTRPC.create();
const find = async (code) => {
  const box = await db.selectFrom('boxes').selectAll().where('code', '=', code).executeTakeFirst();
  if (!box) throw new TRPCError({ code: 'NOT_FOUND' });
  return box.id;
};
createHTTPServer({ router: t.router({
  plain: t.procedure.input(z.string().min(2)).query(({ input }) => find(input)),
  deep: t.procedure.input(z.object({ code: z.string() })).query(({ input }) => find(input.code)),
  open: t.procedure.input(z.string().min(2)).mutation(({ input }) => find(input)),
  twice: t.procedure.input(z.object({ code: z.string().max(9) })).use(async ({ input, next }) => {
    await find(input.code);
    return next();
  }).input(z.object({ amount: z.number().int().min(1) })).mutation(() => 1),
  shake: t.procedure.mutation(() => null),
}) });
`;

const { plan } = planned(
  analyze(
    programOf({
      'package.json': JSON.stringify({ name: 'app', dependencies: { '@trpc/server': '11' } }),
      'migrations/1.sql': 'CREATE TABLE boxes (id serial PRIMARY KEY, code text NOT NULL UNIQUE);',
      'app.ts': APP,
    }),
    { emit: () => undefined },
  ),
);

/** The request of a plan as it goes over the wire. */
function sent(id: string) {
  const [when] = plan(id).when;
  if (!when) throw new Error('no request');
  const binding = { refs: { box: { code: 'a&1' } }, now: new Date(0), namespace: '', seed: '' };
  const bound = bindRequest(when, binding);
  const url = new URL(pathOf(bound, 'http://app'), 'http://app');
  return { input: url.searchParams.get('input'), body: bound.body, headers: bound.headers };
}

test('an input in a query is JSON text, whatever it is', () => {
  expect(sent('GET /plain › 200').input).toBe('"a&1"');
  expect(sent('GET /deep › 200').input).toBe('{"code":"a&1"}');
});

test('an input is broken as a whole where it is one value, and unparsable where that is asked for', () => {
  const invalid = sent('GET /plain › BAD_REQUEST (query.input invalid)').input;
  expect(invalid === null || JSON.parse(invalid).length !== 2).toBe(true);
  expect(sent('GET /plain › BAD_REQUEST (query.input malformed)').input).toBe('{');
  expect(plan('POST /open › BAD_REQUEST (body malformed)').when[0]).toMatchObject({ raw: '{' });
  const broken = sent('POST /open › BAD_REQUEST (body invalid)').body;
  expect(typeof broken === 'string' && broken.length >= 2).toBe(false);
  expect(sent('POST /open › 200').body).toBe('a&1');
});

test('a call that carries nothing says that it is JSON all the same', () => {
  expect(sent('POST /shake › 200').headers).toEqual({ 'content-type': 'application/json' });
});

test('what a later input refuses leaves the fields of an earlier one as they have to be', () => {
  const [when] = plan('POST /twice › BAD_REQUEST (box exists)').when;
  expect(when?.body).toMatchObject({ code: { ref: 'box.code' } });
  expect(plan('POST /twice › BAD_REQUEST (body.code invalid)').given.rows).toEqual({});
});
