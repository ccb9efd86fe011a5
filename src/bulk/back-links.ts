import type { LayoutTable } from '../db/db.ts';

/**
 * The table without foreign keys that take one of its columns from a table which has it from here: a row
 * can't wait for what waits for it, so their nullable columns stay empty. `empty` has those columns.
 */
export function withoutBackLinks(
  table: LayoutTable,
  group: readonly LayoutTable[],
): { readonly table: LayoutTable; readonly empty: ReadonlySet<number> } {
  const optional = new Set(table.columns.flatMap((one) => (one.notNull ? [] : one.number)));
  const empty = new Set(
    table.foreignKeys
      .filter((key) => {
        const other = group.find(({ oid }) => oid === key.table && oid !== table.oid);
        return other?.foreignKeys.some(
          (back) => back.table === table.oid && returns(key, back) && !key.full,
        );
      })
      .flatMap((key) => key.columns.filter((column) => optional.has(column))),
  );
  if (empty.size === 0) return { table, empty };
  const foreignKeys = table.foreignKeys.filter(
    (key) => !key.columns.some((column) => empty.has(column)),
  );
  return { table: { ...table, foreignKeys }, empty };
}

type Key = LayoutTable['foreignKeys'][number];

/** Whether a column of `key` is read from a column that `back` reads from it. */
function returns(key: Key, back: Key): boolean {
  return key.columns.some((column, part) => {
    const at = back.columns.indexOf(key.references[part] ?? 0);
    return at >= 0 && back.references[at] === column;
  });
}
