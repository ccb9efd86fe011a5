import type { A_Expr, FuncCall, Node, TypeCast } from 'libpg-query';
import { SQL_OPS, type Term } from '../../../condition/condition.ts';
import { constantOf, namesOf, textOfName } from '../../sql/parse.ts';
import { arrayOfAll } from '../../trace/composites.ts';
import { all, atom, FALSE, type Formula, not, some, TRUE } from '../../trace/formula.ts';
import { placeAt } from '../../trace/source.ts';
import { type Bind, literal, literalOf, typed, unknown, type Value } from '../../trace/values.ts';
import {
  aggregate,
  comparison,
  isAggregate,
  lowered,
  membership,
  sqlFormula,
  sqlTerm,
} from '../terms.ts';
import { intervalTerm } from './interval.ts';
import { columnNamed, type Scope } from './sources.ts';

type Kind<K> = Extract<Node, Record<K & string, unknown>>;

/** What a SQL expression says, in the vocabulary of queries; unknown where we have no word for it. */
export function expression(node: Node | undefined, scope: Scope): Value {
  if (!node) return unknown('nothing');
  if ('ColumnRef' in node) return columnRef(node, scope);
  if ('ParamRef' in node) return scope.params[(node.ParamRef.number ?? 1) - 1] ?? unknown('$?');
  if ('A_Const' in node) return literal(constantOf(node) ?? null);
  if ('TypeCast' in node) return cast(node.TypeCast, scope);
  if ('A_Expr' in node) return operation(node.A_Expr, scope);
  if ('FuncCall' in node) return functionCall(node.FuncCall, scope);
  if ('CoalesceExpr' in node) return coalesced(node.CoalesceExpr.args ?? [], scope);
  if ('SubLink' in node) return scope.subquery(node.SubLink, scope);
  if ('SQLValueFunction' in node) return clock(node.SQLValueFunction.op);
  if ('A_ArrayExpr' in node) return listed(node.A_ArrayExpr.elements, scope);
  if ('List' in node) return listed(node.List.items, scope);
  if ('CollateClause' in node) return expression(node.CollateClause.arg, scope);
  return testOf(node, scope) ?? unknown(shown(node, scope));
}

/** A condition as a test of a query's rows; opaque under its own text where we can't type it. */
export function condition(node: Node, scope: Scope): Value {
  const value = expression(node, scope);
  if (value.kind === 'sqlTest') return value;
  if (value.kind === 'test') return test(() => value.formula);
  const said = literalOf(value);
  if (typeof said === 'boolean') return test(() => (said ? TRUE : FALSE));
  if (value.kind === 'unknown') return opaque(shown(node, scope), scope);
  return comparison({ left: value, op: '=', right: literal(true) }, scope.node);
}

export function test(work: (bind: Bind) => Formula): Value {
  return { kind: 'sqlTest', test: work };
}

export function opaque(text: string, scope: Scope): Value {
  const at = placeAt(scope.node);
  return test(() => atom({ kind: 'opaque', at, text, holds: true, terms: [] }));
}

function shown(node: Node, { text }: Scope): string {
  const start = Math.min(...placesIn(node));
  if (!Number.isFinite(start)) return 'sql';
  return text.slice(start, start + 60).replace(/\s+/g, ' ');
}

/** Where the parts of a node stand in the text. */
function placesIn(node: unknown): number[] {
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([name, item]) =>
    name === 'location' && typeof item === 'number' && item >= 0 ? [item] : placesIn(item),
  );
}

function columnRef({ ColumnRef }: Kind<'ColumnRef'>, scope: Scope): Value {
  const path = namesOf(ColumnRef.fields);
  const name = path.at(-1) ?? '';
  return columnNamed(scope, path.at(-2), name) ?? unknown(path.join('.'));
}

function listed(items: readonly Node[] | undefined, scope: Scope): Value {
  return arrayOfAll((items ?? []).map((item) => expression(item, scope)));
}

