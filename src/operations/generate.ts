import { resolve } from 'node:path';
import * as z from 'zod';
import { FORMATS } from '../bulk/formats.ts';
import { type Made, type Making, makeRows, type Shortfall } from '../bulk/make.ts';
import { samplesOf } from '../bulk/samples.ts';
import { bindRows } from '../bulk/stored.ts';
import { readLayout } from '../db/catalog/layout.ts';
import type { Layout, LayoutTable } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { defineOperation } from '../kernel/operation.ts';
import { type Loaded, type Loading, loadMade, loadRows, rehearse } from '../run/load.ts';
import type { Outlook } from '../run/outlook.ts';
import { lackingRight } from '../run/refusal.ts';
import { vocabularyOf } from '../state/values/vocabulary.ts';
import { askedIn } from './generate/asked.ts';
import { writeFiles } from './generate/files.ts';
import { loadResumable } from './generate/resumable.ts';
import { readRules, rulesFor } from './generate/rules.ts';
import { onDatabase, type Reached } from './generate/target.ts';
import type { Place } from './place.ts';

const Input = z.object({
  db: z.string().optional().describe('URL of the enrolled database'),
  path: z
    .string()
    .default('.')
    .describe(
      'The app whose config is followed, and whose migrations make the tables without --db',
    ),
  rows: z.string().describe('How many rows of which tables: users=1000,orders=5000'),
  seed: z.coerce.string().default('1').describe('The same seed gives the same rows'),
  append: z.boolean().default(false).describe('Add to tables that have rows already'),
  fewer: z
    .boolean()
    .default(false)
    .describe('Make as many rows as fit where a table can’t have as many, and say so'),
  resumable: z
    .boolean()
    .default(false)
    .describe('Commit rows as they come; the same call goes on where a killed one stood'),
  workers: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe('How many sessions write at once with --resumable; the rows are the same'),
  to: z.string().optional().describe('Write files into this folder instead of rows'),
  format: z.enum(FORMATS).default('csv').describe('The format of the files'),
});
type Input = z.output<typeof Input>;

export const generateRows = defineOperation({
  name: 'generate',
  summary: 'Fill an enrolled database, or files, with rows that keep all constraints',
  needs: 'database',
  input: Input,
  output: z.object({
    seed: z.string(),
    rows: z.number().int(),
    ms: z.number(),
    /** The folder of the files; null where a database was written to. */
    to: z.string().nullable(),
    tables: z.array(z.object({ table: z.string(), rows: z.number().int(), ms: z.number() })),
    /** With `fewer`: the tables that have no room for as many rows as they were to get, and why. */
    short: z.array(z.object({ table: z.string(), rows: z.number().int(), why: z.string() })),
  }),
  run: async (input, place: Place) => {
    const start = place.clock.now().getTime();
    if (input.db === undefined && input.to === undefined) throw noTarget();
    place.emit({ kind: 'stage', stage: 'generate', total: null });
    const short = new Map<string, { table: string; rows: number; why: string }>();
    const fewer = ({ table: { sql: table }, rows: fitting, error }: Shortfall) => {
      short.set(table, { table, rows: fitting, why: error.message.replace(WRITTEN_NOTHING, '') });
    };
    const tables = await onDatabase(input, place, (reached) =>
      generate(input, { ...reached, ...(input.fewer && { fewer }) }, place),
    ).catch((error: unknown) => {
      throw lackingRight(error, input.resumable);
    });
    for (const { table, dropped } of tables) {
      if (dropped)
        place.emit({ kind: 'note', note: `${table}: a trigger dropped ${dropped} rows` });
    }
    const rows = tables.reduce((sum, one) => sum + one.rows, 0);
    place.emit({ kind: 'done', stage: 'generate', note: `${rows} rows` });
    const ms = place.clock.now().getTime() - start;
    return {
      seed: input.seed,
      rows,
      ms,
      to: input.to ?? null,
      tables: tables.map(({ table, rows: got, ms: took }) => ({ table, rows: got, ms: took })),
      short: [...short.values()],
    };
  },
});

