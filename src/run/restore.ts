import { identity, keyOf, type Sql, type Table } from '../db/db.ts';
import { quoted } from '../kernel/sql-text.ts';
import { attempt } from './attempt.ts';
import { companionsOf, settleCompanions } from './companions.ts';
import type { Made } from './made.ts';
import { byKey, itsOwn, same, tableName } from './quote.ts';

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
  const by = shape.key ?? identity(table);
  const at = (alias: string) => `${itsOwn(table, alias)} and ${byKey(table, by, [alias, 'n'])}`;
  // Of rows that are alike and have no key, one was changed.
  const one = `(t.tableoid, t.ctid) = (select c.tableoid, c.ctid from ${name} c where ${at('c')} limit 1)`;
  const isTold = by.length < table.columns.length || keyOf(table).length > 0;
  const as = same(columns, ['t', 'o']);
  const row = { table, by, columns, image, entry: id };
  const companions = isTold ? await companionsOf(sql, row) : [];
  const changed = await sql.query(
    `update ${name} t set ${set.join(', ')} from ${image('new')} n, ${image('old')} o
     where ${isTold ? at('t') : one} and (${columns.map(asSet).join(' or ')}) returning ${as} as whole`,
    [id],
  );
  if (changed.length > 0) {
    await settleCompanions(sql, row, companions);
    return changed.every(({ whole }) => whole === true);
  }
  const before = await sql.query(
    `select from ${name} t, ${image('old')} o
     where ${itsOwn(table, 't')} and ${byKey(table, by, ['t', 'o'])} and ${as} limit 1`,
    [id],
  );
  return before.length > 0;
}
