import { type SQL, sql } from 'drizzle-orm';
import type { Column, Table } from '../db/db.ts';
import type { Json } from '../kernel/digest.ts';
import { type Cell, type Cells, columnOf, type MadeRow } from './draft.ts';
import type { Seat } from './groups.ts';
import { sequenceOf } from './sequence.ts';
import { cellSql, toStatement } from './sql.ts';
import type { HeldRow } from './state.ts';
import { bareType, familyOf } from './values/family.ts';

/** Rows of one table, and where the rows stand that they take values from. */
export interface Placed {
  readonly table: Table;
  readonly rows: readonly MadeRow[];
  readonly seats: ReadonlyMap<string, Seat>;
}

/**
 * The columns that the database has to read from the rows: what it makes or formats itself, and all of a
 * table whose triggers may change a row, or which has no key to find it by again. Rows whose key may have been another's
 * before are told whole too: should that one have to come back, it is seen whether ours is still as it was made.
 */
export function listedColumns(placed: Placed): readonly Column[] {
  const { table, rows, seats } = placed;
  const tuples = rows.flatMap((row) => row.tuples);
  const changeable = table.triggers === null || table.triggers.length > 0;
  const isNew = (cells: Cells) =>
    table.primaryKey.some((name) => isFresh(name, { table, cells, seats }));
  if (changeable || !tuples.every(isNew)) return table.columns;
  return table.columns.filter(
    (column) =>
      table.primaryKey.includes(column.name) ||
      !tuples
        .map((cells) => cells.get(column.name))
        .every((cell) => isKnown(cell, column, placed) || momentOf(cell, column)),
  );
}

/** Whether no row had that value before: the database makes it, the run does, or a row that it is as new in. */
function isFresh(
  name: string,
  { table, cells, seats }: { table: Table; cells: Cells; seats: Placed['seats'] },
): boolean {
  const cell = cells.get(name);
  if (!cell) return columnOf(table, name)?.default.kind !== 'literal';
  if (cell.kind === 'param') return cell.param.kind === 'unique';
  const seat = seats.get(cell.row);
  if (!seat?.made) return seat !== undefined;
  const { row } = seat.made;
  const above = row.tuples[cell.index];
  return above !== undefined && isFresh(cell.column, { table: row.table, cells: above, seats });
}

function isKnown(cell: Cell | undefined, column: Column, { table, seats }: Placed): boolean {
  if (!cell) return column.default.kind === 'none' || column.default.kind === 'application';
  if (sequenceOf(table, column.name) !== null) return false;
  if (cell.kind === 'param') {
    return cell.param.kind === 'value' && comesBack(cell.param.value, column);
  }
  const source = seats.get(cell.row)?.made?.row.table;
  const from = source && columnOf(source, cell.column);
  return from !== undefined && from.type === column.type && from.array === column.array;
}

const NOW = /^(now\(\)|current_timestamp(\(\d\))?)$/i;
const OF_TIME = ['timestamp with time zone', 'timestamp without time zone', 'date'];

/** A value that hangs on nothing but when the statement runs, as SQL: it is the same wherever in the statement it is asked. */
function momentOf(cell: Cell | undefined, column: Column): SQL | null {
  if (column.array || !OF_TIME.includes(bareType(column.type))) return null;
  const { default: otherwise } = column;
  const isDefault = !cell && otherwise.kind === 'expression' && NOW.test(otherwise.text);
  if (isDefault) return asColumn(sql.raw(otherwise.text), column);
  if (cell?.kind !== 'param' || cell.param.kind !== 'now') return null;
  return asColumn(cellSql(cell, column), column);
}

function asColumn(value: SQL, { type }: Column): SQL {
  return sql`cast(${value} as ${sql.raw(type)})`;
}

/** Whether PostgreSQL gives that value back from the column as the very same JSON. */
function comesBack(value: Json, column: Column): boolean {
  if (value === null) return true;
  if (column.array) return false;
  switch (familyOf(column)) {
    case 'integer':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'enum':
      return typeof value === 'string';
    case 'text':
      // One that is too long for its column and ends in spaces is cut, and char(n) is filled up.
      return (
        typeof value === 'string' &&
        value.isWellFormed() &&
        ['text', 'character varying'].includes(bareType(column.type)) &&
        (column.maxLength === null || value.length <= column.maxLength)
      );
    default:
      return false;
  }
}

/** The moments that rows of a statement have, each asked for once, after the lists. */
export interface Moments {
  /** Where in the answer a moment stands; taken down when it is not there yet. */
  readonly at: (moment: SQL) => number;
  readonly asked: readonly SQL[];
}

export function openMoments(lists: number): Moments {
  const places = new Map<string, number>();
  const asked: SQL[] = [];
  const at = (moment: SQL) => {
    const key = JSON.stringify(toStatement(moment));
    const place = places.get(key) ?? lists + asked.push(moment) - 1;
    places.set(key, place);
    return place;
  };
  return { at, asked };
}

/** What is known of each row before the database has answered; what it tells stands as null. */
export function heldRows(
  placed: Placed,
  { listed, moments }: { listed: readonly Column[]; moments: Moments },
): HeldRow[] {
  const open = new Set(listed);
  const columns = placed.table.columns.filter((column) => !open.has(column));
  return placed.rows.flatMap(({ table, tuples }) =>
    tuples.map((cells) => ({
      values: Object.fromEntries(
        table.columns.map((column) => [
          column.name,
          open.has(column) ? null : constantOf(cells, column.name),
        ]),
      ),
      told: columns.flatMap((column) => {
        const moment = momentOf(cells.get(column.name), column);
        return moment ? [{ column: column.name, at: moments.at(moment) }] : [];
      }),
      taken: columns.flatMap(({ name }) => {
        const cell = cells.get(name);
        const made = cell?.kind === 'ref' ? placed.seats.get(cell.row)?.made : null;
        if (cell?.kind !== 'ref' || !made) return [];
        return [{ column: name, at: made.from + cell.index, from: cell.column }];
      }),
    })),
  );
}

function constantOf(cells: Cells, name: string): Json {
  const cell = cells.get(name);
  return cell?.kind === 'param' && cell.param.kind === 'value' ? cell.param.value : null;
}

/** One list of JSON, of the values that a column has in the rows of a CTE. */
export function listSql(column: Column, cte: string): SQL {
  const name = sql.identifier(column.name);
  // Arrays may differ in length, and not every type has arrays.
  const isPlain = !column.array && familyOf(column) !== 'other';
  return sql`array(select ${isPlain ? name : sql`to_json(${name})`} from ${sql.identifier(cte)})`;
}

/** PostgreSQL takes no more arguments. */
const MOST_ARGUMENTS = 100;

/** The lists, and after them what is told but once. */
export function answerSql(lists: readonly SQL[], told: readonly SQL[]): SQL {
  const all = [...lists, ...told];
  if (all.length <= MOST_ARGUMENTS) return sql`json_build_array(${sql.join(all, sql`, `)})`;
  const each = [
    ...lists.map((list) => sql`array_to_json(${list})`),
    ...told.map((value) => sql`to_json(${value})`),
  ];
  return sql`array_to_json(array[${sql.join(each, sql`, `)}])`;
}
