import { digest } from '../kernel/digest.ts';
import { type ColumnRow, columnFrom } from './catalog/column.ts';
import { checksSql, columnsSql, foreignKeysSql, tablesSql, uniquesSql } from './catalog/queries.ts';
import { versionSql } from './catalog/version.ts';
import type { Catalog, ForeignKey, Sql, Table, Unique } from './db.ts';

/**
 * Reads every table of the application's schemas (not PostgreSQL's, ours or an extension's), with ids,
 * columns and constraints in a fixed order. Types are as `format_type` writes them, domains resolved to
 * their base type with their checks on the column. The digest names the shape: no oids, no content.
 * Read once, it is read again only where something was defined since.
 */
export async function readCatalog(sql: Sql): Promise<Catalog> {
  const [now] = await sql.query(versionSql, [], 'sw_version');
  const [place, version] = [String(now?.['place']), String(now?.['version'])];
  const last = known.get(place);
  known.delete(place);
  const catalog = last?.version === version ? last.catalog : await readAnew(sql);
  known.set(place, { version, catalog });
  const [oldest = place] = known.keys();
  if (known.size > MOST) known.delete(oldest);
  return catalog;
}

/** By place, the one used last at the end. */
const known = new Map<string, { readonly version: string; readonly catalog: Catalog }>();
const MOST = 8;

async function readAnew(sql: Sql): Promise<Catalog> {
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
  readonly deferred: boolean;
  readonly departures: string[];
  readonly rules: string[];
}

type Owned<T> = T & { readonly oid: number };
type CheckRow = { readonly name: string; readonly expression: string };

async function readTables(sql: Sql): Promise<Table[]> {
  const [tables, columns, uniques, foreignKeys, checks] = await Promise.all([
    rows<TableRow>(sql, tablesSql),
    rows<Owned<ColumnRow>>(sql, columnsSql).then(byTable),
    rows<Owned<Unique>>(sql, uniquesSql).then(byTable),
    rows<Owned<ForeignKey>>(sql, foreignKeysSql).then(byTable),
    rows<Owned<CheckRow>>(sql, checksSql).then(byTable),
  ]);
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
    ...(table.deferred ? { deferred: true as const } : {}),
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
