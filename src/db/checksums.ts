import { applicationTables } from './catalog/queries.ts';
import { LARGE_OBJECTS, type Sql } from './db.ts';
import { largeDigestSql } from './large-objects.ts';
import { fixedText } from './restore.ts';

/**
 * A digest of each table's content, by table id, whatever order the rows are in: the row count and the
 * sum of the rows' 64-bit hashes, seen in one snapshot. Large objects, where there are any, are one more.
 */
export async function checksums(sql: Sql): Promise<Readonly<Record<string, string>>> {
  await sql.query(`
    begin isolation level repeatable read read only;
    select ${fixedText}`);
  const tables = await sql.query(`
    select case when nspname = 'public' then '' else nspname || '.' end || relname as id,
      format('%I.%I', nspname, relname) as name
    from (${applicationTables}) c
    order by nspname collate "C", relname collate "C"`);
  const parts = tables.map(
    ({ name }, index) =>
      `select ${index} as place, count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0)
        as digest from ${String(name)} t`,
  );
  const rows = parts.length > 0 ? await sql.query(parts.join('\nunion all\n')) : [];
  const [large] = await sql.query(largeDigestSql);
  await sql.query('commit');
  const digests = new Map(rows.map((row) => [row['place'], String(row['digest'])]));
  return Object.fromEntries([
    ...tables.map(({ id }, index) => [String(id), digests.get(index) ?? '']),
    ...(large ? [[LARGE_OBJECTS, String(large['digest'])]] : []),
  ]);
}
