import type { Term } from '../../condition/condition.ts';
import { ts } from '../../kernel/syntax.ts';
import { cellOf } from './environment.ts';
import { termsIn, toTerm } from './terms.ts';
import type { ClosureValue, Value } from './values.ts';

/** What a call that can't be read was given: the terms of its arguments, and of what functions among them hold. */
export function givenTerms(args: readonly Value[]): readonly Term[] {
  return args.flatMap((arg) => (arg.kind === 'closure' ? heldBy(arg) : termsIn(arg)));
}

/** Plain values that a function took from where it was made: what tells those of one factory apart. */
function heldBy({ node, scope }: ClosureValue): Term[] {
  const names = new Set<string>();
  const visit = (at: ts.Node): void => {
    if (ts.isIdentifier(at)) names.add(at.text);
    ts.forEachChild(at, visit);
  };
  ts.forEachChild(node, visit);
  return [...names].flatMap((name) => {
    const value = cellOf(scope, name)?.value;
    if (value?.kind !== 'term' && value?.kind !== 'array') return [];
    const term = toTerm(value);
    return term.kind === 'literal' ? [term] : [];
  });
}
