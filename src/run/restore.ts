import type { Sql, Table } from '../db/db.ts';
import { attempt } from './attempt.ts';
import type { Made } from './made.ts';
import { byKey, identity, quoted, same, tableName } from './quote.ts';

/**
 * Gives changed rows their old values, column by column, where they still have the ones we set. Gives those
 * of rows that have others by now in some column (or are gone). Entries come the last first.
 */
export async function restore(
  sql: Sql,
  entries: readonly Made[],
  tables: ReadonlyMap<string, Table>,
): Promise<Made[]> {
  const left: Made[] = [];
  for (const entry of entries) {
    const [shape] = entry.shape;
    const table = shape && tables.get(shape.table);
    const restored = table && (await attempt(sql, () => restoreRow(sql, entry, { table, shape })));
    if (!restored) left.push(entry);
  }
  return left;
}

/** Whether the row is as it was before we changed it. */
async function restoreRow(
  sql: Sql,
  { id }: Made,
  { table, shape }: { table: Table; shape: Made['shape'][number] },
): Promise<boolean> {
  const name = tableName(table);
  const columns = shape.columns ?? [];
  // Read from the ledger itself: on the way through JavaScript a number inside a json could change.
  const image = (which: 'old' | 'new') =>
    `json_populate_record(null::${name}, (select rows -> 0 -> '${which}' from statewright.made where id = $1))`;
  const asSet = (column: string) => same([column], ['t', 'n']);
  const set = columns.map((column) => {
    const its = quoted(column);
    return `${its} = case when ${asSet(column)} then o.${its} else t.${its} end`;
  });
  const key = byKey(table, shape.key ?? identity(table), ['t', 'n']);
  await sql.query(
    `update ${name} t set ${set.join(', ')} from ${image('new')} n, ${image('old')} o
     where ${key} and (${columns.map(asSet).join(' or ')})`,
    [id],
  );
  const [row] = await sql.query(
    `select ${same(columns, ['t', 'o'])} as whole from ${name} t, ${image('new')} n, ${image('old')} o
     where ${key}`,
    [id],
  );
  return row?.['whole'] === true;
}
