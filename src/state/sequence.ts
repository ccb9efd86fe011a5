import { type SQL, sql } from 'drizzle-orm';
import type { Column, Table } from '../db/db.ts';
import { literal, quoted } from '../kernel/sql-text.ts';
import { columnOf, type MadeRow } from './draft.ts';
import { type Family, familyOf } from './values/family.ts';

/** The sequence that numbers a column when an INSERT leaves it out, as a `regclass`; null where there is none. */
export function sequenceOf(table: Table, name: string): SQL | null {
  const given = columnOf(table, name)?.default;
  if (given?.kind === 'identity') {
    const where = `${quoted(table.schema)}.${quoted(table.name)}`;
    return sql`pg_get_serial_sequence(${sql.raw(literal(where))}, ${sql.raw(literal(name))})::regclass`;
  }
  const call = given?.kind === 'expression' ? (CAST.exec(given.text)?.[1] ?? given.text) : '';
  const argument = /^nextval\((.+)\)$/s.exec(call)?.[1];
  return argument ? (byCatalog(argument) ?? sql`(${sql.raw(argument)})::regclass`) : null;
}

const CAST = /^\((nextval\(.+\))\)::[\w ]+(?:\([\d, ]+\))?$/s;

/** Read from the catalog, for who may draw from a sequence need not be let into its schema. */
function byCatalog(argument: string): SQL | null {
  const name = /^'((?:[^']|'')+)'::regclass$/s.exec(argument)?.[1]?.replaceAll("''", "'") ?? '';
  const [, first, last] = /^("(?:[^"]|"")+"|[^".]+)\.("(?:[^"]|"")+"|[^".]+)$/s.exec(name) ?? [];
  if (first === undefined || last === undefined) return null;
  return sql`(select c.oid::regclass from pg_class c join pg_namespace o on o.oid = c.relnamespace
      where o.nspname = ${sql.raw(literal(bare(first)))} and c.relname = ${sql.raw(literal(bare(last)))})`;
}

/**
 * A number for a column that a sequence numbers, which moves the sequence past it: the application's own next
 * INSERT must not draw it again. A sequence only moves forward, and stays where it is when the number is its last
 * or the role may not move it.
 */
export function numberedSql(value: SQL, { table, column }: { table: Table; column: Column }): SQL {
  const type = NUMBERS[familyOf(column)];
  const sequence = type ? sequenceOf(table, column.name) : null;
  if (!type || !sequence) return value;
  return sql`(select case when ${AHEAD} then setval(s, least(n, seqmax)::int8) else n end
    from (select (${value})::${sql.raw(type)} as n, ${sequence} as s) as given join pg_sequence on seqrelid = s)`;
}

const NUMBERS: { readonly [family in Family]?: string } = { integer: 'int8', numeric: 'numeric' };

const AHEAD = sql`case when not (has_sequence_privilege(s, 'update') and has_sequence_privilege(s, 'usage, select')) then false
      when n <> trunc(n) then false
      when seqincrement > 0 then n > coalesce(pg_sequence_last_value(s), seqstart - 1) and n between seqmin and seqmax - 1
      else n < coalesce(pg_sequence_last_value(s), seqstart + 1) and n between seqmin + 1 and seqmax end`;

/** Whether some cells of the row number it instead of the sequence. */
export function isNumbered({ table, tuples }: MadeRow): boolean {
  const names = table.columns.map(({ name }) => name);
  const drawn = names.filter((name) => sequenceOf(table, name) !== null);
  return drawn.some((name) => tuples.some((cells) => cells.has(name)));
}

/** A name without its quotes. */
function bare(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
