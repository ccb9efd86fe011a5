import { digest } from '../kernel/digest.ts';
import { type ColumnRow, columnFrom } from './catalog/column.ts';
import { checksSql, columnsSql, foreignKeysSql, tablesSql, uniquesSql } from './catalog/queries.ts';
import type { Catalog, ForeignKey, Sql, Table, Unique } from './db.ts';

/**
 * Reads every table of the application's schemas (not PostgreSQL's, ours or an extension's), with ids,
 * columns and constraints in a fixed order. Types are as `format_type` writes them, domains resolved to
 * their base type with their checks on the column. The digest names the shape: no oids, no content.
 */
export async function readCatalog(sql: Sql): Promise<Catalog> {
  const [before] = await sql.query(
    "select current_setting('search_path') as path, set_config('search_path', 'public', false)",
  );
  try {
    const tables = await readTables(sql);
    return { tables, digest: digest(tables) };
  } finally {
    await sql.query("select set_config('search_path', $1, false)", [before?.['path']]);
  }
}

interface TableRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly primary_key: string[];
  readonly triggers: string[];
  readonly departures: string[];
  readonly rules: string[];
}

type Owned<T> = T & { readonly oid: number };
type CheckRow = { readonly name: string; readonly expression: string };

async function readTables(sql: Sql): Promise<Table[]> {
  const tables = await rows<TableRow>(sql, tablesSql);
  const columns = byTable(await rows<Owned<ColumnRow>>(sql, columnsSql));
  const uniques = byTable(await rows<Owned<Unique>>(sql, uniquesSql));
  const foreignKeys = byTable(await rows<Owned<ForeignKey>>(sql, foreignKeysSql));
  const checks = byTable(await rows<Owned<CheckRow>>(sql, checksSql));
  return tables.map((table) => ({
    id: tableId(table.schema, table.name),
    schema: table.schema,
    name: table.name,
    property: table.name,
    columns: (columns.get(table.oid) ?? []).map(columnFrom),
    primaryKey: table.primary_key,
    uniques: uniques.get(table.oid) ?? [],
    foreignKeys: foreignKeys.get(table.oid) ?? [],
    checks: [...(checks.get(table.oid) ?? []), ...domainChecks(columns.get(table.oid) ?? [])],
    triggers: table.triggers,
    ...(table.departures.length > 0 ? { departures: table.departures } : {}),
    ...(table.rules.length > 0 ? { rules: table.rules } : {}),
  }));
}

/** A domain's check speaks of VALUE; on a table it speaks of the column. */
function domainChecks(columns: readonly ColumnRow[]): CheckRow[] {
  return columns.flatMap((column) =>
    column.domain_checks.map(({ name, expression }) => ({
      name,
      expression: expression.replace(/\bVALUE\b/g, column.quoted),
    })),
  );
}

/** The id of a table: its bare name in schema `public`, else `schema.name`. */
function tableId(schema: string, name: string): string {
  return schema === 'public' ? name : `${schema}.${name}`;
}

async function rows<T>(sql: Sql, text: string): Promise<T[]> {
  // The shapes are those of the queries beside, which only this file runs.
  return [...(await sql.query(text))] as T[];
}

function byTable<T>(owned: readonly Owned<T>[]): Map<number, T[]> {
  const grouped = new Map<number, T[]>();
  for (const { oid, ...rest } of owned) {
    const list = grouped.get(oid) ?? [];
    list.push(rest as T);
    grouped.set(oid, list);
  }
  return grouped;
}