function testOf(node: Node, scope: Scope): Value | undefined {
  if ('BoolExpr' in node) {
    const parts = (node.BoolExpr.args ?? []).map((arg) => condition(arg, scope));
    const op = node.BoolExpr.boolop;
    return test((bind) => {
      const said = parts.map((part) => sqlFormula(part, bind));
      if (op === 'NOT_EXPR') return not(all(said));
      return op === 'OR_EXPR' ? some(said) : all(said);
    });
  }
  if ('NullTest' in node) {
    const left = expression(node.NullTest.arg, scope);
    const op = node.NullTest.nulltesttype === 'IS_NULL' ? '=' : '!=';
    return left.kind === 'unknown'
      ? undefined
      : comparison({ left, op, right: literal(null) }, scope.node);
  }
  if (!('BooleanTest' in node) || !node.BooleanTest.arg) return undefined;
  const { arg, booltesttype } = node.BooleanTest;
  const inner = condition(arg, scope);
  if (booltesttype === 'IS_TRUE' || booltesttype === 'IS_NOT_FALSE') return inner;
  if (booltesttype === 'IS_FALSE' || booltesttype === 'IS_NOT_TRUE')
    return test((bind) => not(sqlFormula(inner, bind)));
  return undefined;
}

function operation(node: A_Expr, scope: Scope): Value {
  const name = textOfName(node.name?.at(-1));
  const left = expression(node.lexpr, scope);
  const right = expression(node.rexpr, scope);
  if (left.kind === 'unknown' || right.kind === 'unknown')
    return unknown(shown({ A_Expr: node }, scope));
  const of = { left, right };
  switch (node.kind) {
    case 'AEXPR_IN':
      return membership({ left, of: spread(right), holds: name === '=' }, scope.node);
    case 'AEXPR_OP_ANY':
      return name === '='
        ? membership({ left, of: right, holds: true }, scope.node)
        : unknown(name);
    case 'AEXPR_OP_ALL':
      return name === '<>'
        ? membership({ left, of: right, holds: false }, scope.node)
        : unknown(name);
    case 'AEXPR_ILIKE':
      return comparison(
        { left: lowered(left), op: name === '~~*' ? 'like' : 'not like', right: lowered(right) },
        scope.node,
      );
    case 'AEXPR_DISTINCT':
      return comparison({ ...of, op: '!=' }, scope.node);
    case 'AEXPR_NOT_DISTINCT':
      return comparison({ ...of, op: '=' }, scope.node);
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
      return between(of, node.kind === 'AEXPR_BETWEEN', scope);
    case 'AEXPR_OP':
    case 'AEXPR_LIKE':
      return plain(of, name, scope);
    default:
      return unknown(name);
  }
}

/** `IN ($1)` where one parameter stands for a list. */
function spread(list: Value): Value {
  const [only, ...more] = list.kind === 'array' ? list.items.value : [];
  return only?.value.kind === 'array' && more.length === 0 ? only.value : list;
}

function plain({ left, right }: { left: Value; right: Value }, name: string, scope: Scope): Value {
  const op = SQL_OPS[name];
  if (op) return comparison({ left, op, right }, scope.node);
  if (name === '+' || name === '-' || name === '*' || name === '/' || name === '%') {
    const make = (bind: Bind): Term => ({
      kind: 'arith',
      op: name,
      left: sqlTerm(left, bind),
      right: sqlTerm(right, bind),
    });
    return made('number', make, [left, right]);
  }
  return name === '||' ? call('concat', [left, right], 'string') : unknown(name);
}

function between(
  { left, right }: { left: Value; right: Value },
  inside: boolean,
  scope: Scope,
): Value {
  const [low, high] = right.kind === 'array' ? right.items.value : [];
  if (!low || !high) return unknown('between');
  const parts = [
    comparison({ left, op: '>=', right: low.value }, scope.node),
    comparison({ left, op: '<=', right: high.value }, scope.node),
  ];
  return test((bind) => {
    const within = all(parts.map((part) => sqlFormula(part, bind)));
    return inside ? within : not(within);
  });
}

