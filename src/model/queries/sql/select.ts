import type { JoinExpr, Node, RangeVar, ResTarget, SelectStmt } from 'libpg-query';
import { namesOf, textOfName } from '../../sql/parse.ts';
import { object } from '../../trace/terms.ts';
import { type Fields, type TableValue, unknown, type Value } from '../../trace/values.ts';
import { EMPTY, type Join, type Select } from '../select.ts';
import { condition, expression, opaque } from './expression.ts';
import { fieldsOf, type Scope, type Source, tableOf } from './sources.ts';

/** A SELECT in the shape queries have here, and the names of its columns. */
export interface Built {
  readonly state: Select;
  readonly scope: Scope;
  readonly columns: readonly string[];
}

interface From {
  readonly sources: Source[];
  readonly joins: Join[];
  readonly where: Value[];
}

/** Null where it reads what we can't follow: set operations, functions as tables, unknown tables. */
export function selectOf(stmt: SelectStmt, around: Scope): Built | null {
  if (stmt.op !== undefined && stmt.op !== 'SETOP_NONE') return null;
  const from = sourcesOf(stmt.fromClause ?? [], around);
  const [first] = from?.sources ?? [];
  if (!from || !first?.table) return null;
  const scope: Scope = { ...around, sources: from.sources };
  const targets = targetsOf(stmt.targetList ?? [], scope);
  const alone = from.sources.length === 1 && !first.fields;
  const whole = alone && isStar(stmt.targetList ?? [], first.name);
  const state: Select = {
    ...EMPTY,
    fields: whole ? null : object(targets),
    from: first.table,
    joins: from.joins,
    where: [...from.where, ...(stmt.whereClause ? [condition(stmt.whereClause, scope)] : [])],
    limit: stmt.limitCount ? expression(stmt.limitCount, scope) : null,
    offset: stmt.limitOffset ? expression(stmt.limitOffset, scope) : null,
    groups: stmt.groupClause?.length
      ? stmt.groupClause.map((each) => expression(each, scope))
      : null,
    node: around.node,
  };
  return { state, scope, columns: [...targets.keys()] };
}

/** Whether it sums up whatever it reads: `select count(*) from t`, of which there is one row even where there is none of t. */
export function givesOneRow(stmt: SelectStmt): boolean {
  const { targetList = [], groupClause, havingClause, limitCount, limitOffset, op } = stmt;
  if (op !== 'SETOP_NONE' || groupClause?.length || havingClause || limitCount || limitOffset)
    return false;
  return targetList.length > 0 && targetList.every(isSum);
}

function isSum(node: Node): boolean {
  if ('ResTarget' in node) return node.ResTarget.val !== undefined && isSum(node.ResTarget.val);
  if ('TypeCast' in node) return node.TypeCast.arg !== undefined && isSum(node.TypeCast.arg);
  if (!('FuncCall' in node) || node.FuncCall.over) return false;
  return SUMS.test(textOfName(node.FuncCall.funcname?.at(-1)));
}

const SUMS = /^(count|sum|min|max|avg|bool_and|bool_or|every|array_agg|string_agg|jsonb?_agg)$/;

/** `*`, or `t.*` of the only table there is. */
function isStar(targets: readonly Node[], name: string): boolean {
  const [only] = targets;
  const star = targets.length === 1 && only !== undefined ? starOf(only) : undefined;
  return star === '' || star === name;
}

/** The qualifier of `x.*`, empty for `*`; undefined for any other column. */
function starOf(target: Node): string | undefined {
  const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (!value || !('ColumnRef' in value)) return undefined;
  const fields = value.ColumnRef.fields ?? [];
  const last = fields.at(-1);
  return last && 'A_Star' in last ? textOfName(fields.at(-2)) : undefined;
}

/** The columns a target list makes, by name. */
export function targetsOf(targets: readonly Node[], scope: Scope): Fields {
  const made = new Map<string, Value>();
  for (const target of targets) {
    const star = starOf(target);
    if (star !== undefined) {
      const of = scope.sources.filter((source) => star === '' || source.name === star);
      for (const source of of) for (const [name, value] of fieldsOf(source)) made.set(name, value);
    } else if ('ResTarget' in target) {
      const name = nameOf(target.ResTarget);
      const unnamed = name === '?column?' && made.has(name);
      made.set(unnamed ? `${name}${made.size}` : name, expression(target.ResTarget.val, scope));
    }
  }
  return made;
}

/** The name PostgreSQL gives a column. */
function nameOf({ name, val }: ResTarget): string {
  if (name !== undefined) return name;
  if (!val) return '?column?';
  if ('ColumnRef' in val) return namesOf(val.ColumnRef.fields).at(-1) ?? '?column?';
  if ('FuncCall' in val) return textOfName(val.FuncCall.funcname?.at(-1));
  if ('CoalesceExpr' in val) return 'coalesce';
  if ('TypeCast' in val) return nameOf(val.TypeCast.arg ? { val: val.TypeCast.arg } : {});
  if ('SubLink' in val) return val.SubLink.subLinkType === 'EXISTS_SUBLINK' ? 'exists' : '?column?';
  return '?column?';
}

