import type { Row, Standing, Table } from '../db/db.ts';
import type { Plan, PlannedRow, Value } from '../plan/plan.ts';

/**
 * Rows that a plan makes under a key which stands there already (a role, a tier, a shipping method that
 * migrations insert) are taken as they are and changed to what the plan sets; resetting brings them back.
 */
export function adoptStanding(
  plan: Plan,
  { tables, standing }: { tables: ReadonlyMap<string, Table>; standing: Standing },
): Plan {
  const taken = new Set<Row>();
  const rows = Object.entries(plan.given.rows).map(([name, row]): [string, PlannedRow] => {
    const table = tables.get(row.table);
    const there = standing.get(row.table);
    if (!table || !there || !('set' in row) || (row.count ?? 1) > 1) return [name, row];
    return [name, adopted(row, { table, there, taken }) ?? row];
  });
  return { ...plan, given: { ...plan.given, rows: Object.fromEntries(rows) } };
}

function adopted(
  row: Extract<PlannedRow, { set: unknown }>,
  { table, there, taken }: { table: Table; there: readonly Row[]; taken: Set<Row> },
): PlannedRow | null {
  for (const key of keysOf(table)) {
    const wanted = key.map((column) => textOf(row.set[column]));
    if (wanted.includes(null)) continue;
    const found = there.find(
      (each) => !taken.has(each) && key.every((column, index) => each[column] === wanted[index]),
    );
    if (!found) continue;
    taken.add(found);
    const match = Object.fromEntries(key.map((column) => [column, row.set[column] ?? null]));
    const rest = Object.entries(row.set).filter(([column]) => !key.includes(column));
    const update = Object.fromEntries(rest);
    return { table: row.table, match, ...(rest.length > 0 ? { update } : {}) };
  }
  return null;
}

function keysOf(table: Table): readonly (readonly string[])[] {
  const uniques = table.uniques.filter(
    ({ where, expressions }) => where === null && expressions.length === 0,
  );
  const keys = [table.primaryKey, ...uniques.map(({ columns }) => columns)];
  return keys.filter((columns) => columns.length > 0);
}

/** A literal as PostgreSQL writes it; null for what is bound later or drawn. */
function textOf(value: Value | undefined): string | null {
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
