import { isDigest, isTransparent } from './calls.ts';
import { atomsOf, type Expr, type Formula } from './formula.ts';

/** The variables that are ordered, calculated with or matched: for them a fresh value tells nothing. */
export function orderedVariables(formulas: readonly Formula[]): Set<string> {
  return new Set(formulas.flatMap((formula) => [...ownOrdered(formula)]));
}

const ORDERED = new WeakMap<Formula, ReadonlySet<string>>();

function ownOrdered(formula: Formula): ReadonlySet<string> {
  const known = ORDERED.get(formula) ?? orderedIn(formula);
  ORDERED.set(formula, known);
  return known;
}

function orderedIn(formula: Formula): Set<string> {
  const found = new Set<string>();
  for (const atom of atomsOf(formula)) {
    const plain = atom.op === '=' || atom.op === '!=';
    const sides = [atom.left, atom.right].map(bare);
    const literal = sides.some((side) => side.kind === 'value' && typeof side.value === 'number');
    const digested = sides.some((side) => side.kind === 'call' && isDigest(side.fn));
    for (const side of sides) {
      if (!plain || literal || digested || side.kind !== 'variable') collect(side, found);
    }
  }
  return found;
}

function bare(expr: Expr): Expr {
  const [only] = expr.kind === 'call' && isTransparent(expr.fn) ? expr.args : [];
  return only ? bare(only) : expr;
}

function collect(expr: Expr, found: Set<string>): void {
  switch (expr.kind) {
    case 'variable':
      found.add(expr.name);
      return;
    case 'arith':
      collect(expr.left, found);
      collect(expr.right, found);
      return;
    case 'call':
      for (const arg of expr.args) collect(arg, found);
      return;
    case 'choice':
      collect(expr.yes, found);
      collect(expr.no, found);
      return;
    case 'fold':
      for (const part of expr.of) collect(part.value, found);
      return;
    case 'value':
    case 'unknown':
  }
}
