import { type Column, keyOf, type Sql, type Table } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { literal, quoted } from '../kernel/sql-text.ts';
import { type Image, parseExact } from './made.ts';
import { byKey, itsOwn, tableName } from './quote.ts';
import type { Doomed } from './reach.ts';

/**
 * Of rows that refer to ours and that nobody wrote down, those that were there before the run: the application
 * pointed them at ours since. A row was, where it says so itself (a time of making, a uuid of version 7), or where
 * another that has not been touched since has a higher number of the same sequence. Of others nothing can be said.
 */
export async function olderOf(sql: Sql, run: string, rows: readonly Doomed[]): Promise<Doomed[]> {
  const told = rows.flatMap((doomed) => {
    const signs = keyOf(doomed.table).length > 0 ? signsOf(doomed.table) : [];
    return signs.length > 0 && doomed.rows.length > 0 ? [{ doomed, signs }] : [];
  });
  const zone = new Date().getTimezoneOffset() * -60;
  const found = await Promise.all(
    told.map(({ doomed, signs }) =>
      sql.query(olderSql(doomed, signs), [JSON.stringify(doomed.rows), run, zone]),
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
    `${rows.length} rows of "${table.id}" that were there before the run, or are another's, refer to its rows now (${columns.join(', ')}; the first: ${key.join(' and ')}): the application changed them. Nothing was taken away. Point them elsewhere, or delete them if you can spare them, and try again`,
    {
      hint: 'With `up --start` what the app writes is journaled, and such rows get their old values back.',
      facts: { table: table.id, rows: rows.length },
    },
  );
}

/** SQL of what says that row `t` was there before the run began: `run.since` by transactions, `run.at` by the clock. */
function signsOf(table: Table): string[] {
  return table.columns.flatMap((column) => {
    if (isNumbered(column)) return [numberSign(table, column)];
    if (isTimeOfMaking(column)) return [timeSign(column)];
    return column.type === 'uuid' && table.primaryKey.includes(column.name)
      ? [uuidSign(column)]
      : [];
  });
}

function isNumbered({ default: given }: Column): boolean {
  return (
    given.kind === 'identity' || (given.kind === 'expression' && /^nextval\(/.test(given.text))
  );
}

const MAKING = /^_?(created|inserted|added|made)/i;
/** What else may be one, where the database's clock gives it. */
const HAPPENING =
  /^_?(opened|registered|joined|received|submitted|recorded|logged|sent)|^_?(at|time|timestamp|ts)$/i;
const NOW =
  /^(now\(\)|CURRENT_TIMESTAMP|LOCALTIMESTAMP|(clock|statement|transaction)_timestamp\(\))/i;

function isTimeOfMaking({ name, type, default: given }: Column): boolean {
  const isNow = given.kind === 'expression' && NOW.test(given.text);
  return /^timestamp/.test(type) && (MAKING.test(name) || (isNow && HAPPENING.test(name)));
}

/** A clock of the application's may be a little behind; without a zone a time is of the earliest that anybody may mean. */
function timeSign({ name, type, default: given }: Column): string {
  const margin = given.kind === 'expression' ? '' : " - interval '1 s'";
  const begun = /with time zone|timestamptz/.test(type)
    ? 'run.at'
    : `least(run.at at time zone 'UTC', run.at::timestamp, run.at at time zone 'UTC' + $3::int * interval '1 s')`;
  return `t.${quoted(name)} < ${begun}${margin}`;
}

/** RFC 9562: the first 48 bits of version 7 are milliseconds since 1970. */
function uuidSign({ name }: Column): string {
  const text = `t.${quoted(name)}::text`;
  const ms = `('x0000' || translate(left(${text}, 13), '-', ''))::bit(64)::int8`;
  return `substr(${text}, 15, 1) = '7' and ${ms} < extract(epoch from run.at) * 1000 - 1000`;
}

/** Larger tables are looked into by an index alone. */
const MOST = 1_000_000;

/** Numbers that were made up may be ahead of those that a sequence gives in turn. */
function numberSign(table: Table, { name }: Column): string {
  const from = tableName(table);
  const its = quoted(name);
  const last = `(
    select case when has_sequence_privilege(s.oid, 'usage, select') then pg_sequence_last_value(s.oid) end
    from pg_sequence q, pg_get_serial_sequence(${literal(from)}, ${literal(name)}) n (name), to_regclass(n.name) s (oid)
    where q.seqrelid = s.oid and q.seqcache = 1 and q.seqincrement > 0)`;
  const small = `(select reltuples < ${MOST} from pg_class where oid = ${literal(from)}::regclass)`;
  return `t.${its} <= ${last} and t.${its} <= (
    select o.${its} from ${from} o
    where age(o.xmin) > age(run.since) and ${itsOwn(table, 'o')} and o.${its} <= ${last}
      ${keyOf(table)[0] === name ? '' : `and ${small}`}
    order by o.${its} desc limit 1)`;
}

/** The run's first entry; a ledger of before there were such columns knows no such instant. */
const BEGAN = `
  select (to_jsonb(m) ->> 'since')::xid8::xid as since, (to_jsonb(m) ->> 'at')::timestamptz as at
  from statewright.made m where m.run = $2 order by m.id limit 1`;

function olderSql({ table, by }: Doomed, signs: readonly string[]): string {
  const name = tableName(table);
  return `
    select row_to_json(t.*)::text as row
    from (${BEGAN}) run, ${name} t, (select $3::int) zone
    where ${itsOwn(table, 't')} and exists (
        select from jsonb_populate_recordset(null::${name}, $1::jsonb) k
        where ${byKey(table, by, ['t', 'k'])})
      and (${signs.map((sign) => `(${sign})`).join(' or ')})`;
}
