import type { Condition, Term } from '../../condition/condition.ts';

/** What `typeof body.data === 'object'` asks to be an object: the request's shape decides it. Null for other conditions. */
export function objectTest(condition: Condition): (Term & { readonly kind: 'input' }) | null {
  if (condition.kind !== 'input' || condition.is !== 'compare' || condition.op !== '=') return null;
  const { left, right } = condition;
  if (left.kind !== 'call' || left.fn !== 'typeof') return null;
  if (right.kind !== 'literal' || right.value !== 'object') return null;
  const [of] = left.args;
  return of?.kind === 'input' && of.from === 'body' ? of : null;
}
