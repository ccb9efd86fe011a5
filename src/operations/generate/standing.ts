import type { RowPlan } from '../../bulk/bulk.ts';
import type { StoredRows } from '../../bulk/stored.ts';
import type { Layout, LayoutTable, Sql } from '../../db/db.ts';
import { StatewrightError } from '../../kernel/errors.ts';
import { STEP } from '../../run/copy-step.ts';
import type { Keep } from '../../run/load-kept.ts';

/**
 * Whether the rows of an earlier run of the call can be gone on with; false where none of them is there any more.
 * Throws `generate.changed` where some are gone, or their tables have other columns now.
 */
export async function stillStands(
  { groups }: StoredRows,
  done: Keep['done'],
  { sql, layout }: { readonly sql: Sql; readonly layout: Layout },
): Promise<boolean> {
  const plans = groups.flat();
  const written = plans.filter(({ job }) => done.has(job.table.oid));
  const losses: string[] = [];
  let standing = 0;
  for (const plan of written) {
    const { table, offset, count } = plan.job;
    const steps = done.get(table.oid)?.steps ?? new Set<number>();
    const wrote = [...steps].reduce((sum, from) => sum + Math.min(STEP, count - from), 0);
    const there = (await rowsOf(plan, layout, sql)) - offset;
    standing += Math.max(0, there);
    // Of rows that triggers may have dropped only their number is unknown.
    if (there < (table.triggers ? 1 : wrote)) {
      losses.push(`${table.sql} should have ${wrote} rows of it and has ${Math.max(0, there)}`);
    }
  }
  const altered = plans.filter(({ job }) => !isSame(job.table, layout));
  for (const { job } of altered) losses.push(`${job.table.sql} has other columns now`);
  if (losses.length === 0) return true;
  if (standing === 0) return false;
  throw new StatewrightError(
    'generate.changed',
    `What an earlier run of this call wrote can't be gone on with: ${losses.join('; ')}. Nothing was written.`,
    {
      hint: `Empty the tables it filled (truncate ${written.map(({ job }) => job.table.sql).join(', ')}); the same call then begins anew.`,
      facts: { tables: losses },
      ending: 'refused',
    },
  );
}

async function rowsOf({ job }: RowPlan, { tables }: Layout, sql: Sql): Promise<number> {
  const { oid, from } = job.table;
  if (!tables.some((table) => table.oid === oid)) return job.offset;
  const [row] = await sql.query(`select count(*)::int8::float8 as n from ${from}`);
  return Number(row?.['n']);
}

/** Rows are made of a table's columns: of one that was altered they are others. */
function isSame({ oid, columns }: LayoutTable, { tables }: Layout): boolean {
  const now = tables.find((table) => table.oid === oid);
  const told = (all: LayoutTable['columns']) =>
    JSON.stringify(all.map(({ number, name, type }) => [number, name, type]));
  return now !== undefined && told(now.columns) === told(columns);
}
