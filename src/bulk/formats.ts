import type { SqlType } from '../db/db.ts';
import type { Rows } from './bulk.ts';
import { chunksOf } from './chunks.ts';
import { baseOf } from './literal.ts';
import { csv, csvText, jsonOf, literal, notedWriter, quoted } from './notation.ts';
import { put, type Sink } from './sink.ts';

export const FORMATS = ['csv', 'jsonl', 'sql'] as const;
export type Format = (typeof FORMATS)[number];

/** Rows with their column names first, as `COPY … WITH (FORMAT csv, HEADER)` reads them. */
export function* csvLines({ columns, writers, job }: Rows): Generator<Uint8Array> {
  yield Buffer.from(`${columns.map(({ name }) => csvText(name)).join(',')}\n`);
  const writeRow = rowWriter(
    writers.map((write) => notedWriter(write, csv)),
    { before: columns.map((_, at) => (at === 0 ? '' : ',')), end: '\n' },
  );
  yield* chunksOf({ from: 0, to: job.count }, writeRow);
}

/** An object a line; numbers that JavaScript would round stay texts. */
export function* jsonLines(
  { columns, writers, job }: Rows,
  types: ReadonlyMap<number, SqlType>,
): Generator<Uint8Array> {
  const cells = columns.map((column, at) =>
    notedWriter(writers[at] ?? (() => false), jsonOf(baseOf(column, types).base)),
  );
  const writeRow = rowWriter(cells, {
    before: columns.map(({ name }, at) => `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`),
    end: columns.length === 0 ? '{}\n' : '}\n',
  });
  yield* chunksOf({ from: 0, to: job.count }, writeRow);
}

const BATCH = 500;

/** INSERTs of some hundred rows each. */
export function* sqlLines(rows: Rows): Generator<Uint8Array> {
  const { count } = rows.job;
  for (let from = 0; from < count; from += BATCH) {
    yield* insertSql(rows, from, Math.min(count, from + BATCH));
    yield Buffer.from(';\n');
  }
}

/** Tables that need each other: one statement, at whose end their keys are checked. */
export function* cycleSql(group: readonly Rows[]): Generator<Uint8Array> {
  for (const [at, rows] of group.entries()) {
    yield Buffer.from(`${at === 0 ? 'with ' : ',\n'}"in ${at}" as (`);
    yield* insertSql(rows, 0, rows.job.count);
    yield Buffer.from(' returning 1)');
  }
  const counts = group.map((_, at) => `(select count(*) from "in ${at}")`);
  yield Buffer.from(`\nselect ${counts.join(' + ')};\n`);
}

/** Leaves the sequences where the next plain INSERT works; those that foreign keys number may be in any order. */
export function* sequenceSql({ plan, cell }: Rows): Generator<Uint8Array> {
  const { count, table } = plan.job;
  for (const { column, source, keys } of plan.columns) {
    if (source.kind !== 'counter' || !column.sequence || count === 0) continue;
    const { sql, step } = column.sequence;
    const [further, most] = step > 0 ? ['greatest', 'max'] : ['least', 'min'];
    const last =
      keys.length > 0
        ? `(select ${most}(${column.sql}) from ${table.sql})`
        : (cell(column.number, count - 1) ?? '1');
    yield Buffer.from(
      `select setval(${quoted(sql)}, ${further}(${last}, last_value)) from ${sql};\n`,
    );
  }
}

function* insertSql(
  { columns, writers, job }: Rows,
  from: number,
  to: number,
): Generator<Uint8Array> {
  const { sql } = job.table;
  if (columns.length === 0) {
    yield Buffer.from(`insert into ${sql} select from generate_series(1, ${to - from})`);
    return;
  }
  const names = columns.map((column) => column.sql).join(', ');
  yield Buffer.from(`insert into ${sql} (${names}) overriding system value values\n(`);
  const cells = writers.map((write) => notedWriter(write, literal));
  const before = columns.map((_, at) => (at === 0 ? '' : ', '));
  const writeRow = rowWriter(cells, { before, end: '),\n(' });
  yield* chunksOf({ from, to: to - 1 }, writeRow);
  yield* chunksOf({ from: to - 1, to }, rowWriter(cells, { before, end: ')' }));
}

/** Cells behind each other, each with its own text before it. */
function rowWriter(
  cells: readonly ((sink: Sink, index: number) => void)[],
  around: { readonly before: readonly string[]; readonly end: string },
): (sink: Sink, index: number) => void {
  const before = around.before.map((text) => Buffer.from(text));
  const end = Buffer.from(around.end);
  return (sink, index) => {
    for (let at = 0; at < cells.length; at++) {
      put(sink, before[at] as Buffer);
      (cells[at] as (typeof cells)[number])(sink, index);
    }
    put(sink, end);
  };
}
