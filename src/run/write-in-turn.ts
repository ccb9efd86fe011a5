import type { Rows } from '../bulk/bulk.ts';
import { type Copier, type LayoutForeignKey, type LayoutTable, tried } from '../db/db.ts';
import { namesOf } from './outlook.ts';

/** A table of a cycle in its turn, with the columns of keys that wait for tables which come later. */
export interface Turn {
  readonly rows: Rows;
  readonly waiting: readonly number[];
}

/** An order in which tables that need each other can be written one by one; null where no key can wait. */
export function turnsOf(group: readonly Rows[]): readonly Turn[] | null {
  const left = new Set(group);
  const turns: Turn[] = [];
  while (left.size > 0) {
    const able = [...left].flatMap((rows) => turnOf(rows, left) ?? []);
    const [next] = able.sort((a, b) => a.waiting.length - b.waiting.length);
    if (!next) return null;
    turns.push(next);
    left.delete(next.rows);
  }
  return turns;
}

function turnOf(rows: Rows, left: ReadonlySet<Rows>): Turn | null {
  const { table } = rows.job;
  const later = (key: LayoutForeignKey) =>
    key.table !== table.oid && [...left].some(({ job }) => job.table.oid === key.table);
  const optional = new Set(table.columns.flatMap((one) => (one.notNull ? [] : one.number)));
  const waiting = table.foreignKeys
    .filter(later)
    .map(({ columns }) => columns.filter((column) => optional.has(column)));
  return waiting.some((columns) => columns.length === 0) ? null : { rows, waiting: waiting.flat() };
}

/**
 * Writes the tables by turns, and fills in what had to wait once all rows are there. Where the database takes no
 * UPDATE of that, it stays without a value.
 */
export async function writeInTurn(
  turns: readonly Turn[],
  write: (rows: Rows) => Promise<unknown>,
  sql: Copier,
): Promise<void> {
  for (const { rows, waiting } of turns) {
    await write(waiting.length > 0 ? rows.without(waiting) : rows);
  }
  for (const turn of turns) if (turn.waiting.length > 0) await fillIn(turn, sql);
}

async function fillIn({ rows, waiting }: Turn, sql: Copier): Promise<void> {
  const { table, count } = rows.job;
  const own = identityOf(table, waiting);
  const sent = new Set([...own, ...waiting]);
  const told = rows.without(
    table.columns.flatMap(({ number }) => (sent.has(number) ? [] : [number])),
  );
  if (own.length === 0 || told.columns.length < sent.size) return;
  const named = (numbers: readonly number[]) =>
    told.columns.filter(({ number }) => numbers.includes(number)).map((column) => column.sql);
  const links = async () => {
    await sql.query(`create temp table "statewright links" on commit drop as
      select ${namesOf(told)} from ${table.sql} limit 0`);
    const lines = told.lines({ from: 0, to: count });
    await sql.copyIn('copy pg_temp."statewright links" from stdin', lines);
    await sql.query(`update ${table.sql} made
      set ${named(waiting).map((name) => `${name} = links.${name}`)}
      from pg_temp."statewright links" links
      where ${named(own)
        .map((name) => `made.${name} = links.${name}`)
        .join(' and ')};
      drop table pg_temp."statewright links"`);
  };
  await tried(sql, links, undefined);
}

/** The columns of a key that tells its rows apart, none of which has to wait. */
function identityOf({ uniques, columns }: LayoutTable, waiting: readonly number[]) {
  const given = new Set(columns.flatMap((one) => (one.notNull ? one.number : [])));
  for (const one of waiting) given.delete(one);
  const unique = uniques.find(
    (one) => one.where === null && one.columns.every((column) => given.has(column)),
  );
  return unique?.columns ?? [];
}
