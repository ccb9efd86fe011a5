import type { Comparison, Condition, Term } from '../../condition/condition.ts';
import { columnOf, type Setting, tableNamed } from './setting.ts';

/** That a part of the request is, or isn't, the password of a row of the acting user's table. */
export interface PasswordTest {
  readonly input: Term & { readonly kind: 'input' };
  readonly row: string;
  readonly matches: boolean;
}

export function passwordTests(setting: Setting): PasswordTest[] {
  return setting.when.flatMap((condition) => {
    const test = passwordTest(setting, condition);
    return test ? [test] : [];
  });
}

/** The password test a condition is; null for any other, and where nobody could know the password. */
export function passwordTest(setting: Setting, condition: Condition): PasswordTest | null {
  if (!('left' in condition)) return null;
  const call = matchCall(condition);
  const expected = [condition.left, condition.right].find((side) => side.kind === 'literal');
  if (!call || expected?.kind !== 'literal') return null;
  const [password, stored] = call.args;
  const { auth } = setting.app;
  if (password?.kind !== 'input' || stored?.kind !== 'column' || !auth?.signUp) return null;
  return {
    input: password,
    row: stored.row,
    matches: (condition.op === '=') === (expected.value === true),
  };
}

/** Whether a condition looks at how the acting user's password is kept: the app alone decides that. */
export function readsPasswordHash(setting: Setting, condition: Condition): boolean {
  const { auth } = setting.app;
  if (!('left' in condition) || !auth?.passwordColumn || comparesPassword(condition)) return false;
  const reads = (term: Term): boolean => {
    if (term.kind === 'call') return term.args.some(reads);
    if (term.kind !== 'column') return false;
    const table = tableNamed(setting, term.row);
    return table?.id === auth.actor && columnOf(table, term.column)?.name === auth.passwordColumn;
  };
  return reads(condition.left) || reads(condition.right);
}

export function comparesPassword(comparison: Comparison): boolean {
  return matchCall(comparison) !== null;
}

function matchCall({ left, right }: Comparison): (Term & { kind: 'call' }) | null {
  for (const side of [left, right]) {
    if (side.kind === 'call' && side.fn === 'passwordMatches') return side;
  }
  return null;
}
