import type { A_Expr_Kind, JoinType, Node, SelectStmt } from 'libpg-query';
import { parseSql } from '../../sql/parse.ts';
import type { Machine } from '../../trace/machine.ts';
import { unknown, type Value } from '../../trace/values.ts';

/*
 * SQL as query builders put it together: the same trees that PostgreSQL's grammar makes of a text, with
 * values of the handler as numbered parameters.
 */

const given = new WeakMap<Machine, Value[]>();

/** What the parameters of this trace's built statements stand for. */
export function paramsOf(machine: Machine): Value[] {
  const params = given.get(machine) ?? [];
  given.set(machine, params);
  return params;
}

/** A value of the handler where SQL takes an expression or a condition. */
export function param(machine: Machine, value: Value): Node {
  const params = paramsOf(machine);
  params.push(value);
  return { ParamRef: { number: params.length } };
}

export function column(path: readonly string[]): Node {
  return { ColumnRef: { fields: path.map(text) } };
}

/** `*`, or `table.*`. */
export function star(table?: string): Node {
  const fields = [...(table === undefined ? [] : [text(table)]), { A_Star: {} }];
  return target({ ColumnRef: { fields } });
}

export function target(value: Node, name?: string): Node {
  return { ResTarget: { val: value, ...(name === undefined ? {} : { name }) } };
}

function text(value: string): Node {
  return { String: { sval: value } };
}

/** A table by its name, which may carry a schema. */
export function table(path: string, alias?: string): Node {
  const [name = '', schema] = path.split('.').reverse();
  return {
    RangeVar: {
      relname: name,
      ...(schema === undefined ? {} : { schemaname: schema }),
      ...(alias === undefined ? {} : { alias: { aliasname: alias } }),
    },
  };
}

export function derived(select: SelectStmt, alias: string, lateral = false): Node {
  const subquery = { SelectStmt: select };
  return { RangeSubselect: { subquery, alias: { aliasname: alias }, lateral } };
}

export function join([left, right]: readonly [Node, Node], on: Node | null, type: JoinType): Node {
  return {
    JoinExpr: { jointype: type, larg: left, rarg: right, ...(on ? { quals: on } : {}) },
  };
}

export function and(parts: readonly Node[]): Node {
  return connected('AND_EXPR', parts);
}

export function or(parts: readonly Node[]): Node {
  return connected('OR_EXPR', parts);
}

function connected(boolop: 'AND_EXPR' | 'OR_EXPR', parts: readonly Node[]): Node {
  const [only] = parts;
  return only && parts.length === 1 ? only : { BoolExpr: { boolop, args: [...parts] } };
}

export function negated(part: Node): Node {
  return { BoolExpr: { boolop: 'NOT_EXPR', args: [part] } };
}

export function exists(select: SelectStmt): Node {
  return { SubLink: { subLinkType: 'EXISTS_SUBLINK', subselect: { SelectStmt: select } } };
}

/** A subquery's one value. */
export function scalar(select: SelectStmt): Node {
  return { SubLink: { subLinkType: 'EXPR_SUBLINK', subselect: { SelectStmt: select } } };
}

export function call(name: string, args: readonly Node[]): Node {
  const funcname = name.split('.').map(text);
  return { FuncCall: { funcname, args: [...args] } };
}

/** `count(*)`. */
export function countAll(): Node {
  return { FuncCall: { funcname: [text('count')], agg_star: true } };
}

const KINDS: Readonly<Record<string, readonly [A_Expr_Kind, string]>> = {
  '==': ['AEXPR_OP', '='],
  like: ['AEXPR_LIKE', '~~'],
  'not like': ['AEXPR_LIKE', '!~~'],
  ilike: ['AEXPR_ILIKE', '~~*'],
  'not ilike': ['AEXPR_ILIKE', '!~~*'],
  in: ['AEXPR_OP_ANY', '='],
  'not in': ['AEXPR_OP_ALL', '<>'],
  is: ['AEXPR_NOT_DISTINCT', '='],
  'is not': ['AEXPR_DISTINCT', '='],
  'is distinct from': ['AEXPR_DISTINCT', '='],
  'is not distinct from': ['AEXPR_NOT_DISTINCT', '='],
};

/** `left operator right`, by the operator's spelling in SQL. */
export function operation(left: Node, operator: string, right: Node): Node {
  const name = operator.trim().toLowerCase().replace(/\s+/g, ' ');
  const inside = 'SubLink' in right ? right.SubLink.subselect : undefined;
  if (inside && /^(not )?in$/.test(name)) {
    const any: Node = {
      SubLink: { subLinkType: 'ANY_SUBLINK', testexpr: left, subselect: inside },
    };
    return name === 'in' ? any : negated(any);
  }
  const [kind, op] = KINDS[name] ?? (['AEXPR_OP', name] as const);
  return { A_Expr: { kind, name: [text(op)], lexpr: left, rexpr: right } };
}

/** A piece of SQL: text, a value, or an expression built elsewhere. */
export type Piece = string | { readonly value: Value } | { readonly node: Node };

/** The statements that pieces make together; null where they are no SQL. */
export function parsed(machine: Machine, pieces: readonly Piece[]): Node[] | null {
  const built = new Map<number, Node>();
  const whole = pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const made = 'value' in piece ? param(machine, piece.value) : param(machine, unknown('sql'));
      const number = 'ParamRef' in made ? (made.ParamRef.number ?? 0) : 0;
      if ('node' in piece) built.set(number, piece.node);
      return `$${number}`;
    })
    .join('');
  return parseSql(whole)?.map(({ node }) => filled(node, built)) ?? null;
}

/** What pieces say as one expression. */
export function parsedExpression(machine: Machine, pieces: readonly Piece[]): Node | undefined {
  const [statement] = parsed(machine, ['SELECT (', ...pieces, ')']) ?? [];
  const [only] =
    statement && 'SelectStmt' in statement ? (statement.SelectStmt.targetList ?? []) : [];
  return only && 'ResTarget' in only ? only.ResTarget.val : undefined;
}

/** A tree with expressions in place of their parameters. */
function filled(tree: Node, built: ReadonlyMap<number, Node>): Node {
  if (built.size === 0) return tree;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object') return value;
    const number = 'ParamRef' in value ? numberOf(value.ParamRef) : undefined;
    const own = number === undefined ? undefined : built.get(number);
    if (own) return own;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item)]));
  };
  return walk(tree) as Node;
}

function numberOf(reference: unknown): number | undefined {
  const isObject = typeof reference === 'object' && reference !== null && 'number' in reference;
  return isObject && typeof reference.number === 'number' ? reference.number : undefined;
}
