import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openCopier } from '../../src/db/copy.ts';
import { withDatabase } from '../../src/db/db.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { applySchema, type Source } from './apply.ts';
import { type Filled, fillAndInsert } from './fill.ts';

/** One app's line in the table. */
interface Verdict extends Filled {
  readonly repo: string;
  readonly commit: string;
  readonly files: number;
  readonly refused: readonly string[];
}

const { values } = parseArgs({
  options: {
    clones: { type: 'string' },
    only: { type: 'string', default: '' },
    /** A file of verdicts, a line each: those that are there stand, the others are added. */
    kept: { type: 'string' },
    rows: { type: 'string', default: '50' },
    /** So long one app may take to be filled. */
    minutes: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
});
if (!values.clones) throw new Error('Say where the repositories are: --clones FOLDER');
const list: Source[] = JSON.parse(readFileSync(new URL('list.json', import.meta.url), 'utf8'));
const home = await mkdtemp(join(tmpdir(), 'statewright-schemas-'));
const server = await startEmbedded({ home });
const verdicts: Verdict[] = keptIn(values.kept);
try {
  for (const source of list.filter(({ repo }) => new RegExp(values.only).test(repo))) {
    const folder = ['repo', '.git'].map((name) => join(clone(source.repo), name)).find(existsSync);
    if (!folder || verdicts.some(({ repo }) => repo === source.repo)) continue;
    const verdict = await judged(source, folder, verdicts.length);
    verdicts.push(verdict);
    if (values.kept) appendFileSync(values.kept, `${JSON.stringify(verdict)}\n`);
    console.log(lineOf(verdict));
  }
} finally {
  await server.stop();
  await rm(home, { recursive: true, force: true });
}
if (values.write) writeFileSync(new URL('schemas.md', import.meta.url), page(verdicts));

function commitHere(): string {
  const args = ['log', '-1', '--format=%h of %cs'];
  return execFileSync('git', args, { encoding: 'utf8', cwd: import.meta.dirname }).trim();
}

function keptIn(file: string | undefined): Verdict[] {
  if (!file || !existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line): Verdict => JSON.parse(line));
}

function clone(repo: string): string {
  return join(values.clones ?? '', repo.replace('/', '+'));
}

async function judged(source: Source, folder: string, number: number): Promise<Verdict> {
  const name = `app_${number}`;
  await using admin = await openCopier(server.url);
  await admin.query(`create database ${name}`);
  await using sql = await openCopier(withDatabase(server.url, name));
  const applied = await applySchema(source, folder, sql);
  await using fresh = await openCopier(withDatabase(server.url, name));
  const filled = await fillAndInsert(fresh, {
    count: Number(values.rows),
    minutes: Number(values.minutes),
  });
  return { repo: source.repo, ...applied, ...filled };
}

function lineOf({ repo, commit, files, refused, ...found }: Verdict): string {
  const cell = (text: string, most: number) =>
    text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, most);
  const migrations = `${files}${refused.length > 0 ? ` (${refused.length} statements refused)` : ''}`;
  const below = found.below.length > 0 ? [`${found.below.length} need a row of those`] : [];
  const fewer =
    found.fewer.length > 8 ? [`${found.fewer.length} have less room`] : [...found.fewer];
  const filled = ['filled', ...found.closed.map(withoutNumbers), ...below, ...fewer].join('; ');
  const verdict =
    found.problems.length === 0 ? cell(filled, 2000) : cell(found.problems.join('; '), 160);
  const not = [
    ...(found.full.length > 0 ? [`${found.full.length} full`] : []),
    ...(found.closed.length > 0 ? [`${found.closed.length + found.below.length} refused`] : []),
  ];
  const inserts = `${found.inserted}/${found.tables}${not.length > 0 ? ` (${not.join(', ')})` : ''}`;
  return `| ${repo} | ${commit} | ${migrations} | ${found.tables} | ${found.rows} | ${inserts} | ${verdict} |`;
}

/** A refusal without which rows it is about. */
function withoutNumbers(told: string): string {
  return told.replace(/ refuses \d+ of \d+ rows \([^)]*\)/, ' refuses its rows').replace(/\.$/, '');
}

function page(all: readonly Verdict[]): string {
  const sound = all.filter(({ problems }) => problems.length === 0);
  const whole = sound.filter(({ inserted, full, tables }) => inserted + full.length === tables);
  const refused = sound.filter(
    ({ inserted, full, closed, below, tables }) =>
      closed.length > 0 && inserted + full.length + closed.length + below.length === tables,
  );
  return `# Schemas of open-source apps

The apps' own migrations, applied to the embedded server; then \`generate\` of ${values.rows} rows a table, or as many as fit,
then one plain INSERT into each table as an app would send it (columns that draw from a sequence left out; where the rows it
could point at are all taken, after new ones of those). A table is full where its own constraints prove it (\`room.ts\`): a key
over values that CHECKs list, of which all are there; no partition; a parent that can have no row. It is refused where the
database's own code (a trigger, what that calls) refuses its rows in every form, or where it needs a row of such a table. Made
by \`node evals/schemas/run.ts --clones FOLDER --rows ${values.rows} --write\` at commit ${commitHere()}; FOLDER holds
a clone \`owner+name\` of each repository of \`list.json\`. ${all.length} apps, ${all.reduce((sum, one) => sum + one.tables, 0)} tables; ${whole.length} apps without any fault,
${refused.length} more in which only tables that are refused have no row.

| app | commit | migrations | tables | rows | plain inserts | verdict |
| --- | --- | --- | --- | --- | --- | --- |
${[...all]
  .sort((a, b) => a.repo.localeCompare(b.repo, 'en'))
  .map(lineOf)
  .join('\n')}
`;
}
