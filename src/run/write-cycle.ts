import type { Rows } from '../bulk/bulk.ts';
import type { Copier } from '../db/db.ts';
import { advance, namesOf } from './outlook.ts';
import { refusalOf } from './refusal.ts';

/**
 * Writes tables that need each other with one statement: foreign keys are checked at its end. `kept` says whether
 * what was written before stands when the rows are refused.
 */
export async function writeCycle(
  group: readonly Rows[],
  { sql, kept }: { sql: Copier; kept: boolean },
): Promise<void> {
  const parts: string[] = [];
  for (const [at, rows] of group.entries()) {
    const { table, count } = rows.job;
    const stage = `pg_temp."statewright load ${at}"`;
    await sql.query(`drop table if exists ${stage};
      create temp table "statewright load ${at}" as select ${namesOf(rows)} from ${table.sql} limit 0`);
    await sql.copyIn(`copy ${stage} from stdin`, rows.lines({ from: 0, to: count }));
    parts.push(`"in ${at}" as (insert into ${table.sql} (${namesOf(rows)}) overriding system value
      select * from ${stage} returning 1)`);
  }
  const last = parts.map((_, at) => `(select count(*) from "in ${at}")`).join(' + ');
  try {
    await sql.query(`with ${parts.join(', ')} select ${last} as n`);
  } catch (error) {
    throw refusalOf(error, culprit(error, group), kept);
  }
  for (const [at, rows] of group.entries()) {
    await sql.query(`drop table pg_temp."statewright load ${at}"`);
    await advance(rows, rows.job.count, sql);
  }
}

/** The rows of a cycle that an error speaks of. */
function culprit(error: unknown, group: readonly Rows[]): Rows | null {
  const named = error instanceof Error ? Reflect.get(error, 'table') : undefined;
  return group.find(({ job }) => job.table.name === named) ?? group[0] ?? null;
}
