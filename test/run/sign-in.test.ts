import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SignIn } from '../../src/config/config.ts';
import { readCatalog } from '../../src/db/catalog.ts';
import type { ControlLedger } from '../../src/run/ledger.ts';
import { signInByConfig } from '../../src/run/sign-in.ts';
import type { UpOptions } from '../../src/run/up.ts';
import { compileState } from '../../src/state/compile.ts';
import { freshDatabase } from '../setup/database.ts';
import { clinicApp, planOf } from '../state/plans.ts';
import { enrolled, ledgerAt, takeDown, up, upOptions } from './setup.ts';

let ledger: ControlLedger;
beforeAll(async () => {
  ledger = await ledgerAt();
});
afterAll(() => ledger.close());

const app = { url: 'http://127.0.0.1:9', pid: 0 };
const plan = planOf(
  { clerk: { table: 'staff', set: { role: 'physician' } } },
  { personas: { doctor: { row: 'clerk' } } },
);

async function setUp(signIn: SignIn, more: Partial<UpOptions> = {}) {
  const database = await enrolled(await freshDatabase());
  const catalog = await database.session(readCatalog);
  const shape = { app: clinicApp, catalog, seed: '1', running: false, handed: true };
  const { state, findings } = compileState(plan, shape);
  expect(findings).toEqual([]);
  const before = await database.checksums();
  const options = upOptions(database, ledger, { app, signIn, ...more });
  return { database, before, state, run: () => up(state, options) };
}

test('a persona is signed in by the function of the config, its row by SQL like any other', async () => {
  const { run, state, before, database } = await setUp(({ persona, row, url }) => ({
    headers: { authorization: `Bearer ${persona}/${row['role']}/${url}` },
    cookies: { seen: 'yes' },
  }));
  expect(state.steps.map(({ kind }) => kind)).not.toContain('call');
  const made = await run();
  expect(made.personas['doctor']).toMatchObject({
    headers: { authorization: 'Bearer doctor/physician/http://127.0.0.1:9' },
    cookies: { seen: 'yes' },
    storageState: { cookies: [{ name: 'seen', value: 'yes', domain: '127.0.0.1' }] },
  });
  await takeDown(made.handle, ledger);
  expect(await database.checksums()).toEqual(before);
});

test.each<[string, SignIn]>([
  ['no key', () => Promise.reject(new Error('no key'))],
  ['gave nothing', () => undefined as never],
  ['objects of texts', () => ({ headers: { authorization: 7 as never } })],
])('one that fails (%s) leaves nothing and says who was to be signed in', async (why, signIn) => {
  const { run, before, database } = await setUp(signIn);
  await expect(run()).rejects.toMatchObject({
    code: 'run.signInFailed',
    message: expect.stringMatching(new RegExp(`"doctor".*${why}.*taken away again`, 's')),
  });
  expect(await database.checksums()).toEqual(before);
});

const alone = { people: { doctor: 'clerk' }, gone: {}, url: null };
const rows = new Map([['clerk', { id: 1 }]]);

/** What a config gives, whatever its type. */
const given = (pass: unknown) =>
  signInByConfig({ ...alone, rows, signIn: () => pass as ReturnType<SignIn> });

test.each<[unknown, object]>([
  [
    { headers: new Headers({ Authorization: 'Bearer x' }) },
    { headers: { authorization: 'Bearer x' } },
  ],
  [{ cookies: new Map([['a', 'b c']]) }, { cookies: { a: 'b c' } }],
  [{ cookies: new URLSearchParams('a=b') }, { cookies: { a: 'b' } }],
  [
    { headers: [['x-user', '1']], cookies: undefined },
    { headers: { 'x-user': '1' }, cookies: {} },
  ],
])('names and texts may come as pairs: %o', async (pass, carried) => {
  expect(await given(pass)).toMatchObject({ doctor: carried });
});

test.each<[unknown, string]>([
  [{}, 'no header and no cookie'],
  [{ headers: {}, cookies: new Map() }, 'no header and no cookie'],
  [{ authorization: 'Bearer x' }, 'it gave authorization'],
  [{ headers: { a: 'b' }, cookie: 'a=b' }, 'it gave cookie'],
  [new Response('', { headers: { 'set-cookie': 'a=b' } }), 'it gave a Response'],
  ['a=b', 'it gave nothing back'],
  [{ headers: ['authorization', 'Bearer x'] }, 'objects of texts'],
  [{ headers: 'a: b' }, 'objects of texts'],
  [{ headers: { 'x y': 'z' } }, 'the header "x y"'],
  [{ headers: { a: 'b\nX-Evil: 1' } }, 'the header "a"'],
  [{ cookies: { a: 'b; c=d' } }, 'the cookie "a"'],
  [{ cookies: { a: 'b\n' } }, 'the cookie "a"'],
  [{ cookies: { 'a=b': 'c' } }, 'the cookie "a=b"'],
])('what no request can carry is refused: %o', async (pass, why) => {
  await expect(given(pass)).rejects.toMatchObject({
    code: 'run.signInFailed',
    message: expect.stringContaining(why),
  });
});

test('one that never settles is given up after a while', async () => {
  const signIn = () => new Promise<never>(() => undefined);
  await expect(signInByConfig({ ...alone, rows, signIn, timeoutMs: 30 })).rejects.toMatchObject({
    code: 'run.signInFailed',
    message: expect.stringContaining('longer than 0.03 s'),
  });
});

test('a signal ends the wait for one at once, and nothing stays', async () => {
  const abort = new AbortController();
  const signIn: SignIn = () => {
    setTimeout(() => abort.abort(new Error('stopped')), 10);
    return new Promise<never>(() => undefined);
  };
  const { run, before, database } = await setUp(signIn, { signal: abort.signal });
  const begun = performance.now();
  await expect(run()).rejects.toThrow('stopped');
  expect(performance.now() - begun).toBeLessThan(14_000);
  expect(await database.checksums()).toEqual(before);
});

test('one that writes to its rows changes none of the run', async () => {
  const { run } = await setUp(({ row, rows: all }) => {
    Object.assign(row, { id: 'another' });
    Object.assign(all, { clerk: null });
    return { headers: { a: 'b' } };
  });
  const made = await run();
  expect(made.refs['clerk']?.['id']).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/));
  await takeDown(made.handle, ledger);
});
