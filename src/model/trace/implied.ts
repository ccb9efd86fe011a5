import type { Condition } from '../../condition/condition.ts';
import type { Formula } from './formula.ts';
import { keyOf } from './keys.ts';

/** A comparison with a literal, by keys. */
export interface Literal {
  readonly left: string;
  readonly op: string;
  readonly right: string;
}

/** Equality with one literal rules out equality with another and implies being unequal to it. */
export function withoutImplied(parts: readonly Formula[]): Formula[] | null {
  const equals = new Map<string, string>();
  for (const part of parts) {
    const said = literalComparison(part);
    if (said?.op !== '=') continue;
    const before = equals.get(said.left);
    if (before !== undefined && before !== said.right) return null;
    equals.set(said.left, said.right);
  }
  return parts.filter((part) => {
    const said = literalComparison(part);
    if (said?.op !== '!=') return true;
    const exact = equals.get(said.left);
    return exact === undefined || exact === said.right;
  });
}

function literalComparison(part: Formula): Literal | null {
  if (part.kind !== 'atom') return null;
  if (part.literal === undefined) part.literal = comparisonIn(part.condition);
  return part.literal;
}

function comparisonIn(condition: Condition): Literal | null {
  if (!('op' in condition)) return null;
  const { left, op, right } = condition;
  if (right.kind !== 'literal' || left.kind === 'opaque') return null;
  return { left: keyOf(left), op, right: keyOf(right.value) };
}

/** The key of what a fact implies beside itself. */
export function alsoKnown(fact: Formula): string | undefined {
  return rowImplied(fact) ?? parsedImplied(fact);
}

/** A body that its schema takes could be parsed. */
function parsedImplied(fact: Formula): string | undefined {
  if (fact.kind !== 'atom' || fact.condition.kind !== 'input') return undefined;
  if (!('from' in fact.condition)) return undefined;
  const { is, from, path } = fact.condition;
  if (is !== 'valid' || from !== 'body' || path.length > 0) return undefined;
  return keyOf({ kind: 'input', is: 'wellFormed', from, path });
}

/** The key of what a number of rows implies: where there is exactly one, or more than two, there is one. */
function rowImplied(fact: Formula): string | undefined {
  if (fact.kind !== 'atom' || fact.condition.kind !== 'count') return undefined;
  const { left, op, right } = fact.condition;
  if (left.kind !== 'aggregate' || left.op !== 'count' || right.kind !== 'literal')
    return undefined;
  const least = op === '>' ? Number(right.value) + 1 : Number(right.value);
  return /^(=|>=|>)$/.test(op) && least >= 1
    ? keyOf({ kind: 'exists', query: left.query })
    : undefined;
}