/** What a FROM (or USING) list names; null where a part can't be followed. */
export function sourcesOf(nodes: readonly Node[], around: Scope): From | null {
  const from: From = { sources: [], joins: [], where: [] };
  return nodes.every((node) => addNode(from, node, { around, inner: true })) ? from : null;
}

interface Adding {
  readonly around: Scope;
  readonly inner: boolean;
}

function addNode(from: From, node: Node, adding: Adding): boolean {
  if ('RangeVar' in node) return addSource(from, rangeVar(from, node.RangeVar, adding), adding);
  if ('JoinExpr' in node) return addJoin(from, node.JoinExpr, adding);
  if (!('RangeSubselect' in node)) return false;
  const { alias, subquery, lateral = false } = node.RangeSubselect;
  if (!subquery || !('SelectStmt' in subquery)) return false;
  const inner = { name: alias?.aliasname ?? '', stmt: subquery.SelectStmt, lateral };
  return addSource(from, subselect(from, inner, adding), adding);
}

function addSource(from: From, source: Source | null, { inner }: Adding): boolean {
  if (!source) return false;
  if (source.table && from.sources.length > 0)
    from.joins.push({ table: source.table, inner, on: undefined });
  from.sources.push(source);
  return true;
}

function addJoin(from: From, join: JoinExpr, { around, inner }: Adding): boolean {
  const kept = inner && join.jointype === 'JOIN_INNER';
  if (!join.larg || !addNode(from, join.larg, { around, inner })) return false;
  const before = from.joins.length;
  if (!join.rarg || !addNode(from, join.rarg, { around, inner: kept })) return false;
  const scope: Scope = { ...around, sources: from.sources };
  const on = join.quals ? condition(join.quals, scope) : using(join, scope);
  const last = from.joins.at(-1);
  if (!on || !last || from.joins.length === before) return true;
  from.joins[from.joins.length - 1] = { ...last, on };
  return true;
}

/** `USING (a, b)`: the columns of that name on both sides are equal. */
function using({ usingClause }: JoinExpr, scope: Scope): Value | undefined {
  const names = namesOf(usingClause);
  const [left, right] = [scope.sources.at(-2), scope.sources.at(-1)];
  if (names.length === 0 || !left || !right) return undefined;
  const parts = names.map(
    (name): Node => ({
      A_Expr: {
        kind: 'AEXPR_OP',
        name: [{ String: { sval: '=' } }],
        lexpr: column(left.name, name),
        rexpr: column(right.name, name),
      },
    }),
  );
  return condition({ BoolExpr: { boolop: 'AND_EXPR', args: parts } }, scope);
}

function column(qualifier: string, name: string): Node {
  return { ColumnRef: { fields: [{ String: { sval: qualifier } }, { String: { sval: name } }] } };
}

/** A table in FROM under its alias. */
export function tableSource(range: RangeVar, { machine }: Scope): Source | null {
  const alias = range.alias?.aliasname;
  const table = tableOf(machine, { schema: range.schemaname, name: range.relname });
  if (!table) return null;
  const value: TableValue = { kind: 'table', table, source: alias ?? table.id };
  return { name: alias ?? table.name, table: value, fields: null };
}

function rangeVar(from: From, range: RangeVar, adding: Adding): Source | null {
  const { relname = '', alias } = range;
  const cte = range.schemaname ? undefined : adding.around.ctes.get(relname);
  if (!cte) return tableSource(range, adding.around);
  const name = alias?.aliasname ?? relname;
  if ('fields' in cte) return { name, table: null, fields: cte.fields };
  return subselect(from, { name, stmt: cte.select, lateral: false }, adding);
}

interface Inner {
  readonly name: string;
  readonly stmt: SelectStmt;
  readonly lateral: boolean;
}

/**
 * A subquery in FROM. A plain one comes first: its tables, joins and conditions become those of the query
 * around it. Of any other its columns are unknown, and where it must have a row that is an opaque condition.
 */
function subselect(from: From, { name, stmt, lateral }: Inner, adding: Adding): Source | null {
  const { around, inner } = adding;
  const outer = lateral ? { ...around, sources: from.sources } : around.outer;
  const built = selectOf(stmt, { ...around, sources: [], outer });
  if (!built) return null;
  const { state, scope } = built;
  const plain = !state.groups && !state.limit && state.from;
  if (plain && from.sources.length === 0) {
    from.joins.push(...state.joins);
    from.where.push(...state.where);
    const [first = { name, table: state.from, fields: null }] = scope.sources;
    const fields = state.fields?.kind === 'object' ? state.fields.fields.value : fieldsOf(first);
    return { name, table: state.from, fields };
  }
  if (from.sources.length === 0) return null;
  if (inner) from.where.push(opaque(`${name} has a row`, scope));
  const fields = built.columns.map((each) => [each, unknown(`${name}.${each}`)] as const);
  return { name, table: null, fields: new Map(fields) };
}