async function generate(
  input: Input,
  { sql, url, fewer }: Reached & Fewer,
  place: Place,
): Promise<readonly Loaded[]> {
  const { clock, emit } = place;
  const now = () => clock.now().getTime();
  const layout = await readLayout(sql);
  const at = { sql, url, layout, place, ...(fewer && { fewer }) };
  const loading: Loading = {
    sql,
    now,
    progress: (table, done) => emit({ kind: 'progress', stage: 'generate', done, note: table.sql }),
  };
  if (input.to !== undefined) {
    const outlooks = new Map<LayoutTable, Outlook>();
    const made = await madeAhead(input, at, { now, looked: (...seen) => outlooks.set(...seen) });
    const folder = resolve(input.to);
    return await writeFiles(made, { ...loading, outlooks, folder, format: input.format });
  }
  if (input.resumable) return await resumed(input, at, loading);
  return mustTry(at)
    ? await loadMade((write) => madeFrom(input, at, write), loading)
    : await loadRows((await madeFrom(input, at)).groups, loading);
}

/** Here the rows that fit were. */
const WRITTEN_NOTHING = / Nothing was written\.$/;

type Fewer = Pick<Making, 'fewer'>;

/** Whether only writing tells which rows there will be. */
function mustTry({ layout, fewer }: At): boolean {
  return fewer !== undefined || layout.tables.some(({ triggers }) => triggers);
}

/** The rows as they will be once they are written; the database is asked, and nothing stays. */
async function madeAhead(
  input: Input,
  at: At,
  told: Pick<Loading, 'now' | 'looked'>,
): Promise<Made> {
  if (!mustTry(at)) return await madeFrom(input, at);
  const loading = { ...told, sql: at.sql, progress: () => undefined };
  return await rehearse((write) => madeFrom(input, at, write), loading);
}

interface At extends Reached, Fewer {
  readonly layout: Layout;
  readonly place: Place;
}

async function madeFrom(
  input: Input,
  { sql, layout, place, fewer }: At,
  write?: Making['write'],
): Promise<Made> {
  const asked = askedIn(input.rows, layout);
  if (!input.append) await assertEmpty([...asked.keys()], { sql, layout });
  return await makeRows(layout, asked, {
    sql,
    ...(write && { write }),
    ...(fewer && { fewer }),
    seed: input.seed,
    words: vocabularyOf,
    rules: await rulesFor(await readRules(resolve(input.path)), layout),
    started: (table, count) => place.emit({ kind: 'note', note: `${table.sql}: ${count} rows` }),
  });
}

/** Goes on with what an earlier run of the same call left, or begins it. */
async function resumed(input: Input, at: At, loading: Loading): Promise<readonly Loaded[]> {
  return await loadResumable({
    call: [input.rows, input.seed, String(input.append), ...(input.fewer ? ['fewer'] : [])],
    url: at.url,
    layout: at.layout,
    workers: input.workers,
    loading,
    make: () => madeAhead(input, at, { now: loading.now }),
    bind: async (stored) => {
      // The languages that the words are in are loaded with the rules.
      await rulesFor(await readRules(resolve(input.path)), at.layout);
      const types = await samplesOf(at.layout, { sql: at.sql, seed: input.seed });
      return bindRows(stored, { types, words: vocabularyOf });
    },
  });
}

async function assertEmpty(
  asked: readonly number[],
  { sql, layout }: Pick<At, 'sql' | 'layout'>,
): Promise<void> {
  for (const table of layout.tables.filter(({ oid }) => asked.includes(oid))) {
    const rows = await sql.query(`select from ${table.from} limit 1`);
    if (rows.length === 0) continue;
    throw new StatewrightError(
      'generate.notEmpty',
      `${table.sql} has rows already. Nothing was written.`,
      { hint: 'Add --append to keep them and add to them.' },
    );
  }
}

function noTarget(): StatewrightError {
  return new StatewrightError('generate.noTarget', 'There is no place for the rows.', {
    hint: 'Give --db URL, or --to FOLDER for files (with --path APP, or --db for its tables).',
  });
}
