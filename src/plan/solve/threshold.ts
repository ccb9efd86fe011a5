import type { Choice } from './candidates.ts';
import { holds } from './evaluate.ts';
import type { Atom, Datum } from './formula.ts';
import { DAY, HOUR, MINUTE, stepFrom } from './instant.ts';

/**
 * Values on both sides of where a comparison turns, nearest first, for each comparison in which the
 * class is the last thing open. Found by bisection, so that rounding, percentages and sums need no
 * algebra.
 */
export function thresholds(choice: Choice, atoms: readonly Atom[]): number[] {
  const { type } = choice.domain;
  const time = type === 'instant' || type === 'date';
  const found = atoms.flatMap((atom) => {
    const op = atom.op === '=' || atom.op === '!=' ? '>=' : atom.op;
    const truth = truthOf(choice, { ...atom, op, margin: 0 });
    return turns(truth, time).flatMap((turn) => beside(turn, type));
  });
  return [...new Set(found)];
}

function beside(turn: number, type: string): number[] {
  if (type === 'integer') return [turn, turn - 1, turn + 1, turn + 2];
  if (type !== 'instant' && type !== 'date') return [turn, turn - 1, turn + 1];
  const boundary = Math.round(turn / MINUTE) * MINUTE;
  if (type === 'date') {
    const day = Math.round(boundary / DAY) * DAY;
    return [day - 2 * DAY, day + 2 * DAY];
  }
  const step = stepFrom(boundary);
  return [boundary - step, boundary + step, boundary - 2 * MINUTE, boundary + 2 * MINUTE];
}

function truthOf(choice: Choice, atom: Atom): (value: number) => boolean | undefined {
  const { problem, chosen, name } = choice;
  return (value) =>
    holds(atom, (variable): Datum | undefined => {
      const wanted = problem.of(variable);
      return wanted === name ? value : chosen.get(wanted);
    });
}

const NUMBERS = [-1e9, -1e6, -1000, -10, 0, 10, 1000, 1e6, 1e9];
const TIMES = [0, MINUTE, HOUR, DAY, 10 * DAY, 100 * DAY, 1000 * DAY, 20_000 * DAY];
const INSTANTS = [...TIMES.toReversed().map((time) => -time), ...TIMES.slice(1)];

/** The first whole number (or second) at or after which the truth differs, for each change seen. */
function turns(truth: (value: number) => boolean | undefined, time: boolean): number[] {
  const anchors = time ? INSTANTS : NUMBERS;
  const found: number[] = [];
  for (const [index, high] of anchors.entries()) {
    const low = anchors[index - 1];
    if (low === undefined) continue;
    const [before, after] = [truth(low), truth(high)];
    if (before === undefined || after === undefined || before === after) continue;
    found.push(bisect({ truth, low, high, unit: time ? 1000 : 1 }));
  }
  return found;
}

function bisect(range: {
  truth: (value: number) => boolean | undefined;
  low: number;
  high: number;
  unit: number;
}): number {
  const { truth, unit } = range;
  const before = truth(range.low);
  let [low, high] = [range.low, range.high];
  while (high - low > unit) {
    const middle = Math.floor((low + high) / 2 / unit) * unit;
    if (truth(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
