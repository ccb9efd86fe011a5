import { isTransparent } from './calls.ts';
import {
  type Atom,
  conjuncts,
  type Datum,
  type Expr,
  type Formula,
  isFresh,
  type Variable,
} from './formula.ts';

/** Variables that must be equal, as one; with the literal they equal, where there is one. */
export interface Classes {
  /** The name that stands for a variable's class. */
  readonly of: (name: string) => string;
  readonly constants: ReadonlyMap<string, Datum>;
  readonly variables: ReadonlyMap<string, Variable>;
  /** Two equalities that can't both hold. */
  readonly conflict: readonly [Atom, Atom] | null;
}

/** Unites what the conjunction's equalities say is equal. */
export function unite(
  formulas: readonly Formula[],
  variables: ReadonlyMap<string, Variable>,
): Classes {
  const parents = new Map<string, string>();
  const pinned = new Map<string, { value: Datum; by: Atom }>();
  let conflict: readonly [Atom, Atom] | null = null;
  const of = (name: string): string => {
    const parent = parents.get(name);
    return parent === undefined ? name : of(parent);
  };
  const pin = (name: string, value: Datum, by: Atom) => {
    const before = pinned.get(of(name));
    if (before && !same(before.value, value)) conflict ??= [before.by, by];
    else pinned.set(of(name), { value, by });
  };
  for (const atom of equalities(formulas)) {
    const [left, right] = [bare(atom.left), bare(atom.right)];
    if (left.kind === 'variable' && right.kind === 'variable') {
      const [a, b] = [of(left.name), of(right.name)].sort();
      if (a === undefined || b === undefined || a === b) continue;
      parents.set(b, a);
      const moved = pinned.get(b);
      if (moved) pin(a, moved.value, moved.by);
    } else if (left.kind === 'variable' && right.kind === 'value')
      pin(left.name, right.value, atom);
    else if (right.kind === 'variable' && left.kind === 'value') pin(right.name, left.value, atom);
  }
  const constants = new Map([...pinned].map(([name, { value }]) => [of(name), value]));
  return { of, constants, variables, conflict };
}

/** The variables of each class, by the name that stands for it. */
export function membersOf(classes: Classes): Map<string, Variable[]> {
  const members = new Map<string, Variable[]>();
  for (const name of [...classes.variables.keys()].sort()) {
    const variable = classes.variables.get(name);
    const list = members.get(classes.of(name)) ?? [];
    if (variable) list.push(variable);
    members.set(classes.of(name), list);
  }
  return members;
}

function equalities(formulas: readonly Formula[]): Atom[] {
  return formulas.flatMap(conjuncts).filter((part): part is Atom => {
    return part.kind === 'atom' && part.op === '=';
  });
}

/** An expression without the functions that leave a canonical value as it is. */
function bare(expr: Expr): Expr {
  const [only] = expr.kind === 'call' && isTransparent(expr.fn) ? expr.args : [];
  return only ? bare(only) : expr;
}

function same(left: Datum, right: Datum): boolean {
  if (isFresh(left) || isFresh(right))
    return isFresh(left) && isFresh(right) && left.fresh === right.fresh;
  return left === right || (left !== null && right !== null && String(left) === String(right));
}