type Base = 'string' | 'number' | 'boolean' | 'instant' | 'unknown';

/** What is made of a subquery's value, and of no sum of the query's own, is read for each row as that is. */
function made(base: Base, make: (bind: Bind) => Term, of: readonly Value[] = []): Value {
  const apart = of.some((each) => each.kind === 'sqlTerm' && each.apart) && !of.some(isAggregate);
  return { kind: 'sqlTerm', make, type: typed(base), ...(apart && { apart }) };
}

function call(fn: string, args: readonly Value[], base: Base = 'unknown'): Value {
  const make = (bind: Bind): Term => ({
    kind: 'call',
    fn,
    args: args.map((arg) => sqlTerm(arg, bind)),
  });
  return made(base, make, args);
}

function cast({ arg, typeName }: TypeCast, scope: Scope): Value {
  const type = textOfName(typeName?.names?.at(-1));
  const value = expression(arg, scope);
  if (type !== 'interval') return type === 'bool' ? flag(value) : value;
  const term = intervalTerm(value);
  return term ? made('number', term) : unknown('interval');
}

/** `'t'::boolean`, as the grammar writes TRUE in places. */
function flag(value: Value): Value {
  const said = literalOf(value);
  return said === 't' || said === 'f' ? literal(said === 't') : value;
}

function clock(op: string | undefined): Value {
  return /TIMESTAMP|SVFOP_CURRENT_DATE/.test(op ?? '')
    ? made('instant', () => ({ kind: 'now' }))
    : unknown(op ?? 'sql');
}

const AGGREGATES = ['count', 'sum', 'min', 'max', 'avg'] as const;
const TEXT = new Set(['lower', 'upper', 'trim', 'btrim']);

function functionCall(node: FuncCall, scope: Scope): Value {
  const name = textOfName(node.funcname?.at(-1));
  const row = /^(row_to_json|to_jsonb?)$/.test(name) ? rowNamed(node.args ?? [], scope) : undefined;
  if (row) return row;
  const args = (node.args ?? []).map((arg) => expression(arg, scope));
  const sum = AGGREGATES.find((each) => each === name);
  if (sum && !node.over && !node.agg_filter) return aggregate(sum, args[0]);
  if (['now', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp'].includes(name))
    return made('instant', () => ({ kind: 'now' }));
  if (name === 'gen_random_uuid' || name === 'uuid_generate_v4')
    return made('string', () => ({ kind: 'call', fn: 'random', args: [] }));
  if (node.over || args.some((arg) => arg.kind === 'unknown')) return unknown(name);
  if (TEXT.has(name)) return call(name === 'btrim' ? 'trim' : name, args, 'string');
  if (name === 'length' || name === 'char_length') return call('length', args, 'number');
  if (['floor', 'ceil', 'round', 'abs'].includes(name)) return call(name, args, 'number');
  return call(name, args);
}

/** `row_to_json(t)`: a row as a whole. */
function rowNamed([arg]: readonly Node[], { sources }: Scope): Value | undefined {
  const path = arg && 'ColumnRef' in arg ? namesOf(arg.ColumnRef.fields) : [];
  const source = sources.find(({ name, fields }) => !fields && name === path[0]);
  return path.length === 1 ? (source?.table ?? undefined) : undefined;
}

/** A sum over no rows is null, which code turns into 0: the same as a sum of 0. */
function coalesced(args: readonly Node[], scope: Scope): Value {
  const values = args.map((arg) => expression(arg, scope));
  const [first] = values;
  if (first && isAggregate(first)) return first;
  return values.some((each) => each.kind === 'unknown')
    ? unknown('coalesce')
    : call('coalesce', values);
}
