import { type Catalog, type ForeignKey, identity, keyOf, type Sql, type Table } from '../db/db.ts';
import { type Image, parseExact } from './made.ts';
import { byKey, columnList, itsOwn, tableName } from './quote.ts';

/** Rows of a table to take away, found by the columns of `by`. */
export interface Doomed {
  readonly table: Table;
  readonly by: readonly string[];
  readonly rows: readonly Image[];
}

/**
 * What of those rows is still there, whole and locked. Without a key it can't be told which of several that are
 * alike is ours: as many go as were made.
 */
export async function present(sql: Sql, own: readonly Doomed[]): Promise<Doomed[]> {
  return await Promise.all(
    own.map(async (doomed) =>
      keyOf(doomed.table).length > 0 ? { ...doomed, rows: await found(sql, doomed) } : doomed,
    ),
  );
}

/**
 * Those rows and every row that refers to one of them, directly or through others: whoever made those, they
 * can't stay. Rows to `keep` were there before us: they are never taken.
 */
export async function reachable(
  sql: Sql,
  there: readonly Doomed[],
  { catalog, keep }: { catalog: Catalog; keep: (table: Table, row: Image) => boolean },
): Promise<Doomed[]> {
  const reached = new Map<
    string,
    { table: Table; by: readonly string[]; rows: Map<string, { row: Image; count: number }> }
  >();
  const add = (table: Table, rows: readonly Image[]): Image[] => {
    const by = identity(table);
    const known = reached.get(table.id) ?? { table, by, rows: new Map() };
    reached.set(table.id, known);
    const alike = Map.groupBy(rows, (row) => JSON.stringify(by.map((name) => row[name] ?? null)));
    return [...alike].flatMap(([key, [row = {}, ...more]]) => {
      const before = known.rows.get(key);
      const count = Math.max(before?.count ?? 0, 1 + more.length);
      known.rows.set(key, { row, count });
      return before ? [] : [row];
    });
  };
  let edge = there.map(({ table, rows }) => ({ table, rows: add(table, rows) }));
  while (edge.length > 0) {
    const keys = edge
      .filter(({ rows }) => rows.length > 0)
      .flatMap(({ table, rows }) =>
        childrenOf(table, catalog).map((child) => ({ table, rows, ...child })),
      );
    const found = await Promise.all(keys.map((key) => referring(sql, key)));
    edge = keys.map(({ child }, index) => {
      const others = (found[index] ?? []).filter((row) => !keep(child, row));
      return { table: child, rows: add(child, others) };
    });
  }
  return [...reached.values()].map(({ table, by, rows }) => ({
    table,
    by,
    rows: [...rows.values()].flatMap(({ row, count }) => Array<Image>(count).fill(row)),
  }));
}

/**
 * One statement for all of them: foreign keys are checked at its end, so cycles need no order. A row
 * without a key goes once for each time it was made: of several that are alike first those that these entries of
 * the row ledger wrote, which nobody changed since.
 */
export async function deleteAll(
  sql: Sql,
  doomed: readonly Doomed[],
  entries: readonly string[],
): Promise<number> {
  const some = doomed.filter(({ rows }) => rows.length > 0);
  if (some.length === 0) return 0;
  const deletes = some.map(({ table, by }, index) => {
    const name = tableName(table);
    const rows = `jsonb_populate_recordset(null::${name}, $${index + 1}::jsonb)`;
    // Of rows without a key that are all alike, as many go as were made.
    const alike = `${rows} k where ${byKey(table, by, ['t', 'k'])}`;
    const ours = itsOwn(table, 't');
    const which =
      keyOf(table).length > 0
        ? `${ours} and exists (select from ${alike})`
        : `(t.tableoid, t.ctid) in (
            select a.of, a.place from (
              select t.tableoid as of, t.ctid as place, (select count(*) from ${alike}) as made,
                row_number() over (partition by to_jsonb(t.*) order by t.xmin in (
                  select m.xmin from statewright.made m where m.id = any ($${some.length + 1}::bigint[])) desc) as n
              from ${name} t where ${ours}) a
            where a.n <= a.made)`;
    return `d${index} as (delete from ${name} t where ${which} returning 1)`;
  });
  const isAlike = some.some(({ table }) => keyOf(table).length === 0);
  const counts = some.map((_, index) => `(select count(*) from d${index})`).join(' + ');
  const [row] = await sql.query(`with ${deletes.join(', ')} select (${counts})::int as removed`, [
    ...some.map(({ rows }) => JSON.stringify(rows)),
    ...(isAlike ? [entries] : []),
  ]);
  return Number(row?.['removed'] ?? 0);
}

function childrenOf(table: Table, catalog: Catalog): { child: Table; key: ForeignKey }[] {
  return catalog.tables.flatMap((child) =>
    child.foreignKeys.filter((key) => key.table === table.id).map((key) => ({ child, key })),
  );
}

async function found(sql: Sql, { table, by, rows }: Doomed): Promise<Image[]> {
  const name = tableName(table);
  return images(
    await sql.query(
      `select row_to_json(t.*)::text as row from ${name} t
       where ${itsOwn(table, 't')} and exists (
         select from jsonb_populate_recordset(null::${name}, $1::jsonb) k
         where ${byKey(table, by, ['t', 'k'])})
       for update of t`,
      [JSON.stringify(rows)],
    ),
  );
}

async function referring(
  sql: Sql,
  at: { table: Table; rows: readonly Image[]; child: Table; key: ForeignKey },
): Promise<Image[]> {
  const { table, rows, child, key } = at;
  return images(
    await sql.query(
      `select row_to_json(c.*)::text as row from ${tableName(child)} c
       where ${itsOwn(child, 'c')} and (${columnList('c', key.columns)}) in (
         select ${columnList('k', key.references)}
         from jsonb_populate_recordset(null::${tableName(table)}, $1::jsonb) k)
       for update of c`,
      [JSON.stringify(rows)],
    ),
  );
}

function images(rows: readonly Readonly<Record<string, unknown>>[]): Image[] {
  return rows.map((row) => parseExact(String(row['row'])) as Image);
}
