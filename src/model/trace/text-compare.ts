import type { Op } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import { compareTerms } from './compare.ts';
import type { Formula } from './formula.ts';
import { placeAt, textOf } from './source.ts';
import { toTerm } from './terms.ts';
import type { Value } from './values.ts';

/** `value like pattern`, `value matches pattern`. */
export function textCompare(
  value: Value,
  { op, pattern }: { op: Op; pattern: string },
  node: ts.Node,
): Formula {
  const right = { kind: 'literal', value: pattern } as const;
  return compareTerms(
    { left: toTerm(value), op, right },
    { at: placeAt(node), text: textOf(node) },
  );
}
