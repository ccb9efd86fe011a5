import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  checkoutApp,
  type Installation,
  installPackage,
  leftBy,
  runVitest,
} from '../../setup/installed.ts';

const STORIES = join(import.meta.dirname, '../../../fixtures/suites/storefront/states.json');
/** Requests only: pages need a browser. */
const STATES = (JSON.parse(readFileSync(STORIES, 'utf8')) as string[]).filter(
  (id) => !id.startsWith('PAGE '),
);
/** `WORKERS=8 REPEAT=5` is the large form: as many files at once, each test five times, an app and a database each. */
const { WORKERS = '2', REPEAT = '1' } = process.env;
vi.setConfig({ testTimeout: 300_000 * Number(REPEAT), hookTimeout: 240_000 });

let installed: Installation;
let storefront: string;
beforeAll(async () => {
  installed = await installPackage();
  storefront = await checkoutApp(installed, 'storefront', STATES);
  // As many apps as workers start at once.
  const config = join(storefront, 'statewright.config.ts');
  const patient = readFileSync(config, 'utf8').replace('app: {', 'app: { startTimeoutMs: 240_000,');
  writeFileSync(config, patient);
  mkdirSync(join(storefront, 'tests'));
  for (let file = 0; file < Number(WORKERS); file++) {
    writeFileSync(join(storefront, `tests/own-rows-${file}.test.ts`), SUITE);
  }
});
afterAll(() => installed?.close());

test('a suite against the storefront is green side by side, shuffled and repeated, and leaves nothing', async () => {
  const flags = ['--maxWorkers', WORKERS, '--testTimeout', '180000'];
  const { told, report } = await runVitest(installed, storefront, flags);
  expect(report, JSON.stringify(report) + told.stderr).toMatchObject({
    numPassedTests: STATES.length * Number(REPEAT) * Number(WORKERS),
    numFailedTests: 0,
  });
  expect(await leftBy(installed)).toEqual({ swept: [] });
});

/** Whatever its neighbours do at the same time, a test finds its own rows and nothing else. */
const SUITE = `
import { expect, test } from 'vitest';
import { state } from 'statewright/vitest';

const again = Array.from({ length: ${REPEAT} }, (_, time) => time);
for (const id of ${JSON.stringify(STATES)}) {
  test.each(again)(id + ' finds its own rows alone, and ends as planned, time %i', async () => {
    await using s = await state(id);
    const made = Object.keys(s.rows).filter((name) => 'email' in s.row(name));
    const users = await s.db.query('select id from users order by id');
    expect(users.map((user) => user.id)).toEqual(made.map((name) => s.row(name).id).sort());
    expect(await s.db.query("select from categories where slug like 'left-by-%'")).toHaveLength(0);
    await s.db.query('insert into categories (slug, name) values ($1, $1)', ['left-by-' + crypto.randomUUID()]);
    const request = s.requests.at(-1);
    const answer = await s.fetch(request.path, {
      method: request.method,
      headers: { 'content-type': 'application/json' },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    expect(answer.status, await answer.clone().text()).toBe(s.expects.status);
  });
}
`;
