import type { Copier, LayoutTable } from '../db/db.ts';
import type { Rows } from './bulk.ts';
import { isCounter } from './columns.ts';
import { copyText } from './copy-text.ts';

/** How many rows a table got, and how long they took. */
export interface Loaded {
  readonly table: string;
  readonly rows: number;
  readonly ms: number;
}

/** How many rows are written between two words of progress. */
const STEP = 100_000;

export interface Loading {
  readonly sql: Copier;
  readonly now: () => number;
  readonly progress: (table: LayoutTable, rows: number) => void;
}

/** Writes all rows in one transaction, and leaves every sequence where the next plain INSERT works. */
export async function loadRows(
  groups: readonly (readonly Rows[])[],
  loading: Loading,
): Promise<readonly Loaded[]> {
  const { sql } = loading;
  const loaded: Loaded[] = [];
  await sql.query('begin');
  try {
    for (const group of groups) {
      const fitted: Rows[] = [];
      for (const rows of group) fitted.push(await tried(rows, sql, group.length === 1));
      const [only] = fitted;
      loaded.push(
        ...(only && fitted.length === 1
          ? [await copyRows(only, loading)]
          : await writeCycle(fitted, loading)),
      );
    }
    for (const rows of groups.flat()) await advance(rows, sql);
    await sql.query('commit');
  } catch (error) {
    await sql.query('rollback').catch(() => undefined);
    throw error;
  }
  return loaded;
}

async function copyRows(rows: Rows, { sql, now, progress }: Loading): Promise<Loaded> {
  const { table, count } = rows.job;
  const start = now();
  const target = rows.columns.length > 0 ? `${table.sql} (${namesOf(rows)})` : table.sql;
  const told = function* () {
    for (let from = 0; from < count; from += STEP) {
      const to = Math.min(count, from + STEP);
      yield* copyText(rows, { from, to });
      progress(table, to);
    }
  };
  if (rows.columns.length > 0) await sql.copyIn(`copy ${target} from stdin`, told());
  else for (let at = 0; at < count; at++) await sql.query(`insert into ${target} default values`);
  return { table: table.sql, rows: count, ms: now() - start };
}

/** Tables that need each other go in with one statement: foreign keys are checked at its end. */
async function writeCycle(
  group: readonly Rows[],
  { sql, now, progress }: Loading,
): Promise<Loaded[]> {
  const start = now();
  const parts: string[] = [];
  for (const [at, rows] of group.entries()) {
    const { table, count } = rows.job;
    const stage = `pg_temp."statewright load ${at}"`;
    await sql.query(`drop table if exists ${stage};
      create temp table "statewright load ${at}" as select ${namesOf(rows)} from ${table.sql} limit 0`);
    await sql.copyIn(`copy ${stage} from stdin`, copyText(rows, { from: 0, to: count }));
    parts.push(`"in ${at}" as (insert into ${table.sql} (${namesOf(rows)}) overriding system value
      select * from ${stage} returning 1)`);
    progress(table, count);
  }
  const last = parts.map((_, at) => `(select count(*) from "in ${at}")`).join(' + ');
  await sql.query(`with ${parts.join(', ')} select ${last} as n`);
  for (const at of group.keys()) await sql.query(`drop table pg_temp."statewright load ${at}"`);
  const ms = (now() - start) / group.length;
  return group.map(({ job }) => ({ table: job.table.sql, rows: job.count, ms }));
}

function namesOf(rows: Rows): string {
  return rows.columns.map((column) => column.sql).join(', ');
}

const SETTING = /unrecognized configuration parameter "([\w.]+)"/;

/**
 * Tries one row and takes it back: a setting that a trigger asks for is given, and nullable columns that
 * a trigger fills itself are left to it.
 */
async function tried(rows: Rows, sql: Copier, alone: boolean): Promise<Rows> {
  const { table, count } = rows.job;
  if (!table.triggers || !alone || count === 0) return rows;
  const optional = rows.columns.filter((column) => {
    const keyed = table.foreignKeys.some((key) => key.columns.includes(column.number));
    return !column.notNull && column.default === null && !keyed;
  });
  const sent = rows.columns.filter((column) => !optional.includes(column));
  const values = rows.row(0);
  const params = sent.map((column) => values[rows.columns.indexOf(column)] ?? null);
  const told = optional.map((column) => `${column.sql} is not null`).join(', ');
  for (let round = 0; round < 5; round++) {
    await sql.query('savepoint statewright_try');
    try {
      const [row] = await sql.query(
        `insert into ${table.sql} (${sent.map((column) => column.sql).join(', ')}) overriding system value
         values (${params.map((_, at) => `$${at + 1}`).join(', ')})
         returning array[${told || 'false'}]::boolean[] as filled`,
        params,
      );
      await sql.query('rollback to savepoint statewright_try');
      const filled = row?.['filled'] as boolean[] | undefined;
      return without(rows, new Set(optional.filter((_, at) => filled?.[at])));
    } catch (error) {
      await sql.query('rollback to savepoint statewright_try');
      const [, setting] = SETTING.exec(error instanceof Error ? error.message : '') ?? [];
      if (setting === undefined) return rows;
      await sql.query("select set_config($1, 'statewright', false)", [setting]);
    }
  }
  return rows;
}

function without(rows: Rows, filled: ReadonlySet<Rows['columns'][number]>): Rows {
  if (filled.size === 0) return rows;
  const kept = rows.columns.flatMap((column, at) => (filled.has(column) ? [] : [at]));
  const own = <T>(list: readonly T[]) => list.filter((_, at) => kept.includes(at));
  return {
    ...rows,
    columns: own(rows.columns),
    writers: own(rows.writers),
    row: (index) => own(rows.row(index)),
  };
}

async function advance({ job, cell }: Rows, sql: Copier): Promise<void> {
  for (const column of job.table.columns) {
    if (!column.sequence || !isCounter(column) || job.count === 0) continue;
    const last = cell(column.number, job.count - 1);
    const further = column.sequence.step > 0 ? 'greatest' : 'least';
    await sql.query(
      `select setval($1::regclass, ${further}($2::int8, last_value)) from ${column.sequence.sql}`,
      [column.sequence.sql, last],
    );
  }
}
