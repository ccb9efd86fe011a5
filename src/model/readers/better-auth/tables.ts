import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { runSql } from '../../queries/sql/run.ts';
import { databaseError } from '../../trace/errors.ts';
import type { Machine } from '../../trace/machine.ts';
import { stringOf, UNDEFINED, unknown, type Value } from '../../trace/values.ts';

/** One of better-auth's models as the app keeps it. */
export interface Kept {
  readonly model: ModelName;
  readonly table: Table;
  /** A column by better-auth's own name for it or the one the options give it; undefined where the app has none. */
  readonly column: (field: string) => string | undefined;
}

export type ModelName = 'user' | 'session' | 'account';

/** The table of a model: as the options name it, else by its own name or its plural. */
export function keptAs(
  machine: Machine,
  options: Value,
  { model, node }: { readonly model: ModelName; readonly node: ts.Node },
): Kept | undefined {
  const of = (value: Value, name: string) =>
    value.kind === 'object' ? machine.get(value, name, node) : UNDEFINED;
  const group = of(options, model);
  const named = stringOf(of(group, 'modelName'));
  const table = tableNamed(machine, named === undefined ? [model, `${model}s`] : [named]);
  if (!table) return undefined;
  const fields = of(group, 'fields');
  const column = (field: string) => {
    const known = stringOf(of(fields, field)) ?? field;
    return table.columns.find(
      ({ name, property }) => plain(name) === plain(known) || property === known,
    )?.name;
  };
  return { model, table, column };
}

/** As the database names it, else as the code does: a model of Prisma's is there by its name in lower case. */
function tableNamed(machine: Machine, names: readonly string[]): Table | undefined {
  const { tables } = machine.deps.schema;
  const by = (is: (table: Table, name: string) => boolean) =>
    names.flatMap((name) => tables.find((each) => is(each, name)) ?? [])[0];
  return (
    by((each, name) => each.name === name) ??
    by(({ property }, name) => property.toLowerCase() === name.toLowerCase())
  );
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

/** Runs a statement about tables of the app; `$1`, `$2`, … stand for the parameters. */
export function query(
  machine: Machine,
  { text, params, node }: { text: string; params: readonly Value[]; node: ts.Node },
): Value {
  const done = runSql(machine, { text, params, node, error: databaseError });
  return !done || done.kind === 'nothing' ? UNDEFINED : done;
}

/** The first row of a table where a field is a value, and not yet past where it expires. */
export function rowWhere(
  machine: Machine,
  kept: Kept,
  { field, value, node }: { readonly field: string; readonly value: Value; readonly node: ts.Node },
): Value {
  const by = kept.column(field);
  const until = kept.column('expiresAt');
  const fresh = kept.model === 'session' && until ? ` AND "${until}" > now()` : '';
  if (by === undefined) return unknown(`the ${kept.model} by its ${field}`);
  const text = `SELECT * FROM ${nameOf(kept)} WHERE "${by}" = $1${fresh} LIMIT 1`;
  return machine.get(query(machine, { text, params: [value], node }), '0', node);
}

/** Inserts a row: fields the app has no column for are left out. */
export function insert(
  machine: Machine,
  kept: Kept,
  {
    fields,
    node,
  }: { readonly fields: readonly (readonly [string, Value])[]; readonly node: ts.Node },
): Value {
  const known = fields.flatMap(([field, value]) => {
    const column = kept.column(field);
    return column === undefined ? [] : [{ column, value }];
  });
  const columns = known.map(({ column }) => `"${column}"`).join(', ');
  const marks = known.map((_, index) => `$${index + 1}`).join(', ');
  const text = `INSERT INTO ${nameOf(kept)} (${columns}) VALUES (${marks}) RETURNING *`;
  const rows = query(machine, { text, params: known.map(({ value }) => value), node });
  return machine.get(rows, '0', node);
}

function nameOf({ table }: Kept): string {
  return `"${table.schema}"."${table.name}"`;
}

/** A row with better-auth's names for its columns. */
export function named(machine: Machine, kept: Kept, row: Value): Value {
  return {
    kind: 'special',
    name: kept.table.name,
    get: (field, node) => machine.get(row, propertyOf(kept, field), node),
  };
}

function propertyOf({ column }: Kept, field: string): string {
  return column(field) ?? field;
}
