import type { Copier, LayoutColumn } from '../db/db.ts';
import { lineOf } from './copy-text.ts';
import { typeText } from './judge.ts';
import { combinations } from './links.ts';
import type { Types } from './literal.ts';
import type { RowPlan } from './rows.ts';

const MOST = 2_000_000;

/** The combinations of a junction's parents that the CHECKs about them alone allow; null for all. */
export async function allowedOf(
  { job, keys }: Pick<RowPlan, 'job' | 'keys'>,
  junction: readonly number[],
  { sql, types }: { sql: Copier; types: Types },
): Promise<readonly number[] | null> {
  const { table } = job;
  const numbers = junction.flatMap((at) => keys[at]?.key.columns ?? []);
  const checks = table.checks.filter(({ columns }) =>
    columns?.every((one) => numbers.includes(one)),
  );
  const size = combinations({ keys: junction }, keys);
  if (checks.length === 0 || size > MOST) return null;
  const columns = numbers.flatMap(
    (number) => table.columns.find((one) => one.number === number) ?? [],
  );
  await sql.query(`drop table if exists pg_temp."statewright pairs";
    create temp table "statewright pairs" ("statewright row" int, ${columns
      .map((column: LayoutColumn) => `${column.sql} ${typeText(column, types)}`)
      .join(', ')})`);
  await sql.copyIn('copy pg_temp."statewright pairs" from stdin', pairs(junction, keys, size));
  const found = await sql.query(`select "statewright row" as n from pg_temp."statewright pairs"
    where ${checks.map((check) => `coalesce((${check.sql}), true)`).join(' and ')} order by 1`);
  await sql.query('drop table pg_temp."statewright pairs"');
  return found.map((row) => Number(row['n']));
}

function* pairs(
  junction: readonly number[],
  keys: RowPlan['keys'],
  size: number,
): Generator<string> {
  for (let at = 0; at < size; at++) {
    let rest = at;
    const cells = junction.flatMap((position) => {
      const planned = keys[position];
      if (!planned) return [];
      const index = rest % planned.parents.size;
      rest = Math.floor(rest / planned.parents.size);
      return planned.key.references.map((reference) => planned.parents.cell(reference, index));
    });
    yield lineOf(cells, at);
  }
}
