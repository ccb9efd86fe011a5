import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { json, pgSchema, text } from 'drizzle-orm/pg-core';
import type { Table } from '../db/db.ts';
import { digest } from '../kernel/digest.ts';
import { literal } from '../kernel/sql-text.ts';
import { answerSql, heldRows, listedColumns, listSql, openMoments } from './answer.ts';
import { DRAWN, type Settled, settleCycles } from './cycles.ts';
import { type Cell, columnOf, type MadeRow, sources } from './draft.ts';
import { type Group, groupRows, type Seat, seatRows } from './groups.ts';
import { numberedSql } from './sequence.ts';
import { cellSql, drizzleTable, parameter, propertyOf, toStatement } from './sql.ts';
import type { Statement } from './state.ts';

/** Composes only: it has no connection. */
const db = drizzle.mock();

/** The row ledger, which the statement itself writes: an entry says what rows a step made (or changed) and how to find them. */
export const made = pgSchema('statewright').table('made', {
  run: text('run'),
  kind: text('kind'),
  shape: text('shape'),
  rows: json('rows'),
});

/**
 * One data-modifying CTE for the rows and their ledger entry: a child takes its parents' columns from the
 * parent's CTE, so the database's own defaults, sequences and triggers decide them.
 */
export function compileStatement(rows: readonly MadeRow[]): Statement {
  const [only, ...others] = rows;
  if (only?.table.rules && others.length === 0 && !needsItself(only)) return ruledStatement(only);
  const settled = settleCycles(rows);
  const groups = groupRows(settled.rows);
  const seats = seatRows(groups).set(DRAWN, DRAWN_SEAT);
  const used = usedColumns(settled.rows, seats);
  const listing = groups.map(({ name, rows: [first = noRow(), ...more] }) => {
    const placed = { table: first.table, rows: [first, ...more], seats };
    return { cte: cteName(name), placed, listed: listedColumns(placed) };
  });
  const lists = listing.flatMap(({ listed, cte }) => listed.map((column) => listSql(column, cte)));
  const moments = openMoments(lists.length);
  const answers = listing.map(({ placed, listed }) => ({
    table: placed.table.id,
    lists: listed.map(({ name }) => name),
    held: heldRows(placed, { listed, moments }),
  }));
  const inserts = groups.map((group, index) => {
    const taken = [...(used.get(group.name) ?? [])];
    const listed = answers[index]?.lists ?? [];
    return insertCte(group, { seats, returning: [...new Set([...listed, ...taken])] });
  });
  // Short, for every set-up writes it: a group's rows are of one table.
  const shape = answers.map(({ table, lists, held }) => ({ table, count: held.length, lists }));
  const drawn = settled.drawn.length > 0 ? [drawnCte(settled)] : [];
  const query = db
    .with(...drawn, ...inserts)
    .insert(made)
    .select(entryValues('insert', { shape, rows: answerSql(lists, moments.asked) }))
    .returning({ rows: sql`${made.rows}::text`.as('rows') });
  return {
    kind: 'statement',
    ...toStatement(query),
    rows: groups.flatMap(({ rows }) => rows.map(countOf)),
    answer: answers.map(({ lists, held }) => ({ lists, held })),
  };
}

function countOf({ name, table, tuples }: MadeRow): Statement['rows'][number] {
  return { name, table: table.id, count: tuples.length };
}

/** What an entry of the row ledger holds. */
export function entryValues(
  kind: 'insert' | 'adjust',
  entry: { shape: unknown; rows: SQL; from?: SQL },
): SQL {
  // The same each time: a parameter would be sent again.
  const shape = sql.raw(literal(JSON.stringify(entry.shape)));
  const from = entry.from ? sql` from ${entry.from}` : sql``;
  return sql`select ${parameter({ kind: 'run' })}, ${sql.raw(`'${kind}'`)}, ${shape}, ${entry.rows}${from}`;
}

function needsItself({ name, tuples }: MadeRow): boolean {
  return tuples.some((cells) => sources(cells).includes(name));
}

