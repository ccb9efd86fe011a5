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

/** Whether a part of the request that is to be of another type is an object: then it is to be no list, as it isn't. */
export function isObject(
  when: readonly Condition[],
  { from, path }: Pick<Term & { kind: 'input' }, 'from' | 'path'>,
): boolean {
  return when
    .map(objectTest)
    .some((test) => test?.from === from && test.path.join() === path.join());
}
