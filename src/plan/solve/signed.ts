import type { Term } from '../../condition/condition.ts';
import type { Column, Table } from '../../db/db.ts';
import { evaluate } from './evaluate.ts';
import type { Datum } from './formula.ts';
import { groundTerm } from './ground.ts';
import { setTerm } from './setting.ts';
import { isActor, rowNamed, type World } from './world.ts';

/**
 * What a cell holds without our doing: what the app writes to the row that signing in or signing up
 * makes, else the column's default. Undefined where that isn't known.
 */
export function ownValue(world: World, row: string, columnName: string): Datum | undefined {
  const found = rowNamed(world, row);
  const { auth } = world.setting.app;
  const column = found?.table.columns.find((candidate) => candidate.name === columnName);
  if (!found || !column || found.origin === 'written') return undefined;
  if (auth?.handed) return defaultOf(column);
  const source =
    found.origin === 'session' ? auth?.signIn : isActor(world, found.id) ? auth?.signUp : null;
  return source
    ? insertedValue(world, source.route, { table: found.table, column })
    : defaultOf(column);
}

function insertedValue(
  world: World,
  route: string,
  target: { table: Table; column: Column },
): Datum | undefined {
  const { app } = world.setting;
  const found = [...app.routes, ...app.pages].find((candidate) => candidate.id === route);
  const write = found?.writes.find(
    (candidate) => candidate.kind === 'insert' && candidate.table === target.table.id,
  );
  if (!write) return undefined;
  const term = setTerm(write, target.column);
  if (term) return isClosed(term) ? evaluate(groundTerm(world, term), () => undefined) : undefined;
  return defaultOf(target.column);
}

function defaultOf(column: Column): Datum | undefined {
  if (column.default.kind === 'literal') return scalarOrNone(column.default.value);
  return column.default.kind === 'none' && column.nullable ? null : undefined;
}

function isClosed(term: Term): boolean {
  if (term.kind === 'literal' || term.kind === 'now') return true;
  return term.kind === 'arith' && isClosed(term.left) && isClosed(term.right);
}

function scalarOrNone(value: unknown): Datum | undefined {
  if (value === null || typeof value === 'number') return value;
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}
