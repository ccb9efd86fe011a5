import type { RangeVar } from 'libpg-query';
import type { Column, ForeignKey, Table, Unique } from '../../../db/db.ts';

export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A table as the statements so far have left it. */
export interface Made {
  schema: string;
  name: string;
  columns: Mutable<Column>[];
  primaryKey: { name: string; columns: string[] } | null;
  uniques: Mutable<Unique>[];
  foreignKeys: Mutable<ForeignKey>[];
  checks: Mutable<Table['checks'][number]>[];
  triggers: string[];
}

export interface Domain {
  readonly type: string;
  readonly array: boolean;
  readonly maxLength: number | null;
  readonly values: readonly string[] | null;
  nullable: boolean;
  readonly default: Column['default'];
  readonly checks: Mutable<Table['checks'][number]>[];
}

/** What a sequence of DDL statements has made of an empty database. */
export interface Described {
  readonly tables: Map<string, Made>;
  readonly enums: Map<string, string[]>;
  readonly domains: Map<string, Domain>;
}

export function emptyDatabase(): Described {
  return { tables: new Map(), enums: new Map(), domains: new Map() };
}

/** The bare name in schema `public`, else `schema.name`. */
export function idOf(schema: string | undefined, name: string): string {
  return schema === undefined || schema === '' || schema === 'public' ? name : `${schema}.${name}`;
}

export function idOfRange(range: RangeVar | undefined): string {
  return idOf(range?.schemaname, range?.relname ?? '');
}

/** A qualified name (`app.kind`) as an id. */
export function idOfPath(path: readonly string[]): string {
  return idOf(path.at(-2), path.at(-1) ?? '');
}

/** The tables in the shape every schema reader gives, in the catalog's order. */
export function tablesOf({ tables }: Described): Table[] {
  const byName = (a: { name: string | null }, b: { name: string | null }) =>
    (a.name ?? '') < (b.name ?? '') ? -1 : 1;
  return [...tables.values()]
    .map((made) => ({
      id: idOf(made.schema, made.name),
      schema: made.schema,
      name: made.name,
      property: made.name,
      columns: made.columns,
      primaryKey: made.primaryKey?.columns ?? [],
      uniques: made.uniques.sort(byName),
      foreignKeys: made.foreignKeys.sort(byName),
      checks: made.checks.sort(byName),
      triggers: made.triggers.sort(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
