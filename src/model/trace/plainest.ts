import { all, type Formula, isFalse, some, weightOf } from './formula.ts';

/**
 * Of many alternatives the plainest ones, so that formulas stay within a weight: what is left says
 * less often that it holds, never wrongly.
 */
export function plainest(formula: Formula, limit: number): Formula {
  if (weightOf(formula) <= limit || formula.kind === 'atom') return formula;
  if (formula.kind === 'all') {
    const each = Math.max(8, Math.floor(limit / 2));
    const cut = all(formula.of.map((part) => (part.kind === 'some' ? plainest(part, each) : part)));
    // The plainest sides of two disjunctions may exclude each other where others don't.
    return isFalse(cut) ? formula : cut;
  }
  const sorted = [...formula.of].sort((a, b) => weightOf(a) - weightOf(b));
  const kept: Formula[] = [];
  let weight = 0;
  for (const part of sorted) {
    weight += weightOf(part);
    if (kept.length > 0 && weight > limit) break;
    kept.push(plainest(part, limit));
  }
  return some(kept);
}
