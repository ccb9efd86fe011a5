import { type Copier, type LayoutColumn, type LayoutTable, tried } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Rows } from './bulk.ts';
import { copyText } from './copy-text.ts';
import { baseOf, type Types } from './literal.ts';

const ROUNDS = 60;
export const STAGE = 'pg_temp."statewright stage"';
const NUMBER = '"statewright row"';

/**
 * Lets the database judge the rows before they are written: those that break a CHECK, a UNIQUE or an
 * EXCLUDE take their next form, a few rounds long. Throws `generate.unsatisfied` with the constraint.
 */
export async function judge(
  rows: Rows,
  { sql, types }: { sql: Copier; types: Types },
): Promise<void> {
  const { table, count } = rows.job;
  const { attempts } = rows.plan;
  if (table.checks.length + table.uniques.length + table.excludes.length === 0) return;
  await sql.query(`drop table if exists ${STAGE} cascade; create temp table "statewright stage" (${NUMBER} int,
    ${table.columns.map((column) => stagedColumn(column, types)).join(', ')})`);
  await sql.query(`${holdsFunction(table.checks.map((check) => check.sql))}`);
  const target = `copy ${STAGE} (${[NUMBER, ...rows.columns.map((column) => column.sql)].join(', ')}) from stdin`;
  await sql.copyIn(target, copyText(rows, { from: 0, to: count }, true));
  await sql.query(`create index on ${STAGE} (${NUMBER})`);
  for (let round = 0; ; round++) {
    const bad = await offenders(rows, sql);
    if (bad.length === 0) break;
    if (round === ROUNDS) throw await unsatisfied(rows, sql, bad.length);
    for (const index of bad) attempts.set(index, (attempts.get(index) ?? 0) + 1);
    await sql.query(`delete from ${STAGE} where ${NUMBER} = any ($1)`, [bad]);
    await sql.copyIn(target, copyText(rows, bad, true));
  }
  await sql.query(`drop table ${STAGE} cascade`);
}

export function typeText(typed: { type: number; typmod: number }, types: Types): string {
  const { base, typmod } = baseOf(typed, types);
  // Without a length of their own, bit and char are of one.
  if (/^_(bit|bpchar)$/.test(base.name))
    return `${typeText({ type: base.element, typmod }, types)}[]`;
  if (/^(varchar|bpchar)$/.test(base.name) && typmod > 4) return `${base.sql}(${typmod - 4})`;
  if (/^(bit|varbit)$/.test(base.name) && typmod > 0) return `${base.sql}(${typmod})`;
  return base.name === 'bpchar' ? 'text' : base.sql;
}

function stagedColumn(column: LayoutColumn, types: Types): string {
  const made = column.generated ? ` generated always as (${column.default}) stored` : '';
  return `${column.sql} ${typeText(column, types)}${made}`;
}

/** Whether a staged row keeps all CHECKs; one that fails with an error does not. */
function holdsFunction(checks: readonly string[]): string {
  return `create or replace function pg_temp."statewright holds"(r pg_temp."statewright stage")
    returns boolean language plpgsql as $sw$ #variable_conflict use_column
    begin
      return (select ${checks.map((check) => `coalesce((${check}), true)`).join(' and ') || 'true'}
        from (select r.*) staged);
    exception when others then return false;
    end $sw$`;
}

/** Those that the rows don't keep by how they are made. */
function judgedExcludes({ job, plan }: Rows): LayoutTable['excludes'] {
  return job.table.excludes.filter(({ name }) => !plan.apart.has(name));
}

async function offenders(rows: Rows, sql: Copier): Promise<number[]> {
  const { job } = rows;
  const queries = [
    ...(job.table.checks.length > 0
      ? [`select ${NUMBER} as n from ${STAGE} s where not pg_temp."statewright holds"(s)`]
      : []),
    ...job.table.uniques.flatMap((unique) => repeatsSql(job.table, unique)),
    ...judgedExcludes(rows).flatMap((exclude) => overlapsSql(job.table, exclude)),
  ];
  if (queries.length === 0) return [];
  const found = await sql.query(
    `select distinct n from (${queries.join(' union all ')}) bad order by n`,
  );
  return found.map((row) => Number(row['n']));
}

function repeatsSql(table: LayoutTable, unique: LayoutTable['uniques'][number]): string[] {
  const parts = unique.parts.map((part) => `(${part})`).join(', ');
  const where = [
    ...(unique.where ? [`(${unique.where})`] : []),
    ...(unique.nullsNotDistinct ? [] : unique.parts.map((part) => `(${part}) is not null`)),
  ].join(' and ');
  const kept = where === '' ? 'true' : where;
  const inside = `select n from (select ${NUMBER} as n,
    row_number() over (partition by ${parts} order by ${NUMBER}) as nth
    from ${STAGE} where ${kept}) numbered where nth > 1`;
  const named = unique.parts.map((part, at) => `(${part}) as p${at}`).join(', ');
  const equal = unique.nullsNotDistinct ? 'is not distinct from' : '=';
  const same = unique.parts.map((_, at) => `theirs.p${at} ${equal} mine.p${at}`).join(' and ');
  const there = `select mine.n from (select ${NUMBER} as n, ${named} from ${STAGE} where ${kept}) mine
    join (select ${named} from ${table.sql} where ${kept}) theirs on ${same}`;
  return [inside, there];
}

function overlapsSql(
  table: LayoutTable,
  { parts, operators, where }: LayoutTable['excludes'][number],
): string[] {
  const named = parts.map((part, at) => `(${part}) as p${at}`).join(', ');
  const kept = where ? ` where (${where})` : '';
  const staged = `(select ${NUMBER} as n, ${named} from ${STAGE}${kept})`;
  const clash = operators
    .map((operator, at) => `later.p${at} ${operator} earlier.p${at}`)
    .join(' and ');
  return [
    `select later.n from ${staged} later join ${staged} earlier on earlier.n < later.n and ${clash}`,
    `select later.n from ${staged} later join (select ${named} from ${table.sql}${kept}) earlier on ${clash}`,
  ];
}

async function unsatisfied(rows: Rows, sql: Copier, left: number): Promise<StatewrightError> {
  const { job } = rows;
  const suspects: string[] = [];
  for (const check of job.table.checks) {
    const query = `select true as broken from ${STAGE} where not coalesce((${check.sql}), true) limit 1`;
    const broken = await tried(sql, () => sql.query(query), [{}]);
    if (broken.length > 0) suspects.push(check.name);
  }
  const among = [
    ...job.table.uniques.map((unique) => [unique.name, repeatsSql(job.table, unique)] as const),
    ...judgedExcludes(rows).map((one) => [one.name, overlapsSql(job.table, one)] as const),
  ];
  for (const [name, queries] of among) {
    for (const query of queries) {
      const broken = await tried(sql, () => sql.query(`${query} limit 1`), [{}]);
      if (broken.length > 0) suspects.push(name);
    }
  }
  return cannot(job.table, [...new Set(suspects)], left);
}

export function cannot(
  table: LayoutTable,
  constraints: readonly string[],
  left: number,
): StatewrightError {
  return new StatewrightError(
    'generate.unsatisfied',
    `No rows of ${table.sql} were found that keep ${constraints.join(', ') || 'its constraints'} (${left} left). Nothing was written.`,
    {
      hint: 'Ask for fewer rows (--fewer makes as many as fit), or for more of the tables it refers to.',
      facts: { table: table.sql, constraints: [...constraints], left },
    },
  );
}
