import { type SQL, sql } from 'drizzle-orm';
import type { Column, Table } from '../db/db.ts';
import { columnOf, type MadeRow } from './draft.ts';
import { familyOf } from './values/family.ts';

/** The sequence that numbers a column when an INSERT leaves it out, as a `regclass`; null where there is none. */
export function sequenceOf(table: Table, name: string): SQL | null {
  const given = columnOf(table, name)?.default;
  if (given?.kind === 'identity') {
    const where = `${quoted(table.schema)}.${quoted(table.name)}`;
    return sql`pg_get_serial_sequence(${sql.raw(literal(where))}, ${sql.raw(literal(name))})::regclass`;
  }
  const argument = given?.kind === 'expression' ? /^nextval\((.+)\)$/s.exec(given.text)?.[1] : null;
  return argument ? sql`(${sql.raw(argument)})::regclass` : null;
}

/**
 * A number for a column that a sequence numbers, which moves the sequence past it: the application's own next
 * INSERT must not draw it again. A sequence only moves forward, and stays where it is when the number is its last
 * or the role may not move it.
 */
export function numberedSql(value: SQL, { table, column }: { table: Table; column: Column }): SQL {
  const sequence = familyOf(column) === 'integer' ? sequenceOf(table, column.name) : null;
  if (!sequence) return value;
  return sql`(select case when ${AHEAD} then setval(s, n) else n end
    from (select (${value})::int8 as n, ${sequence} as s) as given join pg_sequence on seqrelid = s)`;
}

const AHEAD = sql`case when not has_sequence_privilege(s, 'update') then false
      when seqincrement > 0 then n > coalesce(pg_sequence_last_value(s), seqstart - 1) and n between seqmin and seqmax - 1
      else n < coalesce(pg_sequence_last_value(s), seqstart + 1) and n between seqmin + 1 and seqmax end`;

/** Whether some cells of the row number it instead of the sequence. */
export function isNumbered({ table, tuples }: MadeRow): boolean {
  const names = new Set(tuples.flatMap((cells) => [...cells.keys()]));
  return [...names].some((name) => sequenceOf(table, name) !== null);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
