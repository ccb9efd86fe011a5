import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { json, pgSchema, text } from 'drizzle-orm/pg-core';
import { digest } from '../kernel/digest.ts';
import { DRAWN, type Settled, settleCycles } from './cycles.ts';
import { type Cell, columnOf, keyOf, type MadeRow } from './draft.ts';
import { cellSql, drizzleTable, parameter, toStatement } from './sql.ts';
import type { Statement } from './state.ts';

/** Composes only: it has no connection. */
const db = drizzle.mock();

/** The row ledger: an entry says what rows a step made (or changed), whole, and what their keys are. */
export const made = pgSchema('statewright').table('made', {
  run: text('run'),
  kind: text('kind'),
  shape: json('shape'),
  rows: json('rows'),
});

/**
 * One data-modifying CTE for the rows and their ledger entry: a child takes its parents' columns from the
 * parent's CTE, so the database's own defaults, sequences and triggers decide them.
 */
export function compileStatement(rows: readonly MadeRow[]): Statement {
  const settled = settleCycles(rows);
  const here = new Map([...rows.map((row) => [row.name, row.tuples.length] as const), [DRAWN, 1]]);
  const used = usedColumns(settled.rows);
  const inserts = settled.rows.map((row) => insertCte(row, { here, used }));
  const shape = rows.map((row) => ({
    table: row.table.id,
    key: keyOf(row.table),
    count: row.tuples.length,
  }));
  const lists = rows.map((row) => sql`select ${IMAGE} from ${sql.identifier(cteName(row.name))}`);
  const answer = sql`array_to_json(array(${sql.join(lists, sql` union all `)}))`;
  const entry = entryCte('insert', { shape, rows: answer });
  const drawn = settled.drawn.length > 0 ? [drawnCte(settled)] : [];
  const query = db
    .with(...drawn, ...inserts, entry)
    .select({ rows: sql`${sql.identifier('rows')}::text`.as('rows') })
    .from(entry);
  return {
    kind: 'statement',
    ...toStatement(query),
    rows: rows.map(({ name, table, tuples }) => ({ name, table: table.id, count: tuples.length })),
  };
}

/** The CTE that writes an entry of the row ledger. */
export function entryCte(
  kind: 'insert' | 'adjust',
  entry: { shape: unknown; rows: SQL; from?: SQL },
) {
  const shape = parameter({ kind: 'value', value: JSON.stringify(entry.shape) });
  const from = entry.from ? sql` from ${entry.from}` : sql``;
  const values = sql`select ${parameter({ kind: 'run' })}, ${sql.raw(`'${kind}'`)}, ${shape}::json, ${entry.rows}${from}`;
  return db
    .$with('statewright entry')
    .as(db.insert(made).select(values).returning({ rows: made.rows }));
}

function insertCte(
  row: MadeRow,
  { here, used }: { here: ReadonlyMap<string, number>; used: ReadonlyMap<string, Set<string>> },
) {
  const table = drizzleTable(row.table);
  const always = row.table.columns.some(
    (column) =>
      column.default.kind === 'identity' &&
      column.default.always &&
      row.tuples.some((cells) => cells.has(column.name)),
  );
  const values = row.tuples.map((cells) =>
    Object.fromEntries(
      [...cells].flatMap(([name, cell]) => {
        const column = columnOf(row.table, name);
        return column ? [[name, sourceSql(cell, here) ?? cellSql(cell, column)]] : [];
      }),
    ),
  );
  const insert = always ? db.insert(table).overridingSystemValue() : db.insert(table);
  // Only what siblings take, and the row whole as JSON: making it here is cheaper than carrying all columns.
  const columns = [...(used.get(row.name) ?? [])].map((name) => [
    name,
    sql`${sql.identifier(name)}`.as(name),
  ]);
  const image = sql`row_to_json(${sql.identifier(row.table.name)}.*)`.as(IMAGE_NAME);
  const returning = { ...Object.fromEntries(columns), [IMAGE_NAME]: image };
  return db.$with(cteName(row.name)).as(insert.values(values).returning(returning));
}

/** A reference to a row of the same statement. */
function sourceSql(cell: Cell, here: ReadonlyMap<string, number>): SQL | undefined {
  if (cell.kind !== 'ref' || !here.has(cell.row)) return undefined;
  const [column, cte] = [sql.identifier(cell.column), sql.identifier(cteName(cell.row))];
  if (here.get(cell.row) === 1) return sql`(select ${column} from ${cte})`;
  return sql`(select ${column} from ${cte} limit 1 offset ${sql.raw(String(cell.index))})`;
}

function drawnCte({ drawn }: Settled) {
  const columns = drawn.map(
    ({ name, expression }) => sql`${expression} as ${sql.identifier(name)}`,
  );
  return db.$with(DRAWN, {}).as(sql`select ${sql.join(columns, sql`, `)}`);
}

const IMAGE_NAME = 'statewright row';
const IMAGE = sql.identifier(IMAGE_NAME);

/** The columns that rows of the statement take from each other, by the row they are taken from. */
function usedColumns(rows: readonly MadeRow[]): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const cell of rows.flatMap(({ tuples }) => tuples.flatMap((cells) => [...cells.values()]))) {
    if (cell.kind !== 'ref') continue;
    used.set(cell.row, (used.get(cell.row) ?? new Set()).add(cell.column));
  }
  return used;
}

/** PostgreSQL cuts names at 63 bytes. */
function cteName(name: string): string {
  if (Buffer.byteLength(name) <= 63) return name;
  return `${name.slice(0, 20)} ${digest(name).slice(0, 12)}`;
}
