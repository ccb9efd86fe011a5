import type { Sql } from '../db/db.ts';
import { literal } from '../kernel/sql-text.ts';

/** Where the sequences of a database stand. */
type Sequences = readonly {
  readonly sql: string;
  readonly last: string;
  readonly called: boolean;
}[];

export async function sequencesIn(sql: Sql): Promise<Sequences> {
  const names = await sql.query(`select format('%I.%I', schemaname, sequencename) as name
    from pg_sequences where schemaname <> 'statewright' order by 1`);
  if (names.length === 0) return [];
  const each = names.map(({ name }) => {
    return `select ${literal(String(name))} as sql, last_value::text as last, is_called as called from ${name}`;
  });
  const rows = await sql.query(each.join(' union all '));
  return rows.map((row) => ({
    sql: String(row['sql']),
    last: String(row['last']),
    called: row['called'] === true,
  }));
}

/** Takes sequences back to where they stood: no rollback does. */
export async function restore(sequences: Sequences, sql: Sql): Promise<void> {
  if (sequences.length === 0) return;
  await sql.query(
    'select setval(s::regclass, l, c) from unnest($1::text[], $2::int8[], $3::boolean[]) as t(s, l, c)',
    [
      sequences.map((one) => one.sql),
      sequences.map((one) => one.last),
      sequences.map((one) => one.called),
    ],
  );
}
