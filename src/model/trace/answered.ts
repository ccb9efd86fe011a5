import type { Comparison, Condition, Place, Term } from '../../condition/condition.ts';

/** What a third party's answer, or its text in another writing, goes by; undefined for other terms. */
export function answerOf(term: Term): string | undefined {
  if (term.kind === 'external') return term.name;
  const [of] = term.kind === 'call' && /^(lower|upper|trim)$/.test(term.fn) ? term.args : [];
  return of && answerOf(of);
}

/** That a third party's answer has something there. */
export function answered(name: string, at: Place): Condition {
  return { kind: 'external', at, name, holds: true };
}

const OPPOSITE: Partial<Record<Comparison['op'], Comparison['op']>> = {
  '!=': '=',
  '>=': '<',
  '<=': '>',
  'not like': 'like',
  'not matches': 'matches',
};

/**
 * What is asked of a third party's answer, said the same however the code asks for it; undefined where it is compared
 * with anything but a literal.
 */
export function askedOf({ left, op, right }: Comparison, at: Place): Condition | undefined {
  const name = answerOf(left);
  if (name === undefined || right.kind !== 'literal') return undefined;
  const plain = OPPOSITE[op] ?? op;
  const same = plain === op;
  const { value } = right;
  if (plain === '=' && (value === null || value === '' || typeof value === 'boolean'))
    return { kind: 'external', at, name, holds: same === (value === true) };
  const said = `${name} ${plain} ${JSON.stringify(value)}`;
  return { kind: 'external', at, name: said, holds: same };
}
