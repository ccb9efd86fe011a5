import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { json, pgSchema, text } from 'drizzle-orm/pg-core';
import { digest } from '../kernel/digest.ts';
import { DRAWN, type Settled, settleCycles } from './cycles.ts';
import { type Cell, columnOf, type MadeRow, sources } from './draft.ts';
import { type Group, groupRows, type Seat, seatRows } from './groups.ts';
import { numberedSql } from './sequence.ts';
import { cellSql, drizzleTable, parameter, toStatement } from './sql.ts';
import type { Statement } from './state.ts';

/** Composes only: it has no connection. */
const db = drizzle.mock();

/**
 * The row ledger, which the statement itself writes: an entry says what rows a step made (or changed), whole, and what
 * their keys are.
 */
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
  const seats = seatRows(groups).set(DRAWN, { group: DRAWN, offset: 0, alone: true });
  const used = usedColumns(settled.rows, seats);
  const inserts = groups.map((group) => insertCte(group, { seats, used }));
  const ordered = groups.flatMap((group) => group.rows);
  // Short, for every set-up writes it: a group's rows are of one table.
  const shape = groups.map((group) => ({
    table: group.rows[0]?.table.id,
    count: group.rows.reduce((sum, row) => sum + row.tuples.length, 0),
  }));
  const lists = groups.map(
    ({ name }) => sql`select ${IMAGE} from ${sql.identifier(cteName(name))}`,
  );
  const answer = sql`array_to_json(array(${sql.join(lists, sql` union all `)}))`;
  const drawn = settled.drawn.length > 0 ? [drawnCte(settled)] : [];
  const query = db
    .with(...drawn, ...inserts)
    .insert(made)
    .select(entryValues('insert', { shape, rows: answer }))
    .returning({ rows: sql`${made.rows}::text`.as('rows') });
  return {
    kind: 'statement',
    ...toStatement(query),
    rows: ordered.map(({ name, table, tuples }) => ({
      name,
      table: table.id,
      count: tuples.length,
    })),
  };
}

/** What an entry of the row ledger holds. */
export function entryValues(
  kind: 'insert' | 'adjust',
  entry: { shape: unknown; rows: SQL; from?: SQL },
): SQL {
  const shape = parameter({ kind: 'value', value: JSON.stringify(entry.shape) });
  const from = entry.from ? sql` from ${entry.from}` : sql``;
  return sql`select ${parameter({ kind: 'run' })}, ${sql.raw(`'${kind}'`)}, ${shape}, ${entry.rows}${from}`;
}

function needsItself({ name, tuples }: MadeRow): boolean {
  return tuples.some((cells) => sources(cells).includes(name));
}

/** Rows of a table with rules: PostgreSQL takes those in no WITH. */
function ruledStatement(row: MadeRow): Statement {
  const { name, tuples } = row;
  const table = row.table.id;
  const { insert, image } = insertOf([row], new Map());
  const shape = parameter({
    kind: 'value',
    value: JSON.stringify([{ table, count: tuples.length }]),
  });
  return {
    kind: 'statement',
    ...toStatement(insert.returning({ row: sql`${image}::text`.as('row') })),
    rows: [{ name, table, count: tuples.length }],
    entry: toStatement(
      sql`insert into statewright.made (run, kind, shape, rows) values (${parameter({ kind: 'run' })}, 'insert', ${shape}, $3)`,
    ),
  };
}

type Seats = ReadonlyMap<string, Seat>;

function insertCte(
  { name: cte, rows }: Group,
  { seats, used }: { seats: Seats; used: ReadonlyMap<string, Set<string>> },
) {
  const { insert, image } = insertOf(rows, seats);
  // Only what siblings take, and the row whole as JSON: making it here is cheaper than carrying all columns.
  const columns = [...(used.get(cte) ?? [])].map((name) => [
    name,
    sql`${sql.identifier(name)}`.as(name),
  ]);
  const returning = { ...Object.fromEntries(columns), [IMAGE_NAME]: image.as(IMAGE_NAME) };
  return db.$with(cteName(cte)).as(insert.returning(returning));
}

function insertOf(rows: readonly MadeRow[], seats: Seats) {
  const [{ table: known } = noTable()] = rows;
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
        return [[name, drawn ? value : numberedSql(value, { table: known, column })]];
      }),
    ),
  );
  const insert = always ? db.insert(table).overridingSystemValue() : db.insert(table);
  const image = sql`row_to_json(${sql.identifier(known.name)}.*)`;
  return { insert: insert.values(values), image };
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

const IMAGE_NAME = 'statewright row';
const IMAGE = sql.identifier(IMAGE_NAME);

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

function noTable(): never {
  throw new RangeError('A group has rows.');
}

/** PostgreSQL cuts names at 63 bytes. */
function cteName(name: string): string {
  if (Buffer.byteLength(name) <= 63) return name;
  return `${name.slice(0, 20)} ${digest(name).slice(0, 12)}`;
}
