import type { Op } from '../../condition/condition.ts';
import { FALSE, type Formula, TRUE } from './formula.ts';
import { stringOf, type Value } from './values.ts';

/** The message of an error that no code of the app has made, and of whose library nothing is known. */
export const OWN_WORDS: Value = { kind: 'special', name: 'error.message' };

/** What code we can't see says may be any text, the one that code waits for among them. */
export const ANY_WORDS: Value = { kind: 'special', name: 'error.words' };

/** `error.message === 'ADMIN_UNAUTHORIZED'`: words of the app's own are no library's. */
export function withWords(left: Value, op: Op, right: Value): Formula | undefined {
  if (left !== OWN_WORDS || stringOf(right) === undefined) return undefined;
  return op === '=' ? FALSE : op === '!=' ? TRUE : undefined;
}
