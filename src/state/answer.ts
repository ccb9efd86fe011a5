import { type SQL, sql } from 'drizzle-orm';
import type { Column, Table } from '../db/db.ts';
import type { Json } from '../kernel/digest.ts';
import { type Cell, type Cells, columnOf, type MadeRow } from './draft.ts';
import type { Seat } from './groups.ts';
import { sequenceOf } from './sequence.ts';
import type { HeldRow } from './state.ts';
import { bareType, familyOf } from './values/family.ts';

/** Rows as they go in: with the place in its statement that a row of a name begins at. */
export interface Placed {
  readonly table: Table;
  readonly rows: readonly MadeRow[];
  readonly placeOf: (cell: Cell) => { readonly place: number; readonly table: Table } | undefined;
}

/**
 * The columns whose values only the database knows, and so has to say: what it makes or formats itself, and
 * all of a table whose triggers may change a row or which has no key to find it by again.
 */
export function listedColumns(placed: Placed): readonly Column[] {
  const { table, rows } = placed;
  const changeable = table.triggers === null || table.triggers.length > 0;
  if (changeable || table.primaryKey.length === 0) return table.columns;
  const tuples = rows.flatMap((row) => row.tuples);
  return table.columns.filter(
    (column) =>
      table.primaryKey.includes(column.name) ||
      !tuples.every((cells) => isKnown(cells.get(column.name), column, placed)),
  );
}

function isKnown(cell: Cell | undefined, column: Column, placed: Placed): boolean {
  if (!cell) return column.default.kind === 'none' || column.default.kind === 'application';
  if (sequenceOf(placed.table, column.name) !== null) return false;
  if (cell.kind === 'param') {
    return cell.param.kind === 'value' && comesBack(cell.param.value, column);
  }
  const source = placed.placeOf(cell)?.table;
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
        const at = cell && !open.has(name) ? placed.placeOf(cell)?.place : undefined;
        return cell?.kind === 'ref' && at !== undefined
          ? [{ column: name, at, from: cell.column }]
          : [];
      }),
    })),
  );
}

function constantOf(cells: Cells, name: string): Json {
  const cell = cells.get(name);
  return cell?.kind === 'param' && cell.param.kind === 'value' ? cell.param.value : null;
}

/** Where rows of the same statement stand in its answer. */
export function placesIn(
  groups: readonly { readonly name: string; readonly rows: readonly MadeRow[] }[],
  seats: ReadonlyMap<string, Seat>,
): Placed['placeOf'] {
  const begins = new Map<string, { at: number; table: Table }>();
  let at = 0;
  for (const { name, rows } of groups) {
    for (const { table } of rows.slice(0, 1)) begins.set(name, { at, table });
    at += rows.reduce((sum, { tuples }) => sum + tuples.length, 0);
  }
  return (cell) => {
    const seat = cell.kind === 'ref' ? seats.get(cell.row) : undefined;
    const group = seat && begins.get(seat.group);
    if (cell.kind !== 'ref' || !group) return undefined;
    return { place: group.at + seat.offset + cell.index, table: group.table };
  };
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
