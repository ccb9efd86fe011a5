import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCopier } from '../../src/db/copy.ts';
import { withDatabase } from '../../src/db/db.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { generateRows } from '../../src/operations/generate.ts';
import { freshDatabase } from '../setup/database.ts';

const LIBRARY = new URL('../../fixtures/apps/library', import.meta.url).pathname;
const MIGRATION = join(LIBRARY, 'migrations/0001_init.sql');

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'statewright-alone-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('without a database the tables come from the app, and nothing but the files stays', async () => {
  const [home, to] = [await folder(), await folder()];
  const place = {
    clock: { now: () => new Date() },
    home,
    env: process.env,
    terminal: { colour: false, width: 80 },
    emit: () => undefined,
    signal: new AbortController().signal,
  };
  const rows = 'members=20,loans=60';
  const input = generateRows.input.parse({ path: LIBRARY, rows, to, format: 'sql', seed: '7' });
  const made = await generateRows.run(input, place);
  expect(made.to).toBe(to);
  expect(made.tables.map(({ table, rows: count }) => [table, count])).toContainEqual([
    'public.loans',
    60,
  ]);
  expect(await readdir(to)).toEqual(['rows.sql']);

  const database = await freshDatabase(await readFile(MIGRATION, 'utf8'));
  const text = await readFile(join(to, 'rows.sql'), 'utf8');
  await database.session((sql) => sql.query(text));
  const [found] = await database.session((sql) =>
    sql.query('select count(*)::int as loans, count(distinct member_id) > 5 as spread from loans'),
  );
  expect(found).toEqual({ loans: 60, spread: true });

  const server = await startEmbedded({ home });
  onTestFinished(() => server.stop());
  await using sql = await openCopier(withDatabase(server.url, 'postgres'));
  const left = await sql.query("select datname from pg_database where datname like 'sw_c_%'");
  expect(left).toEqual([]);
}, 120_000);
