import type { Sql } from '../db/db.ts';
import type { Made } from './made.ts';
import { changes, keyText } from './net.ts';
import { type Doomed, reachable } from './reach.ts';
import { restore } from './restore.ts';

type Reaching = Parameters<typeof reachable>[2];

/**
 * Rows to take away with ours: `reachable`, once rows that another run made refer to ours by changing them no longer do.
 * What they referred to before is what they refer to again.
 */
export async function goingAlong(
  sql: Sql,
  there: readonly Doomed[],
  { catalog, keep, others }: Reaching & { readonly others: readonly Made[] },
): Promise<Doomed[]> {
  const tables = new Map(catalog.tables.map((table) => [table.id, table]));
  const keysOf = (entry: Made) => changes(entry, tables).map(({ text }) => text);
  const changed = new Set(others.flatMap(keysOf));
  const pointed = new Set<string>();
  const doomed = await reachable(sql, there, {
    catalog,
    keep(table, row) {
      const key = keyText(table, row);
      if (changed.has(key)) pointed.add(key);
      return keep(table, row) || changed.has(key);
    },
  });
  if (pointed.size === 0) return doomed;
  const theirs = others.flatMap((entry) => {
    const [shape] = entry.shape;
    if (!shape || !keysOf(entry).some((key) => pointed.has(key))) return [];
    const keys = tables.get(shape.table)?.foreignKeys.flatMap((key) => key.columns) ?? [];
    const columns = (shape.columns ?? []).filter((column) => keys.includes(column));
    return columns.length > 0 ? [{ ...entry, shape: [{ ...shape, columns }] }] : [];
  });
  await restore(sql, theirs, tables);
  return await reachable(sql, there, { catalog, keep });
}
