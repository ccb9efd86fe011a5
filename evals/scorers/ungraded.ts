import type { Outcome } from '../../src/model/model.ts';
import type { Key } from '../endings/key.ts';

/**
 * What the database refuses, or a value of another type brings about, where the app answers as to any error; null for
 * every other ending.
 */
export function refusedIn({ status, error, when }: Outcome): 'value' | 'constraint' | null {
  if ((status ?? 0) < 500) return null;
  if (error === 'DatabaseError' || error === 'PrismaClientValidationError') return 'value';
  if (error === 'TypeError' && when.some(isOtherBody)) return 'value';
  return when.some((each) => each.kind === 'conflict' && each.holds) ? 'constraint' : null;
}

/**
 * Whether a key, which says what the app decides, leaves an ending out: a value the database refuses whatever
 * the app does, and a constraint where the key says that such answers are not graded.
 */
export function isUngraded(outcome: Outcome | undefined, { ungraded }: Key): boolean {
  const refused = outcome && refusedIn(outcome);
  if (!refused || refused === 'value') return refused === 'value';
  return ungraded.some(
    ({ route, status, code }) =>
      route === '*' && status === outcome.status && code === outcome.code,
  );
}

/** A body, or a value in it, that nothing declares and that is none that code can take. */
function isOtherBody(condition: Outcome['when'][number]): boolean {
  if (condition.kind !== 'input' || condition.is === 'compare' || condition.from !== 'body')
    return false;
  return condition.is === 'invalid' || (condition.is === 'missing' && condition.path.length === 0);
}
