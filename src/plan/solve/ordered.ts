import { isDigest, isTransparent } from './calls.ts';
import { type Atom, atomsOf, type Expr, type Formula } from './formula.ts';

/** Variables for which a fresh value tells nothing; of those that are `matched`, only where its text is not known. */
export interface Ordered {
  readonly ordered: ReadonlySet<string>;
  readonly matched: ReadonlySet<string>;
}

/** The variables that are ordered or calculated with, and those that are compared with a pattern alone. */
export function orderedVariables(formulas: readonly Formula[]): Ordered {
  const own = formulas.map(ownOrdered);
  return {
    ordered: new Set(own.flatMap(({ ordered }) => [...ordered])),
    matched: new Set(own.flatMap(({ matched }) => [...matched])),
  };
}

const ORDERED = new WeakMap<Formula, Ordered>();

function ownOrdered(formula: Formula): Ordered {
  const known = ORDERED.get(formula) ?? orderedIn(formula);
  ORDERED.set(formula, known);
  return known;
}

function orderedIn(formula: Formula): Ordered {
  const found = new Set<string>();
  const matched = new Set<string>();
  for (const atom of atomsOf(formula)) {
    if (isMatch(atom)) {
      matched.add(atom.left.name);
      continue;
    }
    const plain = atom.op === '=' || atom.op === '!=';
    const sides = [atom.left, atom.right].map(bare);
    const literal = sides.some((side) => side.kind === 'value' && typeof side.value === 'number');
    const digested = sides.some((side) => side.kind === 'call' && isDigest(side.fn));
    for (const side of sides) {
      if (!plain || literal || digested || side.kind !== 'variable') collect(side, found);
    }
  }
  return { ordered: found, matched };
}

/** A variable as it is, against a pattern that is written out. */
function isMatch(atom: Atom): atom is Atom & { left: Expr & { kind: 'variable' } } {
  return (
    atom.op.endsWith('matches') && atom.left.kind === 'variable' && atom.right.kind === 'value'
  );
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
