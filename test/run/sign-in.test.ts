import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SignIn } from '../../src/config/config.ts';
import { readCatalog } from '../../src/db/catalog.ts';
import type { ControlLedger } from '../../src/run/ledger.ts';
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

async function setUp(signIn: SignIn) {
  const database = await enrolled(await freshDatabase());
  const catalog = await database.session(readCatalog);
  const shape = { app: clinicApp, catalog, seed: '1', running: false, handed: true };
  const { state, findings } = compileState(plan, shape);
  expect(findings).toEqual([]);
  const before = await database.checksums();
  const options = upOptions(database, ledger, { app, signIn });
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
