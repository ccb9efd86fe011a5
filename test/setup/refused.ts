import type { Outcome } from '../../src/model/model.ts';

/** What the database or a body of another type than code takes it for brings about whatever the app does: endings that most tests are not about. */
export function isRefused({ status, error, when }: Omit<Outcome, 'id'>): boolean {
  if ((status ?? 0) < 500 || error === null) return false;
  if (error === 'TypeError' && isOtherBody(when)) return true;
  return error === 'DatabaseError' || when.some((each) => each.kind === 'conflict' && each.holds);
}

function isOtherBody(when: Outcome['when']): boolean {
  return when.some(
    (each) => each.kind === 'input' && each.is === 'invalid' && each.from === 'body',
  );
}
