import { identity, keyOf, type Sql, type Table } from '../db/db.ts';
import { quoted } from '../kernel/sql-text.ts';
import { attempt } from './attempt.ts';
import type { Gone } from './net.ts';
import { byKey, tableName } from './quote.ts';

/**
 * Brings deleted rows back, all in one statement, for foreign keys are checked at its end; where the run
 * put another row in the place of one, that is changed back, unless somebody changed it since. Gives those
 * that can't be now: a row has a value of theirs. Asked for a row without a key, it makes another.
 */
export async function revive(sql: Sql, gone: readonly Gone[]): Promise<Gone[]> {
  const missing = [
    ...Map.groupBy(
      gone.filter(({ instead }) => instead === null),
      ({ table }) => table,
    ),
  ];
  const left = await insertAll(sql, missing);
  for (const one of gone) {
    if (one.instead !== null && !(await attempt(sql, () => changeBack(sql, one)))) left.push(one);
  }
  return left;
}

async function insertAll(sql: Sql, missing: readonly [Table, Gone[]][]): Promise<Gone[]> {
  if (missing.length === 0) return [];
  const inserts = missing.map(([table], index) => insertSql(table, index));
  const places = missing.map(([, rows]) => placesOf(rows));
  const done = await attempt(sql, async () => {
    await sql.query(`with ${inserts.join(', ')} select`, places.flat());
    return true;
  });
  if (!done) return missing.flatMap(([, rows]) => rows);
  const left: Gone[] = [];
  for (const [table, rows] of missing.filter(([table]) => keyOf(table).length > 0)) {
    const absent = await sql.query(absentSql(table), placesOf(rows));
    const still = new Set(absent.map(({ place }) => String(place)));
    left.push(...rows.filter(({ entry, at }) => still.has(`${entry} ${at}`)));
  }
  return left;
}

function placesOf(rows: readonly Gone[]): [string[], number[]] {
  return [rows.map(({ entry }) => entry), rows.map(({ at }) => at)];
}

/** Rows `r` of the ledger itself, for on the way through JavaScript a number inside a json could change. */
function imagesSql(table: Table, first: number): string {
  return `unnest($${first}::bigint[], $${first + 1}::int[]) w (entry, at)
    join (
      select m.id, e.image, e.at from statewright.made m
      cross join lateral json_array_elements(m.rows) with ordinality e (image, at)
      where m.id = any ($${first}::bigint[])
    ) e on e.id = w.entry and e.at = w.at
    cross join lateral json_populate_record(null::${tableName(table)}, e.image) r`;
}

function insertSql(table: Table, index: number): string {
  const columns = given(table);
  const list = (alias: string) => columns.map((name) => `${alias}${quoted(name)}`).join(', ');
  return `i${index} as (
    insert into ${tableName(table)} (${list('')}) overriding system value
    select ${list('r.')} from ${imagesSql(table, index * 2 + 1)}
    on conflict do nothing)`;
}

function absentSql(table: Table): string {
  return `select w.entry || ' ' || w.at as place from ${imagesSql(table, 1)}
    where not exists (select from ${tableName(table)} t where to_jsonb(t.*) = to_jsonb(r.*))`;
}

async function changeBack(sql: Sql, { table, entry, at, instead }: Gone): Promise<boolean> {
  const name = tableName(table);
  const set = given(table).map((column) => `${quoted(column)} = r.${quoted(column)}`);
  const changed = await sql.query(
    `update ${name} t set ${set.join(', ')}
     from jsonb_populate_record(null::${name}, $3::jsonb) n, ${imagesSql(table, 1)}
     where ${byKey(table, identity(table), ['t', 'n'])} and to_jsonb(t.*) = to_jsonb(n.*)
     returning 1`,
    [[entry], [at], JSON.stringify(instead)],
  );
  return changed.length > 0;
}

function given(table: Table): string[] {
  return table.columns
    .filter((column) => column.default.kind !== 'generated')
    .map(({ name }) => name);
}
