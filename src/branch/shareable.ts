import type { Catalog, Table } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Plan, Value } from '../plan/plan.ts';
import { type Asked, countedWhole } from './counted.ts';

/**
 * Refuses, by name, a plan that a database with other people's rows can't serve: one that needs a table
 * empty, without rows that nothing ties to the run, or counted with other people's rows. Throws `branch.notShareable`; nothing was written.
 */
export function assertShareable({ id, given }: Plan, catalog: Catalog, asked: Asked): void {
  const { tables } = catalog;
  const whole = given.absent.filter(({ table, where }) => {
    const known = tables.find((one) => one.id === table);
    return !tied(where) && !(known && namesOne(known, Object.keys(where)));
  });
  const counted = countedWhole(asked, catalog);
  if (whole.length === 0 && counted.length === 0) return;
  const empty = whole.map(({ table, where }) =>
    Object.keys(where).length === 0
      ? `no row at all in ${table}`
      : `no row of anybody in ${table} with that ${Object.keys(where).join(', ')}`,
  );
  const needs = [...empty, ...counted.map((table) => `a number of all rows in ${table}`)];
  throw new StatewrightError(
    'branch.notShareable',
    `"${id}" needs ${needs.join('; ')}: a shared database can't keep others from making some. Nothing was written.`,
    {
      hint: 'Leave --db out (a clone of its own), or plan rows that only this run has.',
      facts: { plan: id, tables: [...whole.map(({ table }) => table), ...counted] },
    },
  );
}

/** Whether a row of this run, or a value no other run uses, is part of it. */
function tied(where: Readonly<Record<string, Value>>): boolean {
  return Object.values(where).some(
    (value) => typeof value === 'object' && value !== null && ('ref' in value || 'unique' in value),
  );
}

/** Whether at most one row can be meant: that it isn't there can be looked at. */
function namesOne(table: Table, columns: readonly string[]): boolean {
  const keys = [table.primaryKey, ...table.uniques.map((unique) => unique.columns)];
  return keys.some((key) => key.length > 0 && key.every((name) => columns.includes(name)));
}
