import type { Constraint, IndexStmt, Node } from 'libpg-query';
import type { ForeignKey, Unique } from '../../../db/db.ts';
import { namesOf, textOfName } from '../../sql/parse.ts';
import { type Described, idOf, idOfRange, type Made, type Mutable } from './database.ts';
import { expressionFrom, inParentheses, startOf, type Text } from './slices.ts';

const ACTIONS: Readonly<Record<string, ForeignKey['onDelete']>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

interface On {
  readonly database: Described;
  readonly table: Made;
  readonly text: Text;
  /** The column a constraint is written behind. */
  readonly column?: string;
}

/** Adds a constraint under the name it has or PostgreSQL gives it. */
export function addConstraint(constraint: Constraint, on: On): void {
  const { table, column } = on;
  const own = column === undefined ? namesOf(constraint.keys) : [column];
  const name = (end: string) => constraint.conname ?? freeName(table, [table.name, ...own, end]);
  switch (constraint.contype) {
    case 'CONSTR_PRIMARY': {
      const columns = own.length > 0 ? own : indexed(table, constraint.indexname);
      table.primaryKey = { name: constraint.conname ?? `${table.name}_pkey`, columns };
      for (const each of table.columns) if (columns.includes(each.name)) each.nullable = false;
      return;
    }
    case 'CONSTR_UNIQUE':
      if (constraint.indexname !== undefined) return;
      table.uniques.push(uniqueOf(own, name('key'), constraint.nulls_not_distinct ?? false));
      return;
    case 'CONSTR_CHECK':
      table.checks.push(checkOf(constraint, on));
      return;
    case 'CONSTR_FOREIGN':
      table.foreignKeys.push(foreignKeyOf(constraint, on));
      return;
    default:
      return;
  }
}

function uniqueOf(columns: string[], name: string, nullsNotDistinct: boolean): Mutable<Unique> {
  return { name, columns, expressions: [], where: null, nullsNotDistinct };
}

function indexed(table: Made, name: string | undefined): string[] {
  const index = table.uniques.find((each) => each.name === name);
  table.uniques = table.uniques.filter((each) => each !== index);
  return index ? [...index.columns] : [];
}

/** The text of a CHECK; the name is that of the one column it speaks of. */
function checkOf(constraint: Constraint, { table, text, column }: On): Made['checks'][number] {
  const spoken = [...new Set(columnsIn(constraint.raw_expr))];
  const [only] = column === undefined ? (spoken.length === 1 ? spoken : []) : [column];
  const parts = only === undefined ? [table.name, 'check'] : [table.name, only, 'check'];
  return {
    name: constraint.conname ?? freeName(table, parts),
    expression: inParentheses(text, constraint.location ?? 0),
  };
}

function columnsIn(node: unknown): string[] {
  if (node === null || typeof node !== 'object') return [];
  if ('ColumnRef' in node) {
    const { fields } = node.ColumnRef as { fields?: Node[] };
    return [textOfName(fields?.at(-1))];
  }
  return Object.values(node).flatMap(columnsIn);
}

function foreignKeyOf(constraint: Constraint, { database, table, column }: On): ForeignKey {
  const columns = column === undefined ? namesOf(constraint.fk_attrs) : [column];
  const target = idOfRange(constraint.pktable);
  const written = namesOf(constraint.pk_attrs);
  const references =
    written.length > 0
      ? written
      : [...(database.tables.get(target)?.primaryKey?.columns ?? ['id'])];
  return {
    name: constraint.conname ?? freeName(table, [table.name, ...columns, 'fkey']),
    columns,
    table: target,
    references,
    onDelete: ACTIONS[constraint.fk_del_action ?? 'a'] ?? 'no action',
    deferrable: constraint.deferrable ?? false,
  };
}

function freeName(table: Made, parts: readonly string[]): string {
  const name = parts.join('_');
  const taken = new Set(
    [...table.uniques, ...table.foreignKeys, ...table.checks].map((each) => each.name),
  );
  if (!taken.has(name)) return name;
  let number = 1;
  while (taken.has(`${name}${number}`)) number += 1;
  return `${name}${number}`;
}

/** CREATE UNIQUE INDEX, partial and over expressions too. */
export function addIndex(index: IndexStmt, table: Made, text: Text): void {
  if (!index.unique) return;
  const elements = (index.indexParams ?? []).flatMap((each) =>
    'IndexElem' in each ? [each.IndexElem] : [],
  );
  const columns = elements.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const expressions = elements.flatMap(({ expr }) =>
    expr ? [expressionFrom(text, startOf(expr))] : [],
  );
  const parts = [table.name, ...elements.map(({ name }) => name ?? 'expr'), 'idx'];
  table.uniques.push({
    name: index.idxname ?? freeName(table, parts),
    columns,
    expressions,
    where: index.whereClause ? expressionFrom(text, startOf(index.whereClause)) : null,
    nullsNotDistinct: index.nulls_not_distinct ?? false,
  });
}

/** Drops whatever of a table goes by a constraint's or index's name. */
export function dropNamed(table: Made, name: string): void {
  if (table.primaryKey?.name === name) table.primaryKey = null;
  table.uniques = table.uniques.filter((each) => each.name !== name);
  table.foreignKeys = table.foreignKeys.filter((each) => each.name !== name);
  table.checks = table.checks.filter((each) => each.name !== name);
}

/** Constraints that speak of a column go with it. */
export function dropColumn(table: Made, name: string): void {
  table.columns = table.columns.filter((each) => each.name !== name);
  if (table.primaryKey?.columns.includes(name)) table.primaryKey = null;
  table.uniques = table.uniques.filter((each) => !each.columns.includes(name));
  table.foreignKeys = table.foreignKeys.filter((each) => !each.columns.includes(name));
  table.checks = table.checks.filter(
    (each) => !new RegExp(`\\b${escaped(name)}\\b`).test(each.expression),
  );
}

function escaped(name: string): string {
  return name.replace(/[^\w]/g, '\\$&');
}

/** A table or column goes by another name, in what points at it too. */
export function rename(
  database: Described,
  table: Made,
  { column, to }: { column?: string | undefined; to: string },
): void {
  const before = idOf(table.schema, table.name);
  const swap = (names: readonly string[]) => names.map((each) => (each === column ? to : each));
  for (const other of database.tables.values()) {
    for (const key of other.foreignKeys) {
      if (key.table !== before) continue;
      if (column === undefined) key.table = idOf(table.schema, to);
      else key.references = swap(key.references);
    }
  }
  if (column === undefined) {
    database.tables.delete(before);
    table.name = to;
    database.tables.set(idOf(table.schema, to), table);
    return;
  }
  for (const each of table.columns) {
    if (each.name === column) Object.assign(each, { name: to, property: to });
  }
  if (table.primaryKey) table.primaryKey.columns = swap(table.primaryKey.columns);
  for (const each of [...table.uniques, ...table.foreignKeys]) each.columns = swap(each.columns);
}
