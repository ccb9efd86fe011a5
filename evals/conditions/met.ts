// What the reader took each condition for that it met.
import type { Condition } from '../../src/condition/condition.ts';
import { ts } from '../../src/kernel/syntax.ts';
import type { Formula } from '../../src/model/trace/formula.ts';

/** What a condition rests on, over all the times it was met; of nothing where what came before decided it. */
export interface Met {
  readonly atoms: Condition[];
  decided: boolean;
}

export function metIn() {
  const all = new Map<string, Met>();
  const note = (node: ts.Node, formula: Formula): void => {
    const met = all.get(keyOf(node)) ?? { atoms: [], decided: false };
    all.set(keyOf(node), met);
    const atoms = atomsIn(formula);
    if (atoms.length === 0) met.decided = true;
    const known = new Set(met.atoms.map((atom) => JSON.stringify(atom)));
    for (const atom of atoms) if (!known.has(JSON.stringify(atom))) met.atoms.push(atom);
  };
  return { all, note };
}

export function keyOf(node: ts.Node): string {
  return `${node.getSourceFile().fileName}:${node.pos}:${node.end}`;
}

/** By the condition itself or what it wraps, else by the whole that it is the last part of. */
export function lookUp(node: ts.Node, all: ReadonlyMap<string, Met>): Met | undefined {
  for (let at: ts.Node | undefined = node; at; at = inside(at)) {
    const met = all.get(keyOf(at));
    if (met) return met;
  }
  for (let at = node.parent; joins(at); at = at.parent) {
    const met = all.get(keyOf(at));
    if (met) return met;
  }
  return undefined;
}

function joins(node: ts.Node): boolean {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isPrefixUnaryExpression(node) ||
    (ts.isBinaryExpression(node) && JOINING.has(node.operatorToken.kind))
  );
}

const JOINING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

function inside(node: ts.Node): ts.Node | undefined {
  if (ts.isPrefixUnaryExpression(node)) return node.operand;
  if (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node)) return node.expression;
  return ts.isNonNullExpression(node) || ts.isAsExpression(node) ? node.expression : undefined;
}

function atomsIn(formula: Formula): Condition[] {
  if (formula.kind !== 'atom') return formula.of.flatMap(atomsIn);
  return flat(formula.condition);
}

function flat(condition: Condition): Condition[] {
  return condition.kind === 'any' ? condition.of.flat().flatMap(flat) : [condition];
}
