import type { Copier, LayoutColumn, LayoutTable } from '../db/db.ts';
import type { Source } from './bulk.ts';
import { baseOf, dateText, type Types } from './literal.ts';
import { bitsAt, type Key } from './random.ts';
import { put, type Write } from './sink.ts';

/** A column that holds a range which an EXCLUDE keeps apart from those of other rows, or one end of it. */
export interface Span {
  readonly exclude: string;
  readonly end: 'from' | 'to' | 'whole';
  readonly of: keyof typeof KINDS;
  /** The range as SQL, of a row of the table. */
  readonly range: string;
}

/** How far apart ranges begin, in what their ends are counted in: days, quarters of an hour, or ones. */
const KINDS = { day: 7, quarter: 8, number: 10 } as const;

const TYPES: Readonly<Record<string, Span['of']>> = {
  date: 'day',
  daterange: 'day',
  timestamp: 'quarter',
  tsrange: 'quarter',
  timestamptz: 'quarter',
  tstzrange: 'quarter',
  int4: 'number',
  int4range: 'number',
  int8: 'number',
  int8range: 'number',
  numeric: 'number',
  numrange: 'number',
};

const BETWEEN = /^\(?\w+range\(("(?:[^"]|"")+"|\w+), ("(?:[^"]|"")+"|\w+)(?:, '..'::text)?\)\)?$/;

/**
 * The columns of ranges that may not overlap (`EXCLUDE … WITH &&`): rows whose ranges follow each other keep that,
 * whatever else it speaks of. Left to luck where a CHECK asks more of an end than to come before the other.
 */
export function spansOf(
  table: LayoutTable,
  { types, taken }: { types: Types; taken: (column: LayoutColumn) => boolean },
): Map<number, Span> {
  const spans = new Map<number, Span>();
  for (const { name, parts, operators } of table.excludes) {
    for (const [at, range] of parts.entries()) {
      if (!operators[at]?.endsWith('.&&)')) continue;
      const ends = endsOf(range, table);
      const able = ends.every((column) => !taken(column) && !spans.has(column.number));
      if (ends.length === 0 || !able || !ordersOnly(table, ends)) continue;
      for (const [index, column] of ends.entries()) {
        const of = TYPES[baseOf(column, types).base.name];
        const end = ends.length === 1 ? 'whole' : index === 0 ? 'from' : 'to';
        if (of) spans.set(column.number, { exclude: name, end, of, range });
      }
    }
  }
  return spans;
}

/** The column that is the range, or the two it lies between; a generated one is what it is made from. */
function endsOf(part: string, { columns }: LayoutTable): LayoutColumn[] {
  const named = (sql: string | undefined) => columns.find((column) => column.sql === sql);
  const whole = named(part);
  if (whole && !whole.generated) return [whole];
  const [, from, to] = BETWEEN.exec(whole?.default ?? part) ?? [];
  const [first, last] = [named(from), named(to)];
  return first && last && first !== last ? [first, last] : [];
}

function ordersOnly({ checks }: LayoutTable, ends: readonly LayoutColumn[]): boolean {
  const [from, to] = ends.map(({ sql }) => sql);
  const numbers = new Set(ends.map(({ number }) => number));
  const orders = [`${from} < ${to}`, `${from} <= ${to}`, `${to} > ${from}`, `${to} >= ${from}`];
  return checks.every(
    ({ sql, columns }) =>
      !columns?.some((number) => numbers.has(number)) ||
      orders.includes(sql.replace(/^\((.*)\)$/s, '$1')) ||
      /^\(?NOT (isempty|lower_inf|upper_inf)\([^()]*\)\)?$/.test(sql),
  );
}

/** Ranges go on after the last of those that stand. */
export async function spanSource(
  { end, of, range }: Span,
  { table, key, sql }: { table: LayoutTable; key: Key; sql: Copier },
): Promise<Source> {
  const last = `max(upper(${range}))`;
  const units = {
    day: `${last} - date '2024-01-01'`,
    quarter: `extract(epoch from ${last} - '2024-01-01 00:00:00+00') / 900`,
    number: last,
  };
  const [row] = await sql.query(`select ceil((${units[of]}) / ${KINDS[of]}.0)::float8 as next
    from ${table.sql} where not isempty(${range})`);
  const next = Number(row?.['next'] ?? 0);
  return { kind: 'span', key, end, of, start: Number.isFinite(next) ? Math.max(0, next) : 0 };
}

export function spanWriter({ key, end, of, start }: Extract<Source, { kind: 'span' }>): Write {
  const texts = { day: dateText, quarter: quarterText, number: String };
  const step = KINDS[of];
  return (sink, index) => {
    const from = (start + index) * step;
    // A gap remains, for either end may belong to it.
    const to = from + 1 + (bitsAt(key, index) % (step - 2));
    const [first, last] = [texts[of](from), texts[of](to)];
    put(sink, Buffer.from(end === 'from' ? first : end === 'to' ? last : `[${first},${last})`));
    return true;
  };
}

function quarterText(number: number): string {
  const at = new Date(Date.UTC(2024, 0, 1) + number * 900_000);
  return `${at.toISOString().slice(0, 19)}+00`;
}
