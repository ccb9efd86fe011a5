import type { SqlType } from '../db/db.ts';
import type { Rows } from './bulk.ts';
import { baseOf } from './literal.ts';

export const FORMATS = ['csv', 'jsonl', 'sql'] as const;
export type Format = (typeof FORMATS)[number];
type Cells = readonly (string | null)[];

/** Rows with their column names first, as `COPY … WITH (FORMAT csv, HEADER)` reads them. */
export function* csvLines(rows: Rows): Generator<string> {
  yield `${rows.columns.map(({ name }) => csvText(name)).join(',')}\n`;
  for (const cells of cellsOf(rows)) {
    yield `${cells.map((cell) => (cell === null ? '' : csvText(cell))).join(',')}\n`;
  }
}

/** An object a line; numbers that JavaScript would round stay texts. */
export function* jsonLines(rows: Rows, types: ReadonlyMap<number, SqlType>): Generator<string> {
  const names = rows.columns.map(({ name }) => JSON.stringify(name));
  const kinds = rows.columns.map((column) => baseOf(column, types).base);
  for (const cells of cellsOf(rows)) {
    const members = cells.map((cell, at) => `${names[at]}:${jsonText(cell, kinds[at])}`);
    yield `{${members.join(',')}}\n`;
  }
}

/** One INSERT of all the rows as a WITH query's part, or as statements of their own. */
export function* sqlLines(rows: Rows): Generator<string> {
  const { count } = rows.job;
  const step = 500;
  for (let from = 0; from < count; from += step) {
    yield `${insertSql(rows, from, Math.min(count, from + step))};\n`;
  }
}

/** Tables that need each other: one statement, at whose end their keys are checked. */
export function cycleSql(group: readonly Rows[]): string {
  const parts = group.map((rows, at) => {
    return `"in ${at}" as (${insertSql(rows, 0, rows.job.count)} returning 1)`;
  });
  const counts = group.map((_, at) => `(select count(*) from "in ${at}")`);
  return `with ${parts.join(',\n')}\nselect ${counts.join(' + ')};\n`;
}

/** Leaves the sequences where the next plain INSERT works. */
export function sequenceSql({ plan, cell }: Rows): string[] {
  const { count } = plan.job;
  return plan.columns.flatMap(({ column, source }) => {
    if (source.kind !== 'counter' || !column.sequence || count === 0) return [];
    const last = cell(column.number, count - 1) ?? '1';
    return [`select setval(${quoted(column.sequence.sql)}, ${last});\n`];
  });
}

function insertSql(rows: Rows, from: number, to: number): string {
  const names = rows.columns.map(({ sql }) => sql).join(', ');
  const { sql } = rows.job.table;
  if (names === '') return `insert into ${sql} select from generate_series(1, ${to - from})`;
  const lines: string[] = [];
  for (let at = from; at < to; at++) {
    lines.push(
      `(${rows
        .row(at)
        .map((cell) => (cell === null ? 'null' : quoted(cell)))
        .join(', ')})`,
    );
  }
  return `insert into ${sql} (${names}) overriding system value values\n${lines.join(',\n')}`;
}

function* cellsOf(rows: Rows): Generator<Cells> {
  for (let at = 0; at < rows.job.count; at++) yield rows.row(at);
}

function csvText(text: string): string {
  return text === '' || /[",\n\r\\]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function jsonText(cell: string | null, type: SqlType | undefined): string {
  if (cell === null) return 'null';
  if (type?.array) return JSON.stringify(cell);
  if (type?.name === 'bool') return cell.startsWith('t') ? 'true' : 'false';
  if (/^jsonb?$/.test(type?.name ?? '')) return cell;
  if (/^(int2|int4|float4|float8)$/.test(type?.name ?? '') && /^-?\d+(\.\d+)?$/.test(cell))
    return cell;
  return JSON.stringify(cell);
}
