import { type SQL, sql } from 'drizzle-orm';
import type { Column, Table } from '../db/db.ts';
import type { Json } from '../kernel/digest.ts';
import { type Cell, type Cells, columnOf, type MadeRow } from './draft.ts';
import type { Seat } from './groups.ts';
import { sequenceOf } from './sequence.ts';
import type { HeldRow } from './state.ts';
import { bareType, familyOf } from './values/family.ts';

/** Rows of one table, and where the rows stand that they take values from. */
export interface Placed {
  readonly table: Table;
  readonly rows: readonly MadeRow[];
  readonly seats: ReadonlyMap<string, Seat>;
}

/**
 * The columns whose values only the database knows, and so has to say: what it makes or formats itself, and all of a
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
      !tuples.every((cells) => isKnown(cells.get(column.name), column, placed)),
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

/** What is known of each row before the database has answered; what it lists stands as null. */
export function heldRows(placed: Placed, listed: readonly Column[]): HeldRow[] {
  const open = new Set(listed.map(({ name }) => name));
  return placed.rows.flatMap(({ table, tuples }) =>
    tuples.map((cells) => ({
      values: Object.fromEntries(
        table.columns.map(({ name }) => [name, open.has(name) ? null : constantOf(cells, name)]),
      ),
      taken: table.columns.flatMap(({ name }) => {
        const cell = cells.get(name);
        if (cell?.kind !== 'ref' || open.has(name)) return [];
        const made = placed.seats.get(cell.row)?.made;
        return made ? [{ column: name, at: made.from + cell.index, from: cell.column }] : [];
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

export function listOfLists(lists: readonly SQL[]): SQL {
  if (lists.length <= MOST_ARGUMENTS)
    return sql`json_build_array(${sql.join([...lists], sql`, `)})`;
  const each = lists.map((list) => sql`array_to_json(${list})`);
  return sql`array_to_json(array[${sql.join(each, sql`, `)}])`;
}
