import { either, FALSE, type Formula, TRUE } from './formula.ts';
import { sameValue } from './same-value.ts';
import { literalOf, type Value } from './values.ts';

/** The one thing that a value is wherever it was set; undefined where it may be several. */
export function onceSet(value: Value): Value | undefined {
  const [only, ...others] = setEnds(value);
  return others.length === 0 ? only : undefined;
}

/** What a value may be where it was set, as far as two of them. */
function setEnds(value: Value): readonly Value[] {
  if (value.kind !== 'choice') return isUnset(value) ? [] : [value];
  const yes = setEnds(value.yes);
  const no = yes.length > 1 ? [] : setEnds(value.no);
  return [...yes, ...no.filter((each) => !yes.some((other) => sameValue(each, other)))];
}

/** Where a value was set, by the conditions of its choices alone: what was set along with it has the same. */
export function whereSet(value: Value): Formula {
  if (value.kind === 'choice') return either(value.when, whereSet(value.yes), whereSet(value.no));
  return isUnset(value) ? FALSE : TRUE;
}

function isUnset(value: Value): boolean {
  return value.kind === 'undefined' || literalOf(value) === false || literalOf(value) === null;
}
