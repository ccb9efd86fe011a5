import { type SQL, sql } from 'drizzle-orm';
import { customType, PgDialect, pgSchema, pgTable } from 'drizzle-orm/pg-core';
import type { Column, Table } from '../db/db.ts';
import { type Cell, type Cells, columnOf } from './draft.ts';
import { type Param, rowName } from './state.ts';
import { bareType, familyOf } from './values/family.ts';

const asIs = customType<{ data: unknown }>({ dataType: () => 'text' });
const dialect = new PgDialect();

/** A table of the catalog as Drizzle knows tables: its names, quoted as they need; types are PostgreSQL's matter. */
export function drizzleTable(table: Table) {
  const columns = Object.fromEntries(
    table.columns.map((column) => [propertyOf(column.name), asIs(column.name)]),
  );
  return table.schema === 'public'
    ? pgTable(table.name, columns)
    : pgSchema(table.schema).table(table.name, columns);
}

/** What a column is called in a `drizzleTable`, which has properties of its own and a prototype. */
export function propertyOf(column: string): string {
  return `column ${column}`;
}

/** Text and parameters of a composed statement; its parameters are `Param`s. */
export function toStatement(query: SQL | { toSQL(): { sql: string; params: unknown[] } }): {
  sql: string;
  params: Param[];
} {
  const composed = 'toSQL' in query ? query.toSQL() : dialect.sqlToQuery(query);
  return { sql: composed.sql, params: composed.params as Param[] };
}

/** A cell as SQL for its column; a reference reads what an earlier step produced. */
export function cellSql(cell: Cell, column: Column): SQL {
  if (cell.kind === 'ref') {
    const row = rowName(cell.row, cell.index);
    return parameter({ kind: 'bind', row, column: cell.column });
  }
  return cell.param.kind === 'now' ? nowSql(cell.param, column) : parameter(cell.param);
}

export function parameter(param: Param): SQL {
  return sql`${sql.param(param)}`;
}

/** `"id" = $1 and "deleted_at" is null`, of columns read through an alias. */
export function whereSql(cells: Cells, table: Table, alias: string): SQL {
  const each = [...cells].flatMap(([name, cell]) => {
    const column = columnOf(table, name);
    if (!column) return [];
    const left = sql`${sql.identifier(alias)}.${sql.identifier(name)}`;
    const isNull =
      cell.kind === 'param' && cell.param.kind === 'value' && cell.param.value === null;
    return [isNull ? sql`${left} is null` : equals(left, cellSql(cell, column), column)];
  });
  return each.length > 0 ? sql.join(each, sql` and `) : sql`true`;
}

/** json has no equality of its own. */
function equals(left: SQL, right: SQL, column: Column): SQL {
  return bareType(column.type) === 'json'
    ? sql`${left}::jsonb = ${right}::jsonb`
    : sql`${left} = ${right}`;
}

/** An instant in milliseconds (what JavaScript can hold) in the form the column keeps instants in. */
function nowSql(param: Param & { kind: 'now' }, column: Column): SQL {
  const offset = sql`${sql.param(param)}::float8 * interval '1 ms'`;
  // Rounded from half a millisecond before: cut off, at a third of what `date_trunc` takes.
  const utc = sql`(now() at time zone 'UTC' - interval '0.5 ms')::timestamp(3) + ${offset}`;
  switch (familyOf(column)) {
    case 'timestamptz':
      return sql`(now() - interval '0.5 ms')::timestamptz(3) + ${offset}`;
    case 'timestamp':
      return utc;
    case 'date':
      return sql`(${utc})::date`;
    case 'time':
      return sql`(${utc})::time`;
    case 'integer':
      return epoch(utc, bareType(column.type) === 'bigint' ? 1000 : 1);
    case 'numeric':
    case 'float':
      return epoch(utc, 1000);
    case 'json':
      return sql`to_json(${isoText(utc)})`;
    default:
      return isoText(utc);
  }
}

function epoch(utc: SQL, scale: 1 | 1000): SQL {
  return sql`floor(extract(epoch from ${utc}) * ${sql.raw(String(scale))})`;
}

function isoText(utc: SQL): SQL {
  return sql`to_char(${utc}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