/** Rows of a table with rules: PostgreSQL takes those in no WITH. */
function ruledStatement(row: MadeRow): Statement {
  const { tuples } = row;
  const table = row.table.id;
  const image = sql`row_to_json(${sql.identifier(row.table.name)}.*)::text`;
  const shape = parameter({
    kind: 'value',
    value: JSON.stringify([{ table, count: tuples.length }]),
  });
  return {
    kind: 'statement',
    ...toStatement(insertOf([row], new Map()).returning({ row: image.as('row') })),
    rows: [countOf(row)],
    answer: [],
    entry: toStatement(
      sql`insert into statewright.made (run, kind, shape, rows) values (${parameter({ kind: 'run' })}, 'insert', ${shape}, $3)`,
    ),
  };
}

type Seats = ReadonlyMap<string, Seat>;

const DRAWN_SEAT: Seat = { group: DRAWN, offset: 0, alone: true, made: null };

function insertCte(
  { name: cte, rows }: Group,
  { seats, returning }: { seats: Seats; returning: readonly string[] },
) {
  const [{ table } = noRow()] = rows;
  if (table.columns.length === 0) return db.$with(cteName(cte), {}).as(columnlessSql(table, rows));
  const columns = returning.map((name) => [
    propertyOf(name),
    sql`${sql.identifier(name)}`.as(name),
  ]);
  return db.$with(cteName(cte)).as(insertOf(rows, seats).returning(Object.fromEntries(columns)));
}

/** Rows of a table without columns: VALUES can't write them. */
function columnlessSql(table: Table, rows: readonly MadeRow[]): SQL {
  const count = rows.reduce((sum, { tuples }) => sum + tuples.length, 0);
  return sql`insert into ${drizzleTable(table)} select from generate_series(1, ${sql.raw(String(count))})`;
}

function insertOf(rows: readonly MadeRow[], seats: Seats) {
  const [{ table: known } = noRow()] = rows;
  const tuples = rows.flatMap((row) => row.tuples);
  // Others are not named: a role may have been granted the INSERT of some columns alone.
  const given = known.columns.filter(({ name }) => tuples.some((cells) => cells.has(name)));
  const table = drizzleTable(given.length > 0 ? { ...known, columns: given } : known);
  const always = known.columns.some(
    (column) =>
      column.default.kind === 'identity' &&
      column.default.always &&
      tuples.some((cells) => cells.has(column.name)),
  );
  const values = tuples.map((cells) =>
    Object.fromEntries(
      [...cells].flatMap(([name, cell]) => {
        const column = columnOf(known, name);
        if (!column) return [];
        const value = sourceSql(cell, seats) ?? cellSql(cell, column);
        const drawn = cell.kind === 'ref' && cell.row === DRAWN;
        return [[propertyOf(name), drawn ? value : numberedSql(value, { table: known, column })]];
      }),
    ),
  );
  const insert = always ? db.insert(table).overridingSystemValue() : db.insert(table);
  return insert.values(values);
}

/** A reference to a row of the same statement. */
function sourceSql(cell: Cell, seats: Seats): SQL | undefined {
  const seat = cell.kind === 'ref' ? seats.get(cell.row) : undefined;
  if (cell.kind !== 'ref' || !seat) return undefined;
  const from = sql`select ${sql.identifier(cell.column)} from ${sql.identifier(cteName(seat.group))}`;
  if (seat.alone) return sql`(${from})`;
  return sql`(${from} limit 1 offset ${sql.raw(String(seat.offset + cell.index))})`;
}

function drawnCte({ drawn }: Settled) {
  const columns = drawn.map(
    ({ name, expression }) => sql`${expression} as ${sql.identifier(name)}`,
  );
  return db.$with(DRAWN, {}).as(sql`select ${sql.join(columns, sql`, `)}`);
}

/** The columns that rows of the statement take from each other, by the CTE they are taken from. */
function usedColumns(rows: readonly MadeRow[], seats: Seats): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const cell of rows.flatMap(({ tuples }) => tuples.flatMap((cells) => [...cells.values()]))) {
    const seat = cell.kind === 'ref' ? seats.get(cell.row) : undefined;
    if (cell.kind !== 'ref' || !seat) continue;
    used.set(seat.group, (used.get(seat.group) ?? new Set()).add(cell.column));
  }
  return used;
}

function noRow(): never {
  throw new RangeError('A group has rows.');
}

/** PostgreSQL cuts names at 63 bytes. */
function cteName(name: string): string {
  if (Buffer.byteLength(name) <= 63) return name;
  return `${name.slice(0, 20)} ${digest(name).slice(0, 12)}`;
}
