import type { Copier, LayoutColumn } from '../db/db.ts';
import type { Parents, PlannedKey, TableJob } from './bulk.ts';
import type { Covering } from './columns.ts';
import { lineOf } from './copy-text.ts';
import { typeText } from './judge.ts';
import { combinationAt, combinations, sizesOf } from './links.ts';
import type { Types } from './literal.ts';

const MOST = 2_000_000;

interface Asking {
  readonly sql: Copier;
  readonly types: Types;
  readonly parents: (table: number) => Parents;
}

/** The combinations of a junction's parents and values that CHECKs about them allow and no row has yet; null for all. */
export async function allowedOf(
  job: TableJob,
  { junction, keys }: { junction: Covering; keys: readonly PlannedKey[] },
  asking: Asking,
): Promise<readonly number[] | null> {
  const { table, offset } = job;
  const columns = [
    ...junction.keys.flatMap((at) => keys[at]?.key.columns ?? []),
    ...junction.lists.map(({ column }) => column),
  ];
  const checks = table.checks.filter((check) =>
    check.columns?.every((one) => columns.includes(one)),
  );
  const sizes = sizesOf(junction, keys);
  const size = combinations(sizes);
  if ((checks.length === 0 && offset === 0) || size > MOST) return null;
  const cells = pairs(junction, keys, { sizes, parents: asking.parents });
  return await leftOf(table, { columns, checks: checks.map(({ sql }) => sql), cells }, asking);
}

/**
 * The rows that a foreign key may still point at, of whose columns some are a unique key: the first of those
 * that have the same there. Null for all.
 */
export async function freeOf(
  { table, offset }: TableJob,
  { planned: { key, size }, unique }: { planned: PlannedKey; unique: readonly number[] },
  asking: Asking,
): Promise<readonly number[] | null> {
  if (offset === 0 && unique.length === key.columns.length) return null;
  const { cell } = asking.parents(key.table);
  const references = unique.map((column) => key.references[key.columns.indexOf(column)] ?? 0);
  const cells = function* () {
    const seen = new Set<string>();
    for (let at = 0; at < size; at++) {
      const own = references.map((reference) => cell(reference, at));
      if (seen.size < seen.add(JSON.stringify(own)).size) yield lineOf(own, at);
    }
  };
  return await leftOf(table, { columns: unique, checks: [], cells: cells() }, asking);
}

interface Choices {
  readonly columns: readonly number[];
  readonly checks: readonly string[];
  readonly cells: Iterable<string>;
}

async function leftOf(
  table: TableJob['table'],
  { columns: numbers, checks, cells }: Choices,
  { sql, types }: Asking,
): Promise<readonly number[]> {
  const columns = numbers.flatMap(
    (number) => table.columns.find((one) => one.number === number) ?? [],
  );
  await sql.query(`drop table if exists pg_temp."statewright pairs";
    create temp table "statewright pairs" ("statewright row" int, ${columns
      .map((column: LayoutColumn) => `${column.sql} ${typeText(column, types)}`)
      .join(', ')})`);
  await sql.copyIn('copy pg_temp."statewright pairs" from stdin', cells);
  const taken = columns.map(({ sql: name }) => `there.${name} = pairs.${name}`).join(' and ');
  const found =
    await sql.query(`select "statewright row" as n from pg_temp."statewright pairs" pairs
    where ${[...checks.map((check) => `coalesce((${check}), true)`), 'true'].join(' and ')}
      and not exists (select from ${table.sql} there where ${taken}) order by 1`);
  await sql.query('drop table pg_temp."statewright pairs"');
  return found.map((row) => Number(row['n']));
}

function* pairs(
  junction: Covering,
  keys: readonly PlannedKey[],
  { sizes, parents }: { sizes: readonly number[]; parents: (table: number) => Parents },
): Generator<string> {
  const count = combinations(sizes);
  for (let at = 0; at < count; at++) {
    const chosen = combinationAt(sizes, at);
    const cells = junction.keys.flatMap((position, index) => {
      const { key } = keys[position] as PlannedKey;
      const { cell } = parents(key.table);
      return key.references.map((reference) => cell(reference, chosen[index] ?? 0));
    });
    const values = junction.lists.map(
      (list, index) => list.values[chosen[junction.keys.length + index] ?? 0] ?? null,
    );
    yield lineOf([...cells, ...values], at);
  }
}
