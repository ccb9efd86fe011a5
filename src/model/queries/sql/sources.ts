import type { SelectStmt, SubLink } from 'libpg-query';
import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Fields, TableValue, Value } from '../../trace/values.ts';

/** A table, or what stands for one, in a statement's FROM. */
export interface Source {
  /** The name columns are qualified with. */
  readonly name: string;
  readonly table: TableValue | null;
  /** What a subquery or CTE calls its columns; null for a plain table. */
  readonly fields: Fields | null;
}

/** A WITH query: a select that is read where it is used, or a write's rows, known by their first. */
export type Cte = { readonly select: SelectStmt } | { readonly fields: Fields };

/** What names and parameters of a statement stand for. */
export interface Scope {
  readonly machine: Machine;
  readonly node: ts.Node;
  readonly text: string;
  readonly params: readonly Value[];
  readonly sources: readonly Source[];
  readonly ctes: ReadonlyMap<string, Cte>;
  readonly outer: Scope | null;
  /** What a subquery in an expression says. */
  readonly subquery: (node: SubLink, scope: Scope) => Value;
}

const named = new WeakMap<Table, Table>();

/** A table as SQL has it: its columns go by their own names. */
export function sqlTable(table: Table): Table {
  const before = named.get(table);
  if (before) return before;
  const made = {
    ...table,
    columns: table.columns.map((column) => ({ ...column, property: column.name })),
  };
  named.set(table, made);
  return made;
}

/** The table of a name as written; a bare name is looked for in `public` first, then anywhere. */
export function tableOf(
  machine: Machine,
  { schema, name }: { schema: string | undefined; name: string | undefined },
): Table | undefined {
  const { tables } = machine.deps.schema;
  const found = schema
    ? tables.find((table) => table.schema === schema && table.name === name)
    : (tables.find((table) => table.id === name) ?? tables.find((table) => table.name === name));
  return found && sqlTable(found);
}

/** A column by its name, qualified or not; inner sources hide outer ones. */
export function columnNamed(
  scope: Scope,
  qualifier: string | undefined,
  name: string,
): Value | undefined {
  for (const source of scope.sources) {
    if (qualifier !== undefined && source.name !== qualifier) continue;
    const found = fieldOf(source, name);
    if (found) return found;
  }
  return scope.outer ? columnNamed(scope.outer, qualifier, name) : undefined;
}

function fieldOf({ table, fields }: Source, name: string): Value | undefined {
  if (fields) return fields.get(name);
  const column = table?.table.columns.find((each) => each.name === name);
  return column && table ? { kind: 'column', source: table.source, column } : undefined;
}

/** All columns of a source by name. */
export function fieldsOf(source: Source): Fields {
  if (source.fields) return source.fields;
  const columns = source.table?.table.columns ?? [];
  return new Map(
    columns.flatMap(({ name }): [string, Value][] => {
      const value = fieldOf(source, name);
      return value ? [[name, value]] : [];
    }),
  );
}
