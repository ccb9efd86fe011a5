import type { Sql, Table } from '../db/db.ts';
import type { Made } from './made.ts';
import { byKey, quoted, same, tableName } from './quote.ts';

/**
 * Gives changed rows their old values where they still have the ones we set. `left` are those that have
 * others by now (or are gone). Entries come the last first.
 */
export async function restore(
  sql: Sql,
  entries: readonly Made[],
  tables: ReadonlyMap<string, Table>,
): Promise<{ restored: number; left: Made[] }> {
  const left: Made[] = [];
  let restored = 0;
  for (const entry of entries) {
    const [shape] = entry.shape;
    const table = shape && tables.get(shape.table);
    if (!table) continue;
    const columns = shape.columns ?? [];
    const set = columns.map((column) => `${quoted(column)} = o.${quoted(column)}`);
    const name = tableName(table);
    // Read from the ledger itself: on the way through JavaScript a number inside a json could change.
    const image = (which: 'old' | 'new') =>
      `json_populate_record(null::${name}, (select rows -> 0 -> '${which}' from statewright.made where id = $1))`;
    const rows = await sql.query(
      `update ${name} t set ${set.join(', ')} from ${image('new')} n, ${image('old')} o
       where ${byKey(table, shape.key, ['t', 'n'])} and ${same(columns, ['t', 'n'])} returning 1`,
      [entry.id],
    );
    if (rows.length > 0) restored += 1;
    else left.push(entry);
  }
  return { restored, left };
}
