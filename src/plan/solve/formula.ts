import type { InputPart, Op } from '../../condition/condition.ts';

export type Scalar = string | number | boolean | null;

/** A value nobody chose: equal to itself alone. What fills it in is the generator or the database. */
export interface Fresh {
  readonly fresh: string;
  /** How it reads as text, where its type says so: what a pattern makes of it can be told. */
  readonly reads?: 'integer' | 'uuid';
}
export type Datum = Scalar | Fresh;

/** What the solver may choose: a row's cell, a part of the request, an environment variable. */
export type Variable =
  | { readonly kind: 'cell'; readonly row: string; readonly column: string }
  | { readonly kind: 'input'; readonly from: InputPart; readonly path: readonly string[] }
  | { readonly kind: 'env'; readonly name: string };

/** A term with its rows resolved: cells instead of queries. Instants are milliseconds from now. */
export type Expr =
  | { readonly kind: 'value'; readonly value: Datum }
  | { readonly kind: 'variable'; readonly name: string; readonly variable: Variable }
  | {
      readonly kind: 'arith';
      readonly op: '+' | '-' | '*' | '/' | '%';
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: 'call'; readonly fn: string; readonly args: readonly Expr[] }
  | { readonly kind: 'choice'; readonly when: Formula; readonly yes: Expr; readonly no: Expr }
  /** An aggregate: over those of the candidate rows for which `when` holds. */
  | {
      readonly kind: 'fold';
      readonly op: 'count' | 'sum' | 'min' | 'max' | 'avg';
      readonly of: readonly { readonly when: Formula; readonly value: Expr }[];
    }
  | { readonly kind: 'unknown'; readonly text: string };

export interface Atom {
  readonly kind: 'atom';
  readonly left: Expr;
  readonly op: Op;
  readonly right: Expr;
  /** How far apart both sides must be for an ordering to count, because the clock moves on. */
  readonly margin: number;
  /** Compared by PostgreSQL, where nothing equals null and nothing differs from it. */
  readonly sql: boolean;
}

export type Formula =
  | Atom
  | { readonly kind: 'all' | 'some'; readonly of: readonly Formula[] }
  | { readonly kind: 'not'; readonly of: Formula }
  | { readonly kind: 'unknown'; readonly text: string };

export const TRUE: Formula = { kind: 'all', of: [] };
export const FALSE: Formula = { kind: 'some', of: [] };

export function variableName(variable: Variable): string {
  switch (variable.kind) {
    case 'cell':
      return `${variable.row}.${variable.column}`;
    case 'input':
      return `${variable.from}:${variable.path.join('/')}`;
    case 'env':
      return `env:${variable.name}`;
  }
}

export function variableOf(variable: Variable): Expr {
  return { kind: 'variable', name: variableName(variable), variable };
}

export function isFresh(datum: Datum | undefined): datum is Fresh {
  return typeof datum === 'object' && datum !== null;
}

/** Calls `visit` with every expression in the formula, parts after wholes. */
export function walkFormula(formula: Formula, visit: (expr: Expr) => void): void {
  if (formula.kind === 'atom') {
    walkExpr(formula.left, visit);
    walkExpr(formula.right, visit);
  } else if (formula.kind === 'not') walkFormula(formula.of, visit);
  else if (formula.kind !== 'unknown') for (const part of formula.of) walkFormula(part, visit);
}

export function walkExpr(expr: Expr, visit: (expr: Expr) => void): void {
  visit(expr);
  switch (expr.kind) {
    case 'arith':
      walkExpr(expr.left, visit);
      walkExpr(expr.right, visit);
      return;
    case 'call':
      for (const arg of expr.args) walkExpr(arg, visit);
      return;
    case 'choice':
      walkFormula(expr.when, visit);
      walkExpr(expr.yes, visit);
      walkExpr(expr.no, visit);
      return;
    case 'fold':
      for (const part of expr.of) {
        walkFormula(part.when, visit);
        walkExpr(part.value, visit);
      }
      return;
    case 'value':
    case 'variable':
    case 'unknown':
  }
}

/** The comparisons of a formula, at any depth, those inside expressions included. */
export function atomsOf(formula: Formula): Atom[] {
  const atoms: Atom[] = [];
  const visit = (part: Formula): void => {
    if (part.kind === 'atom') {
      atoms.push(part);
      walkFormula(part, (expr) => {
        if (expr.kind === 'choice') visit(expr.when);
        if (expr.kind === 'fold') for (const item of expr.of) visit(item.when);
      });
    } else if (part.kind === 'not') visit(part.of);
    else if (part.kind !== 'unknown') part.of.forEach(visit);
  };
  visit(formula);
  return atoms;
}

/** The variables of a formula by name. */
export function variablesOf(formulas: readonly Formula[]): Map<string, Variable> {
  const found = new Map<string, Variable>();
  for (const formula of formulas) {
    for (const [name, variable] of ownVariables(formula)) found.set(name, variable);
  }
  return found;
}

const VARIABLES = new WeakMap<Formula, ReadonlyMap<string, Variable>>();

function ownVariables(formula: Formula): ReadonlyMap<string, Variable> {
  const known = VARIABLES.get(formula);
  if (known) return known;
  const found = new Map<string, Variable>();
  walkFormula(formula, (expr) => {
    if (expr.kind === 'variable') found.set(expr.name, expr.variable);
  });
  VARIABLES.set(formula, found);
  return found;
}

/** A conjunction as the list of its parts. */
export function conjuncts(formula: Formula): Formula[] {
  return formula.kind === 'all' ? formula.of.flatMap(conjuncts) : [formula];
}
