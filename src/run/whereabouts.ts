import { identity, keyOf, type Sql, type Table } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { quoted } from '../kernel/sql-text.ts';
import { byKey, itsOwn, same, tableName } from './quote.ts';
import type { Doomed } from './reach.ts';

/** Entries of the row ledger, by their ids: their rows have the same `xmin` until somebody changes them. */
type Entries = readonly string[];

/** How many rows are like those of a table without a key, and how many of them are certainly ours. */
interface Keyless {
  readonly doomed: Doomed;
  readonly alike: number;
  readonly intact: number;
}

interface Finding {
  /** What of the rows is there, in the same order. */
  readonly there: readonly Doomed[];
  readonly entries: Entries;
  readonly tables: ReadonlyMap<string, Table>;
  /** Whether nobody but the database's own code can have changed a row by now. */
  readonly untouched: boolean;
}

/**
 * Throws `run.rowsElsewhere` where rows of ours are not where they were made, yet stand: in a partition that was
 * detached, or, of a table without a key, with other values that a trigger gave them. What it gives is for `assertGone`.
 */
export async function assertFindable(
  sql: Sql,
  own: readonly Doomed[],
  { there, entries, tables, untouched }: Finding,
): Promise<Keyless[]> {
  const keyless: Keyless[] = [];
  for (const doomed of own) {
    if (keyOf(doomed.table).length > 0) continue;
    keyless.push({ doomed, ...(await assertUnaltered(sql, doomed, { entries, untouched })) });
  }
  const isMissing = ({ rows }: Doomed, at: number) => (there[at]?.rows.length ?? 0) < rows.length;
  for (const doomed of own.filter(isMissing)) {
    for (const other of tables.values()) {
      if (other.id === doomed.table.id || !haveSameColumns(other, doomed.table)) continue;
      const name = tableName(other);
      const [row] = await sql.query(
        `select count(*)::int as rows from ${name} t
         join jsonb_populate_recordset(null::${name}, $1::jsonb) k on ${byKey(doomed.table, doomed.by, ['t', 'k'])}
         where ${itsOwn(other, 't')} and ${ofEntries}`,
        [JSON.stringify(doomed.rows), entries],
      );
      if (Number(row?.['rows']) > 0) throw elsewhere(doomed.table.id, other.id);
    }
  }
  return keyless;
}

/** Throws `run.rowsKept` where a row of ours is still there: the database's own code kept it. */
export async function assertGone(
  sql: Sql,
  own: readonly Doomed[],
  keyless: readonly Keyless[],
): Promise<void> {
  for (const { doomed, rows } of await standingOf(sql, own)) {
    const before = keyless.find((one) => one.doomed === doomed);
    // Others that are alike may stay.
    const kept = before ? before.intact - (before.alike - rows) : rows;
    if (kept > 0) throw rowsKept(doomed.table.id, kept);
  }
}

function rowsKept(table: string, kept: number): StatewrightError {
  return new StatewrightError(
    'run.rowsKept',
    `The database keeps ${kept} rows of "${table}" that are to be deleted: a trigger, a rule or a policy of row security. Nothing was taken away. Let them go (switch it off, or delete them as a role that may) and try again`,
    {
      hint: 'Then run `statewright down` or `statewright gc`.',
      facts: { table },
    },
  );
}

const ofEntries = `t.xmin in (select m.xmin from statewright.made m where m.id = any ($2::bigint[]))`;

async function assertUnaltered(
  sql: Sql,
  { table, rows }: Doomed,
  { entries, untouched }: Pick<Finding, 'entries' | 'untouched'>,
): Promise<Omit<Keyless, 'doomed'>> {
  const name = tableName(table);
  const isAlike = `exists (select from jsonb_populate_recordset(null::${name}, $1::jsonb) k
    where ${same(identity(table), ['t', 'k'])})`;
  const [row] = await sql.query(
    `select count(*) filter (where alike)::int as alike,
       count(*) filter (where alike and ours)::int as intact,
       count(*) filter (where not alike)::int as altered,
       min(place) filter (where not alike) as place
     from (select ${isAlike} as alike, ${ofEntries} as ours, t.xmin::text as place
       from ${name} t where ${itsOwn(table, 't')}) t
     where alike or ours`,
    [JSON.stringify(rows), entries],
  );
  const [alike, intact] = [Number(row?.['alike']), Number(row?.['intact'])];
  const altered = untouched || Number(row?.['altered']) > 0;
  if (!altered || intact >= rows.length) return { alike, intact };
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
    return `(select count(*) from ${name} t where ${itsOwn(table, 't')} and exists (
      select from jsonb_populate_recordset(null::${name}, $${index + 1}::jsonb) k
      where ${byKey(table, by, ['t', 'k'])}))::int as ${quoted(`c${index}`)}`;
  });
  const [row] = await sql.query(
    `select ${counts.join(', ')}`,
    own.map(({ rows }) => JSON.stringify(rows)),
  );
  return own.map((doomed, index) => ({ doomed, rows: Number(row?.[`c${index}`] ?? 0) }));
}

function haveSameColumns(one: Table, other: Table): boolean {
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
