import type { LayoutForeignKey, LayoutTable } from '../db/db.ts';
import { isCounter } from './columns.ts';

/** Rows beyond those of a table that triggers of others may make: a subtype whose base row comes with it. */
export interface Spares {
  /** The first of them that a table's foreign key may point at; null where there are none. */
  from(key: LayoutForeignKey): number | null;
  /** How many there are of a table. */
  of(table: LayoutTable): number;
}

/** Tables with triggers whose key is another table's get their own rows of that table, beyond all others. */
export function sparesOf(
  tables: readonly LayoutTable[],
  counts: ReadonlyMap<number, number>,
): Spares {
  const starts = new Map<LayoutForeignKey, number>();
  const totals = new Map<number, number>();
  const subtypes = new Map<number, { table: LayoutTable; key: LayoutForeignKey }[]>();
  for (const table of tables) {
    for (const key of table.foreignKeys) {
      const base = tables.find(({ oid }) => oid === key.table && oid !== table.oid);
      if (!base || !isSubtype(table, key, base)) continue;
      subtypes.set(base.oid, [...(subtypes.get(base.oid) ?? []), { table, key }]);
    }
  }
  const rowsOf = ({ oid }: LayoutTable) => counts.get(oid) ?? 0;
  /** A subtype may have subtypes of its own, whose rows make one of each. */
  const totalOf = (base: LayoutTable): number => {
    const known = totals.get(base.oid);
    if (known !== undefined) return known;
    totals.set(base.oid, 0);
    let total = 0;
    for (const { table, key } of subtypes.get(base.oid) ?? []) {
      starts.set(key, rowsOf(base) + total);
      total += rowsOf(table) + totalOf(table);
    }
    totals.set(base.oid, total);
    return total;
  };
  for (const table of tables) totalOf(table);
  return { from: (key) => starts.get(key) ?? null, of: ({ oid }) => totals.get(oid) ?? 0 };
}

function isSubtype(table: LayoutTable, key: LayoutForeignKey, base: LayoutTable): boolean {
  return (
    table.triggers &&
    base.columns.every((column) => !key.references.includes(column.number) || !isCounter(column)) &&
    table.uniques.some(
      ({ columns, where }) => where === null && columns.every((one) => key.columns.includes(one)),
    )
  );
}
