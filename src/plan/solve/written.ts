import type { Term } from '../../condition/condition.ts';
import type { Table } from '../../db/db.ts';
import type { Write } from '../../model/model.ts';
import { type Expr, type Formula, variableOf } from './formula.ts';
import { ground, groundTerm } from './ground.ts';
import { mentionsOf } from './mentions.ts';
import { pointingRows } from './pointing.ts';
import { isReadable } from './readable.ts';
import { columnOf, type Setting, setTerm } from './setting.ts';
import { ownerOf, rowsOf, standing, type World, type WorldRow } from './world.ts';

/** Rows the request itself puts in on the way to its outcome: their references must be kept too. */
export function writtenRows(setting: Setting): WorldRow[] {
  return writesOf(setting).flatMap((write): WorldRow[] => {
    const table = setting.tables.get(write.table);
    return table ? [{ id: `${write.id}!`, table, origin: 'written' }] : [];
  });
}

const KNOWN = new WeakMap<Setting, Write[]>();

function writesOf(setting: Setting): Write[] {
  const known = KNOWN.get(setting) ?? findWrites(setting);
  KNOWN.set(setting, known);
  return known;
}

function findWrites(setting: Setting): Write[] {
  const readBack = rowsReadBy(setting);
  const refused = setting.when.flatMap((condition) =>
    condition.kind === 'conflict' && condition.holds ? [condition.write] : [],
  );
  return [...setting.writes.values()].filter(
    (write) =>
      write.kind === 'insert' &&
      (setting.outcome.writes.includes(write.id) || readBack.has(write.id)) &&
      !refused.includes(write.id),
  );
}

/** The rows that the WHERE of a query on the way compares with: an insert among them has run before it. */
function rowsReadBy(setting: Setting): ReadonlySet<string> {
  const { present, absent, optional, counted } = mentionsOf(setting);
  const found = new Set<string>();
  for (const id of [...present, ...absent, ...optional, ...counted.keys()]) {
    for (const condition of ownerOf(setting, id)?.where ?? []) {
      if (!('left' in condition)) continue;
      for (const term of [condition.left, condition.right]) {
        if (term.kind === 'column') found.add(term.row);
      }
    }
  }
  return found;
}

/** What the written rows' key columns are, and the rows whose existence makes a write fail. */
export function writtenFormulas(world: World): Formula[] {
  const { setting } = world;
  const written = writesOf(setting).flatMap((write) => {
    const table = setting.tables.get(write.table);
    if (!table) return [];
    const row = `${write.id}!`;
    // A row that was there keeps what tells nothing of which row it is.
    const columns = standing(world, row) === row ? keysOf(table) : uniqueColumns(table);
    return insertedKeys(world, { write, table, row, columns });
  });
  const taken = setting.when.flatMap((condition) => {
    if (condition.kind !== 'conflict' || !condition.holds) return [];
    const write = setting.writes.get(condition.write);
    const table = write && setting.tables.get(write.table);
    if (!write || !table || condition.violates !== 'unique') return [];
    const columns = condition.columns.length > 0 ? condition.columns : uniqueIn(table, write);
    return equalsSet(world, { write, table, row: `${condition.write}^`, columns });
  });
  const dangling = setting.when.flatMap((condition) => {
    if (condition.kind !== 'conflict' || !condition.holds) return [];
    const write = setting.writes.get(condition.write);
    const foreign = write && write.kind !== 'delete' && condition.violates === 'foreignKey';
    return foreign ? pointsNowhere(world, write, condition.columns) : [];
  });
  const pointing = pointingRows(setting).flatMap(({ row, table, holds }) =>
    holds.flatMap(([name, term]) => {
      const column = columnOf(table, name);
      return column ? equals(world, { row, column: column.name, term }) : [];
    }),
  );
  return [...written, ...taken, ...dangling, ...pointing];
}

/** What a write puts into a foreign key is there, and is the key of no row. */
function pointsNowhere(world: World, write: Write, columns: readonly string[]): Formula[] {
  const table = world.setting.tables.get(write.table);
  const key = table?.foreignKeys.find((each) => each.columns.join() === columns.join());
  const [name, ...more] = key?.columns ?? [];
  const [reference] = key?.references ?? [];
  const column = name === undefined ? undefined : columnOf(table, name);
  const term = column && setTerm(write, column);
  if (!key || !term || reference === undefined || more.length > 0) return [];
  const left = groundTerm(world, term);
  if (!isReadable(left)) return [];
  const differs = (right: Expr): Formula => {
    return { kind: 'atom', left, op: '!=', right, margin: 0, sql: false };
  };
  const parents = rowsOf(world).filter((row) => row.table.id === key.table);
  const keys = parents.map((row) => variableOf({ kind: 'cell', row: row.id, column: reference }));
  return [differs({ kind: 'value', value: null }), ...keys.map(differs)];
}

interface Target {
  readonly write: Write;
  readonly table: Table;
  readonly row: string;
  readonly columns: readonly string[];
}

/** An insert that would leave a required column empty is one this request doesn't come to. */
function insertedKeys(world: World, target: Target): Formula[] {
  const skipped = target.columns.some((name) => {
    const column = columnOf(target.table, name);
    const term = column && setTerm(target.write, column);
    const value = term && groundTerm(world, term);
    return value?.kind === 'value' && value.value === null && !column?.nullable;
  });
  return skipped ? [] : equalsSet(world, target);
}

function equalsSet(world: World, target: Target): Formula[] {
  const { write, table, row, columns } = target;
  return columns.flatMap((name): Formula[] => {
    const column = columnOf(table, name);
    const term = column && setTerm(write, column);
    if (!column || !term) return [];
    return equals(world, { row, column: column.name, term });
  });
}

function equals(
  world: World,
  { row, column, term }: { row: string; column: string; term: Term },
): Formula[] {
  const right = groundTerm(world, term);
  if (term.kind === 'choice' && !isReadable(right)) {
    const when = term.when.map((condition) => ground(world, condition));
    return [...when, ...equals(world, { row, column, term: term.yes })];
  }
  if (!isReadable(right) || !world.rows.has(row)) return [];
  const left = variableOf({ kind: 'cell', row: standing(world, row), column });
  return [{ kind: 'atom', left, op: '=', right, margin: 0, sql: false }];
}

function keysOf(table: Table): string[] {
  const foreign = table.foreignKeys.flatMap((key) => key.columns);
  return [...new Set([...uniqueColumns(table), ...foreign])].sort();
}

function uniqueColumns(table: Table): string[] {
  const unique = table.uniques.filter((key) => key.where === null).flatMap((key) => key.columns);
  return [...new Set([...table.primaryKey, ...unique])].sort();
}

function uniqueIn(table: Table, write: Write): readonly string[] {
  const keys = [...table.uniques.map((key) => key.columns), table.primaryKey];
  const given = (name: string) => {
    const column = columnOf(table, name);
    return column !== undefined && setTerm(write, column) !== undefined;
  };
  return keys.find((key) => key.length > 0 && key.every(given)) ?? [];
}
