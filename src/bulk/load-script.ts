import { literal } from '../kernel/sql-text.ts';
import type { Rows } from './bulk.ts';
import { type Format, sequenceSql } from './formats.ts';

interface Filed {
  readonly rows: Rows;
  /** The name of its file, beside the script. */
  readonly file: string;
}

/**
 * For psql: loads the files in an order that foreign keys allow, those of tables that need each other at once, and
 * leaves the sequences where the next plain INSERT works.
 */
export function* loadScript(
  groups: readonly (readonly Filed[])[],
  { format, settings }: { format: Exclude<Format, 'sql'>; settings: readonly string[] },
): Generator<Uint8Array> {
  yield line('-- In this folder: psql --set ON_ERROR_STOP=1 --file load.sql DATABASE');
  yield line('begin;');
  yield* settingsSql(settings);
  let staged = 0;
  for (const group of groups) {
    const [only] = group;
    if (only && group.length === 1 && format === 'csv' && only.rows.columns.length > 0) {
      yield line(copyOf(targetOf(only.rows), only.file, CSV));
      continue;
    }
    const inserts: string[] = [];
    for (const { rows, file } of group) {
      const stage = `"statewright ${staged++}"`;
      const steps = format === 'csv' ? stagedCsv(rows, stage) : stagedJson(rows, stage);
      if (rows.columns.length > 0) {
        yield line(`create temp table ${stage} ${steps.as};`);
        yield line(copyOf(stage, file, steps.options));
      }
      inserts.push(steps.insert);
    }
    yield line(atOnce(inserts));
  }
  for (const { rows } of groups.flat()) yield* sequenceSql(rows);
  yield line('commit;');
}

/** What triggers ask for. */
export function* settingsSql(settings: readonly string[]): Generator<Uint8Array> {
  for (const name of settings)
    yield line(`select set_config(${literal(name)}, 'statewright', false);`);
}

const CSV = 'format csv, header';
/** A line is one value: neither byte occurs in JSON. */
const LINES = String.raw`format csv, delimiter E'\x02', quote E'\x01'`;

interface Staged {
  readonly as: string;
  readonly options: string;
  readonly insert: string;
}

function stagedCsv(rows: Rows, stage: string): Staged {
  const names = namesOf(rows);
  return {
    as: `on commit drop as select ${names} from ${rows.job.table.sql} with no data`,
    options: CSV,
    insert: insertOf(rows, `select ${names} from ${stage}`),
  };
}

function stagedJson(rows: Rows, stage: string): Staged {
  const { sql } = rows.job.table;
  const cells = rows.columns.map((column) => `r.${column.sql}`).join(', ');
  const from = `${stage}, json_populate_record(null::${sql}, line::json) r`;
  return {
    as: '(line text) on commit drop',
    options: LINES,
    insert: insertOf(rows, `select ${cells} from ${from}`),
  };
}

function insertOf(rows: Rows, select: string): string {
  const { table, count } = rows.job;
  return rows.columns.length === 0
    ? `insert into ${table.sql} select from generate_series(1, ${count})`
    : `insert into ${targetOf(rows)} overriding system value ${select}`;
}

/** Foreign keys are checked at the end of a statement. */
function atOnce(inserts: readonly string[]): string {
  const [only] = inserts;
  if (only && inserts.length === 1) return `${only};`;
  const parts = inserts.map((insert, at) => `"in ${at}" as (${insert} returning 1)`);
  const counts = inserts.map((_, at) => `(select count(*) from "in ${at}")`);
  return `with ${parts.join(',\n')}\nselect ${counts.join(' + ')};`;
}

function copyOf(target: string, file: string, options: string): string {
  return `\\copy ${target} from ${literal(file)} with (${options})`;
}

function targetOf(rows: Rows): string {
  return `${rows.job.table.sql} (${namesOf(rows)})`;
}

function namesOf({ columns }: Rows): string {
  return columns.map((column) => column.sql).join(', ');
}

function line(text: string): Uint8Array {
  return Buffer.from(`${text}\n`);
}
