import { random } from '../kernel/seed.ts';
import { type Interval, mean } from './interval.ts';

const DRAWS = 400;

/** Two grades of one thing, whole numbers of one scale. */
export type Pair = readonly [number, number];

/**
 * Cohen's kappa of two graders, quadratically weighted: 1 where they always agree, 0 where no more than
 * grades given by chance in the same proportions would. Null where that can't be said: nothing was graded,
 * or both gave a single grade.
 */
export function kappa(pairs: readonly Pair[]): number | null {
  const [ones, others] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
  const [mine, theirs] = [mean(ones), mean(others)];
  // How far apart two grades are, squared, on average over all there are of either grader.
  const expected = variance(ones) + variance(others) + (mine - theirs) ** 2;
  if (pairs.length === 0 || expected === 0) return null;
  return 1 - mean(pairs.map(([a, b]) => (a - b) ** 2)) / expected;
}

function variance(grades: readonly number[]): number {
  const middle = mean(grades);
  return mean(grades.map((grade) => (grade - middle) ** 2));
}

/** The 95 % interval of what is reckoned over some things, by drawing them anew; the same things give the same. */
export function resampled<Thing>(
  things: readonly Thing[],
  reckon: (some: readonly Thing[]) => number | null,
): Interval | null {
  const values = drawsOf(things.length)
    .map((draw) => reckon(draw.flatMap((index) => things.slice(index, index + 1))))
    .filter((value) => value !== null)
    .sort((a, b) => a - b);
  const rest = Math.floor(values.length * 0.025);
  const [low, high] = [values[rest], values.at(-1 - rest)];
  return low === undefined || high === undefined ? null : [low, high];
}

const drawn = new Map<number, readonly (readonly number[])[]>();

/** Which of so many things each draw takes: the same each time. */
function drawsOf(size: number): readonly (readonly number[])[] {
  const known = drawn.get(size);
  if (known) return known;
  const draws = Array.from({ length: DRAWS }, (_, draw) =>
    Array.from({ length: size }, (_thing, index) => random('agreement', draw, index) % size),
  );
  drawn.set(size, draws);
  return draws;
}
