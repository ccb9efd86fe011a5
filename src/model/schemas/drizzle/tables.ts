import type * as z from 'zod';
import type { Check, Column, ForeignKey, Table, Unique } from '../../../db/db.ts';
import type { Machine, Value } from '../../static/value.ts';
import { native, nativeOf } from '../../static/value.ts';
import {
  type ColumnNative,
  type ConstraintNative,
  isDrizzle,
  type TableNative,
} from './natives.ts';

/** How columns without a written name are called in the database. */
export type Casing = (property: string) => string;

export interface Naming {
  readonly machine: Machine;
  readonly casing: Casing;
}

/** A finished table in the shape every schema reader gives. */
export function finishTable(of: TableNative, property: string, naming: Naming): Table {
  const columns = [...of.columns.values()];
  const constraints = constraintsOf(of, naming.machine);
  const kind = (wanted: ConstraintNative['kind']) =>
    constraints.filter((one) => one.kind === wanted);
  const names = (values: readonly Value[]) => namesOf(values, naming);
  const inline = columns.filter((one) => one.primaryKey).map((one) => sqlName(one, naming));
  return {
    id: tableId(of),
    schema: of.schema,
    name: of.name,
    property,
    columns: columns.map((one) => finishColumn(one, naming)),
    primaryKey: inline.length > 0 ? inline : kind('primaryKey').flatMap(({ on }) => names(on)),
    uniques: [
      ...columns.flatMap((one) => inlineUnique(one, naming)),
      ...kind('unique').map((one) => uniqueOf(one, naming)),
    ],
    foreignKeys: [
      ...columns.flatMap((one) => inlineForeignKey(one, naming)),
      ...kind('foreignKey').flatMap((one) => foreignKeyOf(one, naming)),
    ],
    checks: kind('check').map((one) => checkOf(one, naming)),
    triggers: null,
  };
}

export function tableId(of: Pick<TableNative, 'schema' | 'name'>): string {
  return of.schema === 'public' ? of.name : `${of.schema}.${of.name}`;
}

/** The SQL names of the columns among values. */
export function namesOf(values: readonly Value[], naming: Naming): string[] {
  return values.flatMap((value) => {
    const found = nativeOf(value);
    return isDrizzle(found) && found.type === 'drizzle.column' ? [sqlName(found, naming)] : [];
  });
}

export function sqlName(of: ColumnNative, { casing }: Naming): string {
  return of.name ?? casing(of.property);
}

function finishColumn(of: ColumnNative, naming: Naming): Column {
  return {
    name: sqlName(of, naming),
    property: of.property,
    type: of.array ? `${of.sqlType}[]` : of.sqlType,
    nullable: !of.notNull,
    array: of.array,
    maxLength: of.maxLength,
    values: of.values ? [...of.values] : null,
    default: defaultOf(of, naming),
  };
}

function defaultOf(of: ColumnNative, naming: Naming): Column['default'] {
  const given = of.default;
  if (!given) return { kind: 'none' };
  if (given.kind === 'sequence') {
    const table = of.table?.name ?? '';
    return { kind: 'expression', text: `nextval('${table}_${sqlName(of, naming)}_seq')` };
  }
  if (given.kind !== 'value') return given;
  const found = nativeOf(given.value);
  if (isDrizzle(found) && found.type === 'drizzle.sql') {
    return { kind: 'expression', text: sqlText(given.value, naming) };
  }
  const value = jsonOf(given.value);
  if (value !== undefined) return { kind: 'literal', value };
  return { kind: 'expression', text: given.value.origin?.expression.getText() ?? '?' };
}

function inlineUnique(of: ColumnNative, naming: Naming): Unique[] {
  if (!of.unique) return [];
  return [{ ...of.unique, columns: [sqlName(of, naming)], expressions: [], where: null }];
}

function inlineForeignKey(of: ColumnNative, naming: Naming): ForeignKey[] {
  const { references } = of;
  if (!references) return [];
  const { machine } = naming;
  const to = references.to.kind === 'function' ? machine.invoke(references.to, []) : references.to;
  const constraint = { name: null, on: [native(of)], to: [to], onDelete: references.onDelete };
  return foreignKeyOf(constraint, naming);
}

function foreignKeyOf(
  of: Pick<ConstraintNative, 'name' | 'on' | 'to' | 'onDelete'>,
  naming: Naming,
): ForeignKey[] {
  const target = of.to.map(nativeOf).find(isDrizzle);
  if (target?.type !== 'drizzle.column' || !target.table) return [];
  return [
    {
      name: of.name,
      columns: namesOf(of.on, naming),
      table: tableId(target.table),
      references: namesOf(of.to, naming),
      onDelete: ACTIONS.find((action) => action === of.onDelete) ?? 'no action',
      deferrable: false,
    },
  ];
}

const ACTIONS = ['no action', 'restrict', 'cascade', 'set null', 'set default'] as const;

function uniqueOf(of: ConstraintNative, naming: Naming): Unique {
  const expressions = of.on.filter((value) => nativeOf(value)?.type === 'drizzle.sql');
  return {
    name: of.name,
    columns: namesOf(of.on, naming),
    expressions: expressions.map((value) => sqlText(value, naming)),
    where: of.where ? sqlText(of.where, naming) : null,
    nullsNotDistinct: of.nullsNotDistinct,
  };
}

function checkOf(of: ConstraintNative, naming: Naming): z.infer<typeof Check> {
  return { name: of.name, expression: of.where ? sqlText(of.where, naming) : '?' };
}

function constraintsOf(of: TableNative, machine: Machine): ConstraintNative[] {
  if (of.extras?.kind !== 'function') return [];
  const made = machine.invoke(of.extras, [native(of)]);
  const items =
    made.kind === 'list' ? made.items : made.kind === 'object' ? [...made.entries.values()] : [];
  return items
    .map(nativeOf)
    .filter(isDrizzle)
    .filter((one) => one.type === 'drizzle.constraint');
}

/** What a fragment says in SQL, with columns by their names; `?` for what is not known. */
function sqlText(value: Value, naming: Naming): string {
  const found = nativeOf(value);
  if (isDrizzle(found) && found.type === 'drizzle.sql') {
    return found.parts
      .map((part) => (typeof part === 'string' ? part : sqlText(part, naming)))
      .join('')
      .replace(/\s+/g, ' ')
      .trim();
  }
  if (isDrizzle(found) && found.type === 'drizzle.column') return sqlName(found, naming);
  if (isDrizzle(found) && found.type === 'drizzle.table') return found.name;
  if (value.kind !== 'literal') return '?';
  return typeof value.value === 'string'
    ? `'${value.value.replaceAll("'", "''")}'`
    : String(value.value);
}

function jsonOf(value: Value): z.core.util.JSONType | undefined {
  if (value.kind === 'literal') return value.value === undefined ? null : value.value;
  if (value.kind === 'list' && !value.open.value) {
    const items = value.items.map(jsonOf).filter((item) => item !== undefined);
    return items.length === value.items.length ? items : undefined;
  }
  if (value.kind !== 'object' || value.open.value || value.of) return undefined;
  const entries = [...value.entries].map(([key, item]) => [key, jsonOf(item)] as const);
  if (entries.some(([, item]) => item === undefined)) return undefined;
  return Object.fromEntries(entries) as Record<string, z.core.util.JSONType>;
}
