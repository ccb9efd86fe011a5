import type { Term } from '../../condition/condition.ts';
import type { Outcome } from '../model.ts';
import { fromConditions } from './conditions.ts';
import { type Formula, given, isFalse, isTrue } from './formula.ts';
import { partsOf } from './terms.ts';
import type { Value } from './values.ts';

const PLAIN: ReadonlySet<Term['kind']> = new Set(['literal', 'column', 'input', 'aggregate']);

/** The responded object as paths to literals and columns. */
export function bodyFacts(body: Value | null, path: readonly string[] = []): Outcome['body'] {
  if (!body || path.length > 4) return [];
  if (body.kind === 'object') {
    return [...body.fields.value]
      .flatMap(([name, value]) => bodyFacts(value, [...path, name]))
      .slice(0, 40);
  }
  if (body.kind === 'array') {
    return body.items.value
      .slice(0, 3)
      .flatMap((item, index) => (item.when ? [] : bodyFacts(item.value, [...path, String(index)])));
  }
  if (body.kind !== 'term') return [];
  return PLAIN.has(body.term.kind) && path.length > 0
    ? [{ path: [...path], value: body.term }]
    : [];
}

/** What a value depends on: the conditions of its choices and of its elements. */
export function choicesIn(body: Value | null, depth = 0): Formula[] {
  if (!body || depth > 4) return [];
  if (body.kind === 'choice')
    return [body.when, ...choicesIn(body.yes, depth), ...choicesIn(body.no, depth)];
  if (body.kind === 'term') return choicesInTerm(body.term);
  if (body.kind === 'object')
    return [...body.fields.value.values()].flatMap((each) => choicesIn(each, depth + 1));
  if (body.kind !== 'array') return [];
  return body.items.value
    .slice(0, 3)
    .flatMap(({ value, when }) => [...(when ? [when] : []), ...choicesIn(value, depth + 1)]);
}

export function choicesInTerm(whole: Term): Formula[] {
  return partsOf(whole).flatMap((part) =>
    part.kind === 'choice' ? [fromConditions(part.when)] : [],
  );
}

/** An answer where conditions (by key) are known to hold. */
export function bodyUnder(body: Value, known: ReadonlySet<string>, depth = 0): Value {
  if (depth > 4) return body;
  if (body.kind === 'choice') {
    const when = given(body.when, known);
    if (isTrue(when)) return bodyUnder(body.yes, known, depth);
    return isFalse(when) ? bodyUnder(body.no, known, depth) : body;
  }
  if (body.kind !== 'object') return body;
  const fields = [...body.fields.value].map(
    ([name, value]) => [name, bodyUnder(value, known, depth + 1)] as const,
  );
  return { ...body, fields: { ...body.fields, value: new Map(fields) } };
}
