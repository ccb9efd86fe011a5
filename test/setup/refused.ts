import type { Outcome } from '../../src/model/model.ts';

/** What the database refuses whatever the app does: endings that most tests are not about. */
export function isRefused({ status, error, when }: Omit<Outcome, 'id'>): boolean {
  if ((status ?? 0) < 500 || error === null) return false;
  return error === 'DatabaseError' || when.some((each) => each.kind === 'conflict' && each.holds);
}
