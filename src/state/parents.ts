import type { ForeignKey, Table } from '../db/db.ts';
import { type Cell, type Cells, cellsOf, type Draft, type MadeRow } from './draft.ts';

/** What choosing a parent needs to see and do. */
export interface Parents {
  readonly rows: Map<string, Draft>;
  readonly tables: ReadonlyMap<string, Table>;
  /** Rows whose parents are being looked for, outermost first. */
  readonly inProgress: readonly string[];
  readonly complete: (name: string) => void;
}

/** The parent's name, and whether each of the child's rows has one of its own. */
export interface Parent {
  readonly name: string;
  readonly each: boolean;
}

/**
 * The row a foreign key shall point at: the only row of that table where there is just one and using it
 * breaks no UNIQUE, the row in hand where a cycle closes, else a new one.
 */
export function parentFor(row: MadeRow, key: ForeignKey, at: Parents): Parent {
  const closing = at.inProgress.findLast((name) => at.rows.get(name)?.table.id === key.table);
  if (closing !== undefined) return { name: closing, each: closing === row.name };
  const [only, ...others] = [...at.rows.values()].filter((other) => other.table.id === key.table);
  if (only && others.length === 0 && fitsKey(row, key, { only, at })) {
    return { name: only.name, each: false };
  }
  return makeParent(row, key, at);
}

function makeParent(row: MadeRow, key: ForeignKey, at: Parents): Parent {
  const table = at.tables.get(key.table);
  if (!table) throw new RangeError(`No table ${key.table}.`);
  const name = `${row.name}/${key.columns.join('+')}`;
  const each = row.tuples.length > 1 && isUniqueAlone(row.table, key.columns);
  const tuples = (each ? row.tuples : row.tuples.slice(0, 1)).map((cells) => given(cells, key));
  at.rows.set(name, { kind: 'made', name, table, tuples, planned: new Set() });
  at.complete(name);
  return { name, each };
}

/** What the child already says of its parent: the columns of a composite key that are set. */
function given(cells: Cells, key: ForeignKey): Cells {
  const parent = new Map<string, Cell>();
  key.columns.forEach((name, index) => {
    const [cell, column] = [cells.get(name), key.references[index]];
    if (cell && column !== undefined) parent.set(column, cell);
  });
  return parent;
}

function fitsKey(
  row: MadeRow,
  key: ForeignKey,
  { only, at }: { only: Draft; at: Parents },
): boolean {
  at.complete(only.name);
  if (row.tuples.length > 1 && isUniqueAlone(row.table, key.columns)) return false;
  const parent = at.rows.get(only.name) ?? only;
  const [first] = row.tuples;
  if (!first || !agrees(first, key, parent)) return false;
  const linked = new Map(first);
  key.columns.forEach((name, index) => {
    const column = key.references[index] ?? '';
    if (!linked.has(name)) linked.set(name, { kind: 'ref', row: only.name, column, index: 0 });
  });
  return !repeats(linked, { row, key, rows: at.rows });
}

/** Whether the set columns of a composite key say the same of the parent as the parent does. */
function agrees(cells: Cells, key: ForeignKey, parent: Draft): boolean {
  return key.columns.every((name, index) => {
    const cell = cells.get(name);
    const column = key.references[index] ?? '';
    if (!cell) return true;
    if (cell.kind === 'ref' && cell.row === parent.name && cell.column === column) return true;
    const said = cellsOf(parent).get(column);
    return said !== undefined && sameCell(said, cell);
  });
}

/** Whether another row of the table would have the same values in a UNIQUE that the key takes part in. */
function repeats(
  cells: Cells,
  { row, key, rows }: { row: MadeRow; key: ForeignKey; rows: ReadonlyMap<string, Draft> },
): boolean {
  const uniques = [row.table.primaryKey, ...row.table.uniques.map((unique) => unique.columns)];
  const touched = uniques.filter((columns) => columns.some((name) => key.columns.includes(name)));
  const others = [...rows.values()].filter(
    (other): other is MadeRow =>
      other.kind === 'made' && other.table.id === row.table.id && other.name !== row.name,
  );
  return touched.some((columns) =>
    others.some((other) =>
      other.tuples.some((tuple) =>
        columns.every((name) => {
          const [ours, theirs] = [cells.get(name), tuple.get(name)];
          return ours !== undefined && theirs !== undefined && sameCell(ours, theirs);
        }),
      ),
    ),
  );
}

function isUniqueAlone(table: Table, columns: readonly string[]): boolean {
  const uniques = [table.primaryKey, ...table.uniques.map((unique) => unique.columns)];
  return uniques.some(
    (unique) => unique.length > 0 && unique.every((name) => columns.includes(name)),
  );
}

function sameCell(a: Cell, b: Cell): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
