import { applyCall } from './calls.ts';
import { compareData } from './compare.ts';
import { type Atom, type Datum, type Expr, type Formula, isFresh } from './formula.ts';

/** What is known of a variable so far; undefined while it is open. */
export type Lookup = (name: string) => Datum | undefined;
/** Whether two open variables are known to have one value, and not null. */
export type Same = (left: string, right: string) => boolean;

/** The value of an expression, undefined while it depends on something open. */
export function evaluate(expr: Expr, lookup: Lookup): Datum | undefined {
  switch (expr.kind) {
    case 'value':
      return expr.value;
    case 'variable':
      return lookup(expr.name);
    case 'unknown':
      return undefined;
    case 'choice': {
      const when = holds(expr.when, lookup);
      return when === undefined ? undefined : evaluate(when ? expr.yes : expr.no, lookup);
    }
    case 'call':
      return applyCall(
        expr.fn,
        expr.args.map((arg) => evaluate(arg, lookup)),
      );
    case 'arith':
      return arith(expr.op, evaluate(expr.left, lookup), evaluate(expr.right, lookup));
    case 'fold':
      return fold(expr, lookup);
  }
}

/** Whether a formula holds: three-valued, undefined while it depends on something open. */
export function holds(formula: Formula, lookup: Lookup, same?: Same): boolean | undefined {
  switch (formula.kind) {
    case 'unknown':
      return undefined;
    case 'atom':
      return isSame(formula, same) ? formula.op === '=' : atomHolds(formula, lookup);
    case 'not': {
      const inner = holds(formula.of, lookup, same);
      return inner === undefined ? undefined : !inner;
    }
    case 'all':
    case 'some': {
      const decisive = formula.kind === 'some';
      let open = false;
      for (const part of formula.of) {
        const value = holds(part, lookup, same);
        if (value === decisive) return decisive;
        if (value === undefined) open = true;
      }
      return open ? undefined : !decisive;
    }
  }
}

function isSame({ left, op, right }: Atom, same: Same | undefined): boolean {
  if (!same || (op !== '=' && op !== '!=')) return false;
  return left.kind === 'variable' && right.kind === 'variable' && same(left.name, right.name);
}

function atomHolds(atom: Atom, lookup: Lookup): boolean | undefined {
  const left = evaluate(atom.left, lookup);
  const right = evaluate(atom.right, lookup);
  if (left === undefined || right === undefined) {
    const known = left === undefined ? right : left;
    return atom.sql && known === null && !isNullTest(atom) ? false : undefined;
  }
  return compareData(left, right, atom);
}

function isNullTest(atom: Atom): boolean {
  return [atom.left, atom.right].some((side) => side.kind === 'value' && side.value === null);
}

function arith(op: '+' | '-' | '*' | '/' | '%', left?: Datum, right?: Datum): Datum | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left === null || right === null) return null;
  if (op === '+' && (typeof left === 'string' || typeof right === 'string')) {
    return isFresh(left) || isFresh(right) ? undefined : `${left}${right}`;
  }
  const [a, b] = [numeric(left), numeric(right)];
  if (a === undefined || b === undefined) return undefined;
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? undefined : a / b;
    case '%':
      return b === 0 ? undefined : a % b;
  }
}

function numeric(datum: Datum): number | undefined {
  if (typeof datum === 'number') return datum;
  if (typeof datum === 'boolean') return Number(datum);
  if (typeof datum !== 'string' || datum.trim() === '') return undefined;
  return Number.isFinite(Number(datum)) ? Number(datum) : undefined;
}

function fold(expr: Expr & { kind: 'fold' }, lookup: Lookup): Datum | undefined {
  const values: number[] = [];
  let count = 0;
  for (const part of expr.of) {
    const counted = holds(part.when, lookup);
    if (counted === undefined) return undefined;
    if (!counted) continue;
    count += 1;
    if (expr.op === 'count') continue;
    const value = evaluate(part.value, lookup);
    if (value === undefined) return undefined;
    const number = numeric(value);
    if (number === undefined && value !== null) return undefined;
    if (number !== undefined) values.push(number);
  }
  if (expr.op === 'count') return count;
  const sum = values.reduce((total, value) => total + value, 0);
  if (expr.op === 'sum') return sum;
  if (values.length === 0) return null;
  if (expr.op === 'avg') return sum / values.length;
  return expr.op === 'min' ? Math.min(...values) : Math.max(...values);
}
