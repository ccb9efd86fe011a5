import type {
  DeleteStmt,
  InsertStmt,
  Node,
  OnConflictClause,
  RangeVar,
  UpdateStmt,
} from 'libpg-query';
import type { Table } from '../../../db/db.ts';
import { textOfName } from '../../sql/parse.ts';
import { arrayOf, arrayOfAll } from '../../trace/composites.ts';
import { firstOf } from '../../trace/lists.ts';
import { object } from '../../trace/terms.ts';
import { type Fields, UNDEFINED, type Value } from '../../trace/values.ts';
import type { Change } from '../change.ts';
import { execute, type Join } from '../select.ts';
import { sqlValue } from '../terms.ts';
import { write } from '../write.ts';
import { condition, expression } from './expression.ts';
import { selectOf, sourcesOf, targetsOf } from './select.ts';
import { type Scope, type Source, tableOf } from './sources.ts';

type Failing = Pick<Change, 'error'>;

interface Target {
  readonly table: Table;
  readonly source: Source;
}

export function targetOf(range: RangeVar | undefined, { machine }: Scope): Target | undefined {
  const table = tableOf(machine, { schema: range?.schemaname, name: range?.relname });
  if (!table) return undefined;
  const name = range?.alias?.aliasname ?? table.name;
  return {
    table,
    source: { name, table: { kind: 'table', table, source: table.id }, fields: null },
  };
}

/** INSERT; undefined where the table is not known. */
export function insertRows(stmt: InsertStmt, scope: Scope, { error }: Failing): Value | undefined {
  const target = targetOf(stmt.relation, scope);
  if (!target) return undefined;
  const { table, source } = target;
  const own: Scope = { ...scope, sources: [source] };
  const names = (stmt.cols ?? []).map((col) =>
    'ResTarget' in col ? (col.ResTarget.name ?? '') : '',
  );
  const columns = names.length > 0 ? names : table.columns.map(({ name }) => name);
  const rows = write(scope.machine, {
    kind: 'insert',
    table,
    values: rowsOf(stmt.selectStmt, columns, scope),
    where: [],
    returning: UNDEFINED,
    onConflict: onConflict(stmt.onConflictClause),
    node: scope.node,
    error,
  });
  return returned(rows, stmt.returningClause?.exprs, own);
}

function onConflict(clause: OnConflictClause | undefined): Change['onConflict'] {
  if (clause?.action === 'ONCONFLICT_NOTHING') return 'nothing';
  return clause?.action === 'ONCONFLICT_UPDATE' ? 'update' : 'throw';
}

function rowsOf(node: Node | undefined, columns: readonly string[], scope: Scope): Value {
  const stmt = node && 'SelectStmt' in node ? node.SelectStmt : undefined;
  if (!stmt) return arrayOf([{ value: object(), when: null }]);
  if (stmt.valuesLists) {
    const lists = stmt.valuesLists.map((list) => ('List' in list ? (list.List.items ?? []) : []));
    return arrayOfAll(lists.map((items) => rowOf(items, columns, scope)));
  }
  const built = selectOf(stmt, scope);
  const { machine } = scope;
  const read = built && execute(machine, built.state, { node: scope.node, outer: () => undefined });
  const first = read?.kind === 'list' ? firstOf(read) : undefined;
  const values = first
    ? (built?.columns ?? []).map((name) => machine.get(first, name, scope.node))
    : [...targetsOf(stmt.targetList ?? [], withSources(stmt.fromClause, scope)).values()];
  const fields = columns.flatMap((name, index): [string, Value][] => {
    const value = values[index];
    return value ? [[name, value]] : [];
  });
  return arrayOf([{ value: object(fields), when: null }]);
}

function withSources(from: readonly Node[] | undefined, scope: Scope): Scope {
  return { ...scope, sources: sourcesOf(from ?? [], scope)?.sources ?? [] };
}

function rowOf(items: readonly Node[], columns: readonly string[], scope: Scope): Value {
  return object(
    items.flatMap((item, index): [string, Value][] => {
      const name = columns[index];
      return name === undefined || 'SetToDefault' in item ? [] : [[name, expression(item, scope)]];
    }),
  );
}

/** UPDATE and DELETE; undefined where a table is not known. */
export function changeRows(
  stmt: { readonly update: UpdateStmt } | { readonly remove: DeleteStmt },
  scope: Scope,
  { error }: Failing,
): Value | undefined {
  const plain = 'update' in stmt ? stmt.update : stmt.remove;
  const target = targetOf(plain.relation, scope);
  const from = 'update' in stmt ? stmt.update.fromClause : stmt.remove.usingClause;
  const beside = sourcesOf(from ?? [], scope);
  if (!target || !beside) return undefined;
  const own: Scope = { ...scope, sources: [target.source, ...beside.sources] };
  const [first] = beside.sources;
  const joined: Join[] = first?.table
    ? [{ table: first.table, inner: true, on: undefined }, ...beside.joins]
    : [];
  const where = plain.whereClause ? [condition(plain.whereClause, own)] : [];
  const returning = plain.returningClause?.exprs;
  const rows = write(scope.machine, {
    kind: 'update' in stmt ? 'update' : 'delete',
    table: target.table,
    values: 'update' in stmt ? setOf(stmt.update.targetList ?? [], own) : null,
    joins: joined,
    where: [...where, ...beside.where],
    returning: returning ? UNDEFINED : null,
    onConflict: 'throw',
    node: scope.node,
    error,
  });
  return returned(rows, returning, own);
}

function setOf(targets: readonly Node[], scope: Scope): Value {
  return object(
    targets.flatMap((target): [string, Value][] => {
      if (!('ResTarget' in target) || target.ResTarget.name === undefined) return [];
      return [[target.ResTarget.name, expression(target.ResTarget.val, scope)]];
    }),
  );
}

/** Rows as RETURNING names their columns; a bare column is there already. */
export function returned(rows: Value, targets: readonly Node[] | undefined, scope: Scope): Value {
  if (!targets || targets.every(isBare)) return rows;
  const named = [...targetsOf(targets, scope)];
  const [source] = scope.sources;
  const rename = (row: Value): Value => {
    if (row.kind !== 'row') return row;
    const bind = (each: string) => (each === source?.table?.source ? row.id : undefined);
    const made: Fields = new Map(
      named.map(([name, value]): [string, Value] => [
        name,
        row.fields.get(name) ?? sqlValue(value, bind),
      ]),
    );
    return { ...row, fields: new Map([...row.fields, ...made]) };
  };
  if (rows.kind === 'list') return { ...rows, element: (id) => rename(rows.element(id)) };
  if (rows.kind !== 'array') return rows;
  return arrayOf(rows.items.value.map((item) => ({ ...item, value: rename(item.value) })));
}

function isBare(target: Node): boolean {
  if (!('ResTarget' in target) || target.ResTarget.name !== undefined) return false;
  const { val } = target.ResTarget;
  return (
    val !== undefined && 'ColumnRef' in val && textOfName(val.ColumnRef.fields?.at(-1)) !== '?'
  );
}
