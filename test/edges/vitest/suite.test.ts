import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  checkoutApp,
  type Installation,
  installPackage,
  leftBy,
  runVitest,
} from '../../setup/installed.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 240_000 });

const ROOT = join(import.meta.dirname, '../../..');
const CREATED = 'POST /desk/appointments › 201';
const FULL = 'POST /desk/appointments › slot_full';

let installed: Installation;
let clinic: string;
beforeAll(async () => {
  installed = await installPackage();
  clinic = await checkoutApp(installed, 'clinic', [CREATED, FULL, 'POST /staff › email_taken']);
  // The fixture's own extends ours.
  writeFileSync(join(clinic, 'tsconfig.json'), '{}');
  mkdirSync(join(clinic, 'tests'));
  for (const name of ['a', 'b']) writeFileSync(join(clinic, `tests/${name}.test.ts`), SUITE);
  const page = readFileSync(join(ROOT, 'src/edges/vitest/README.md'), 'utf8');
  const [, example = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(page) ?? [];
  writeFileSync(join(clinic, 'tests/page.test.ts'), example);
});
afterAll(() => installed?.close());

describe('a suite against the clinic', () => {
  test.each([[[]], [['--no-isolate', '--maxWorkers', '1']]])(
    'is green with %j, each test on rows of its own, and leaves nothing',
    async (args) => {
      const { told, report } = await runVitest(installed, clinic, [
        '--testTimeout',
        '60000',
        ...args,
      ]);
      expect(report, JSON.stringify(report) + told.stderr).toMatchObject({
        numPassedTests: 11,
        numFailedTests: 0,
      });
      expect(await leftBy(installed)).toEqual({ swept: [] });
    },
  );
});

const SUITE = `
import { expect, test } from 'vitest';
import { state } from 'statewright/vitest';

test('books', async () => {
  await using s = await state('${CREATED}');
  const [request] = s.requests;
  const answer = await s.fetch(request.path, {
    method: request.method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request.body),
  });
  expect(answer.status).toBe(201);
  expect(await s.db.query('select id from appointments')).toHaveLength(1);
});

test.each([1, 2])('is full, time %i', async () => {
  await using s = await state('${FULL}');
  const [request] = s.requests;
  const body = JSON.stringify(request.body);
  const ask = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const answer = await s.as('staff')(request.path, ask);
  expect(await answer.json()).toMatchObject({ error: 'slot_full' });
  expect((await s.as(null)(request.path, ask)).status).toBe(401);
  expect(() => s.as('nurse')).toThrow('Its people are: staff');
  expect(() => s.row('room')).toThrow('has no row "room"');
  await expect(s.fetch('http://example.com/')).rejects.toThrow('is not a path of the app');
});

test('stands beside another', async () => {
  await using one = await state('${CREATED}');
  await using other = await state('${FULL}');
  expect(one.url).not.toBe(other.url);
  await one.db.query('delete from slots');
  expect(await other.db.query('select id from slots')).toHaveLength(1);
});

test('is told when there is no plan', async () => {
  await expect(state('POST /desk/appointments › late')).rejects.toMatchObject({
    code: 'up.unknownPlan',
    hint: expect.stringContaining('slot_full'),
  });
});
`;
