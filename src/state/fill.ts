import type { Column, Table } from '../db/db.ts';
import { constant, unique } from './cells.ts';
import { type Cell, type Cells, type Draft, fillsItself, type MadeRow } from './draft.ts';
import type { Param } from './state.ts';
import { domainOf, orderingsOf } from './values/domain.ts';
import { familyOf } from './values/family.ts';
import { generate, type Spot } from './values/generate.ts';
import { isOffset } from './values/value.ts';

const ATTEMPTS = 1000;
const DAY_MS = 86_400_000;

/** Values for the columns that have no cell, no default and may not be null; distinct where they must be. */
export function fillGenerated(rows: ReadonlyMap<string, Draft>, seed: string): Map<string, Draft> {
  const taken = takenBy(rows);
  const filled = new Map<string, Draft>();
  for (const [name, row] of rows) {
    filled.set(name, row.kind === 'made' ? fillRow(row, seed, taken) : row);
  }
  return filled;
}

type Taken = Map<string, Set<string>>;

function fillRow(row: MadeRow, seed: string, taken: Taken): MadeRow {
  const tuples = row.tuples.map((cells, index) => {
    const filled = new Map<string, Cell>(cells);
    for (const column of row.table.columns) {
      if (filled.has(column.name) || fillsItself(column)) continue;
      const spot = { seed, table: row.table, column, row: row.name, index };
      filled.set(column.name, { kind: 'param', param: paramAt(spot, taken) });
    }
    return inOrder(filled, row);
  });
  return { ...row, tuples };
}

function paramAt(spot: Spot, taken: Taken): Param {
  const { table, column } = spot;
  const share = sharing(table, column);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const value = generate({ ...spot, attempt });
    if (isOffset(value)) return { kind: 'now', ms: value.now };
    const text = String(value);
    const place = `${table.id}.${column.name}`;
    if (share !== 'free' && taken.get(place)?.has(text)) continue;
    taken.set(place, (taken.get(place) ?? new Set()).add(text));
    return share === 'alone' && bends(table, column)
      ? unique(text, table, column)
      : constant(value, column);
  }
  return constant(generate(spot), column);
}

/**
 * `alone`: a UNIQUE would meet other runs' rows as well, `within`: one that holds a foreign key and so
 * only meets our own, `free`: no UNIQUE.
 */
function sharing(table: Table, column: Column): 'alone' | 'within' | 'free' {
  const linked = new Set(table.foreignKeys.flatMap((key) => key.columns));
  const named = new RegExp(`\\b${column.name.replace(/\W/g, '.')}\\b`);
  const uniques = [
    { columns: table.primaryKey, expressions: [] as readonly string[] },
    ...table.uniques,
  ].filter(
    ({ columns, expressions }) =>
      columns.includes(column.name) || expressions.some((expression) => named.test(expression)),
  );
  if (uniques.length === 0) return 'free';
  const meetsOthers = uniques.some(({ columns }) => !columns.some((name) => linked.has(name)));
  return meetsOthers ? 'alone' : 'within';
}

/** Whether a run's namespace can go into the value without breaking a CHECK. */
function bends(table: Table, column: Column): boolean {
  const domain = domainOf(table, column);
  const family = familyOf(column);
  if (domain.values || domain.pattern !== null || column.array) return false;
  if (family === 'integer') return (domain.min ?? 0) <= 0;
  return family === 'text' || family === 'uuid';
}

function takenBy(rows: ReadonlyMap<string, Draft>): Taken {
  const taken: Taken = new Map();
  for (const row of rows.values()) {
    if (row.kind !== 'made') continue;
    for (const [name, cell] of row.tuples.flatMap((cells) => [...cells])) {
      const text = cell.kind === 'param' ? textOf(cell.param) : undefined;
      if (text === undefined) continue;
      const place = `${row.table.id}.${name}`;
      taken.set(place, (taken.get(place) ?? new Set()).add(text));
    }
  }
  return taken;
}

function textOf(param: Param): string | undefined {
  if (param.kind === 'value') return String(param.value);
  return param.kind === 'unique' ? param.text : undefined;
}

/** Moves generated values so that CHECKs between two columns hold (`ends_at > starts_at`). */
function inOrder(cells: Map<string, Cell>, row: MadeRow): Cells {
  for (const { left, right } of orderingsOf(row.table)) {
    const [low, high] = [numberOf(cells.get(left)), numberOf(cells.get(right))];
    if (!low || !high || low.kind !== high.kind || low.number < high.number) continue;
    const step = low.kind === 'now' ? DAY_MS : 1;
    if (!row.planned.has(right)) cells.set(right, at(low.kind, low.number + step));
    else if (!row.planned.has(left)) cells.set(left, at(low.kind, high.number - step));
  }
  return cells;
}

function numberOf(cell: Cell | undefined): { kind: 'now' | 'value'; number: number } | undefined {
  if (cell?.kind !== 'param') return undefined;
  if (cell.param.kind === 'now') return { kind: 'now', number: cell.param.ms };
  const value = cell.param.kind === 'value' ? cell.param.value : undefined;
  return typeof value === 'number' ? { kind: 'value', number: value } : undefined;
}

function at(kind: 'now' | 'value', number: number): Cell {
  const param: Param = kind === 'now' ? { kind, ms: number } : { kind, value: number };
  return { kind: 'param', param };
}
