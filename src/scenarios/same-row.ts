import type { Term } from '../condition/condition.ts';
import { termKey, withRowsNamed } from '../condition/logic.ts';
import type { Table } from '../db/db.ts';
import type { Conjunction } from './alternatives.ts';
import { type Known, rowsThere, sidesOf, type There } from './read-again.ts';

/**
 * The conditions with every row that was found twice by the same key named once: what is asked of the second is asked
 * of the first.
 */
export function withSameRows(known: Known, way: Conjunction): Conjunction {
  const rows = rowsThere(known, way).filter(({ condition }) => condition !== null);
  const names = new Map<string, string>();
  for (const [at, row] of rows.entries()) {
    const table = known.app.tables.find(({ id }) => id === row.table);
    const first = rows
      .slice(0, at)
      .find((other) => other.table === row.table && table && isSame(known, table, [other, row]));
    if (first) names.set(row.id, names.get(first.id) ?? first.id);
  }
  return names.size === 0 ? way : way.map((condition) => withRowsNamed(condition, names));
}

function isSame(known: Known, table: Table, [one, other]: readonly [There, There]): boolean {
  const changed = known.writes.some((write) => write.table === table.id && write.kind !== 'insert');
  if (changed) return false;
  return keysOf(table).some((column) => {
    const values = valuesOf(one, column);
    return [...valuesOf(other, column)].some((value) => values.has(value));
  });
}

/** Columns of which no two rows hold the same value. */
function keysOf({ primaryKey, uniques }: Table): string[] {
  const whole = uniques.filter((each) => each.where === null && each.expressions.length === 0);
  return [primaryKey, ...whole.map(({ columns }) => columns)].flatMap((columns) =>
    columns.length === 1 ? columns : [],
  );
}

/** What a column of the row is known to equal, itself included. */
function valuesOf({ id, where }: There, column: string): Set<string> {
  const values = where.flatMap((part): Term[] => {
    if (part.kind !== 'compare' || part.op !== '=') return [];
    const [own, value] = sidesOf(part, id);
    const isKnown = own?.kind === 'column' && own.column === column && value?.kind !== 'opaque';
    return isKnown && value ? [value] : [];
  });
  return new Set([...values, { kind: 'column', row: id, column } as const].map(termKey));
}
