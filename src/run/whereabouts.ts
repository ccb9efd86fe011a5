import type { Sql, Table } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { byKey, identity, quoted, same, tableName } from './quote.ts';
import type { Doomed } from './reach.ts';

/** Entries of the row ledger, by their ids: their rows have the same `xmin` until somebody changes them. */
type Entries = readonly string[];

/**
 * Throws `run.rowsElsewhere` where rows of ours are not where they were made, yet stand: in a partition that was
 * detached, or, of a table without a key, with other values that a trigger gave them.
 */
export async function assertFindable(
  sql: Sql,
  own: readonly Doomed[],
  { entries, tables }: { entries: Entries; tables: ReadonlyMap<string, Table> },
): Promise<void> {
  for (const doomed of own) {
    if (doomed.table.primaryKey.length === 0) await assertUnaltered(sql, doomed, entries);
  }
  const missing = await missingOf(
    sql,
    own.filter(({ table }) => table.primaryKey.length > 0),
  );
  for (const doomed of missing) {
    for (const other of tables.values()) {
      if (other.id === doomed.table.id || !isAlike(other, doomed.table)) continue;
      const name = tableName(other);
      const [row] = await sql.query(
        `select count(*)::int as rows from ${name} t
         join jsonb_populate_recordset(null::${name}, $1::jsonb) k on ${byKey(doomed.table, doomed.by, ['t', 'k'])}
         where ${ofEntries}`,
        [JSON.stringify(doomed.rows), entries],
      );
      if (Number(row?.['rows']) > 0) throw elsewhere(doomed.table.id, other.id);
    }
  }
}

/** Throws `run.rowsKept` where a row of ours is still there: the database's own code kept it. */
export async function assertGone(sql: Sql, own: readonly Doomed[]): Promise<void> {
  const counts = await standingOf(
    sql,
    own.filter(({ table }) => table.primaryKey.length > 0),
  );
  const kept = counts.find(({ rows }) => rows > 0);
  if (!kept) return;
  throw new StatewrightError(
    'run.rowsKept',
    `The database keeps ${kept.rows} rows of "${kept.doomed.table.id}" that are to be deleted: a trigger, a rule or a policy of row security. Nothing was taken away. Let them go (switch it off, or delete them as a role that may) and try again`,
    {
      hint: 'Then run `statewright down` or `statewright gc`.',
      facts: { table: kept.doomed.table.id },
    },
  );
}

const ofEntries = `t.xmin in (select m.xmin from statewright.made m where m.id = any ($2::bigint[]))`;

async function assertUnaltered(sql: Sql, { table, rows }: Doomed, entries: Entries): Promise<void> {
  const name = tableName(table);
  const alike = `exists (select from jsonb_populate_recordset(null::${name}, $1::jsonb) k
    where ${same(identity(table), ['t', 'k'])})`;
  const [row] = await sql.query(
    `select count(*) filter (where alike)::int as intact,
       count(*) filter (where not alike)::int as altered, min(place) as place
     from (select ${alike} as alike, t.xmin::text as place from ${name} t where ${ofEntries}) t`,
    [JSON.stringify(rows), entries],
  );
  if (Number(row?.['altered']) === 0 || Number(row?.['intact']) >= rows.length) return;
  throw new StatewrightError(
    'run.rowsElsewhere',
    `A trigger changed rows of "${table.id}" after they were made, and without a key they can't be told from others. Nothing was taken away. Delete them yourself (\`select * from ${name} where xmin = '${row?.['place']}'\` lists them) and try again`,
    { hint: 'Give the table a primary key.', facts: { table: table.id } },
  );
}

/** Counts without locking, for row security may let a row be seen that may not be changed. */
async function standingOf(
  sql: Sql,
  own: readonly Doomed[],
): Promise<{ doomed: Doomed; rows: number }[]> {
  if (own.length === 0) return [];
  const counts = own.map(({ table, by }, index) => {
    const name = tableName(table);
    return `(select count(*) from ${name} t where exists (
      select from jsonb_populate_recordset(null::${name}, $${index + 1}::jsonb) k
      where ${byKey(table, by, ['t', 'k'])}))::int as ${quoted(`c${index}`)}`;
  });
  const [row] = await sql.query(
    `select ${counts.join(', ')}`,
    own.map(({ rows }) => JSON.stringify(rows)),
  );
  return own.map((doomed, index) => ({ doomed, rows: Number(row?.[`c${index}`] ?? 0) }));
}

async function missingOf(sql: Sql, own: readonly Doomed[]): Promise<Doomed[]> {
  const counts = await standingOf(sql, own);
  return counts.flatMap(({ doomed, rows }) => (rows < doomed.rows.length ? [doomed] : []));
}

function isAlike(one: Table, other: Table): boolean {
  const names = (table: Table) => JSON.stringify(table.columns.map(({ name }) => name).toSorted());
  return names(one) === names(other);
}

function elsewhere(table: string, other: string): StatewrightError {
  return new StatewrightError(
    'run.rowsElsewhere',
    `Rows that were made in "${table}" are now in "${other}". Nothing was taken away. Attach it again (or move them back, or delete them yourself) and try again`,
    {
      hint: 'A partition was detached while the state stood.',
      facts: { table, other },
    },
  );
}
