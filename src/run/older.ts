import { type Column, keyOf, type Sql, type Table } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { literal, quoted } from '../kernel/sql-text.ts';
import { type Image, parseExact } from './made.ts';
import { byKey, itsOwn, tableName } from './quote.ts';
import type { Doomed } from './reach.ts';

/**
 * Of rows that refer to ours and that nobody wrote down, those that were there before the run: the application
 * pointed them at ours since. A row was, where another has not been touched since before the run and has a
 * higher number of the same sequence, or a later time of making. Of a table's last row nothing can be said.
 */
export async function olderOf(sql: Sql, run: string, rows: readonly Doomed[]): Promise<Doomed[]> {
  const told = rows.flatMap((doomed) => {
    const counters = countersOf(doomed.table);
    const isKeyed = keyOf(doomed.table).length > 0;
    return isKeyed && counters.length > 0 && doomed.rows.length > 0 ? [{ doomed, counters }] : [];
  });
  const found = await Promise.all(
    told.map(({ doomed, counters }) =>
      sql.query(olderSql(doomed, counters), [JSON.stringify(doomed.rows), run]),
    ),
  );
  return told.flatMap(({ doomed }, index) => {
    const images = (found[index] ?? []).map((row) => parseExact(String(row['row'])) as Image);
    return images.length > 0 ? [{ ...doomed, rows: images }] : [];
  });
}

/** Throws `run.pointedAtOurs` where such a row can't be left: its foreign key doesn't let go by itself. */
export function assertLetsGo(older: readonly Doomed[], gone: readonly Doomed[]): void {
  const values = (row: Image, columns: readonly string[]) =>
    JSON.stringify(columns.map((name) => row[name] ?? null));
  for (const { table, rows } of older) {
    for (const key of table.foreignKeys.filter(({ onDelete }) => !/^set /.test(onDelete))) {
      const parents = gone.find((one) => one.table.id === key.table)?.rows ?? [];
      const theirs = new Set(parents.map((row) => values(row, key.references)));
      const holding = rows.filter((row) => theirs.has(values(row, key.columns)));
      if (holding.length > 0) throw pointed(table, holding, key.columns);
    }
  }
}

function pointed(
  table: Table,
  rows: readonly Image[],
  columns: readonly string[],
): StatewrightError {
  const [row = {}] = rows;
  const key = keyOf(table).map((name) => `${name} = ${JSON.stringify(row[name] ?? null)}`);
  return new StatewrightError(
    'run.pointedAtOurs',
    `${rows.length} rows of "${table.id}" that were there before the run refer to its rows now (${columns.join(', ')}; the first: ${key.join(' and ')}): the application changed them. Nothing was taken away. Point them elsewhere, or delete them if you can spare them, and try again`,
    {
      hint: 'With `up --start` what the app writes is journaled, and such rows get their old values back.',
      facts: { table: table.id, rows: rows.length },
    },
  );
}

/** What the database hands out in order: numbers of a sequence, else times of making. */
function countersOf({ columns }: Table): readonly Column[] {
  const numbers = columns.filter(isNumbered);
  const isTime = ({ name, type, default: given }: Column) =>
    /^timestamp/.test(type) &&
    given.kind === 'expression' &&
    /^(now\(\)|CURRENT_TIMESTAMP|(clock|statement|transaction)_timestamp\(\))/i.test(given.text) &&
    /^"?_?(created|inserted|added|made)/i.test(name);
  return numbers.length > 0 ? numbers : columns.filter(isTime);
}

function isNumbered({ default: given }: Column): boolean {
  return (
    given.kind === 'identity' || (given.kind === 'expression' && /^nextval\(/.test(given.text))
  );
}

/**
 * The last number that a sequence has given, where it gives them in turn: those beyond were made up. Times that were
 * made up are not as fine as the database's clock.
 */
function lastOf(table: string, column: Column): string {
  return `(
    select case when has_sequence_privilege(s.oid, 'usage, select') then pg_sequence_last_value(s.oid) end
    from pg_sequence q, pg_get_serial_sequence(${literal(table)}, ${literal(column.name)}) n (name), to_regclass(n.name) s (oid)
    where q.seqrelid = s.oid and q.seqcache = 1 and q.seqincrement > 0)`;
}

/** As of the run's first entry; a ledger of before there was such a column knows no such instant. */
const BEGAN = `
  select (to_jsonb(m) ->> 'since')::xid8::xid as since from statewright.made m
  where m.run = $2 order by m.id limit 1`;

/** Larger tables are looked into by an index alone. */
const MOST = 1_000_000;

function olderSql({ table, by }: Doomed, counters: readonly Column[]): string {
  const name = tableName(table);
  const oid = `${literal(name)}::regclass`;
  const small = `(select reltuples < ${MOST} from pg_class where oid = ${oid})`;
  const later = counters.map((column) => {
    const its = quoted(column.name);
    const isGiven = (row: string) =>
      isNumbered(column)
        ? `${row}.${its} <= ${lastOf(name, column)}`
        : `extract(microseconds from ${row}.${its})::int % 1000 <> 0`;
    return `${isGiven('t')} and t.${its} <= (
      select o.${its} from ${name} o
      where age(o.xmin) > age(run.since) and ${itsOwn(table, 'o')} and ${isGiven('o')}
        ${keyOf(table)[0] === column.name ? '' : `and ${small}`}
      order by o.${its} desc limit 1)`;
  });
  return `
    select row_to_json(t.*)::text as row
    from (${BEGAN}) run, ${name} t
    where ${itsOwn(table, 't')} and exists (
        select from jsonb_populate_recordset(null::${name}, $1::jsonb) k
        where ${byKey(table, by, ['t', 'k'])})
      and (${later.join(' or ')})`;
}
