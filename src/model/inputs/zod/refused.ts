import type { Call, Machine } from '../../static/value.ts';
import { literal } from '../../static/value.ts';

const PROBES = [0, 1, -1];

/** Which of the plainest numbers a refinement refuses: `(n) => n !== 0`. Empty where it can't be told. */
export function refusedNumbers(machine: Machine, { args }: Call): readonly number[] {
  const [test] = args;
  if (test?.kind !== 'function') return [];
  const answers = PROBES.map((number) => machine.invoke(test, [literal(number)]));
  const known = answers.every((value) => value.kind === 'literal');
  return known ? PROBES.filter((_, at) => isFalse(answers[at])) : [];
}

function isFalse(value: ReturnType<Machine['invoke']> | undefined): boolean {
  return value?.kind === 'literal' && !value.value;
}
