import type { Term } from '../../condition/condition.ts';
import { formulaKey } from './formula.ts';
import { keyOf } from './keys.ts';
import type { Value } from './values.ts';

function sameTerm(a: Term, b: Term): boolean {
  return a === b || (a.kind === b.kind && keyOf(a) === keyOf(b));
}

export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.kind === 'undefined') return b.kind === 'undefined';
  if (a.kind === 'term') return b.kind === 'term' && sameTerm(a.term, b.term);
  if (a.kind === 'choice')
    return (
      b.kind === 'choice' &&
      formulaKey(a.when) === formulaKey(b.when) &&
      sameValue(a.yes, b.yes) &&
      sameValue(a.no, b.no)
    );
  if (a.kind === 'row') return b.kind === 'row' && a.query === b.query && a.id === b.id;
  return false;
}
