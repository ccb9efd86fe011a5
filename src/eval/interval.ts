import { random } from '../kernel/seed.ts';

export type Interval = [number, number];

const Z = 1.96;
const DRAWS = 400;

/** Wilson's 95 % interval of a share: never outside [0, 1], and not of width zero where all of few hit. */
export function wilson(hits: number, of: number): Interval {
  if (of === 0) return [0, 1];
  const share = hits / of;
  const scale = 1 + Z ** 2 / of;
  const middle = (share + Z ** 2 / (2 * of)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** The 95 % interval of a mean by resampling; the same values give the same interval. */
export function bootstrap(values: readonly number[]): Interval {
  const [first = 0] = values;
  if (values.every((value) => value === first)) return [first, first];
  const means = Array.from({ length: DRAWS }, (_, draw) =>
    mean(
      values.map((_value, index) => values[random('bootstrap', draw, index) % values.length] ?? 0),
    ),
  ).sort((a, b) => a - b);
  return [means[Math.floor(DRAWS * 0.025)] ?? 0, means[Math.ceil(DRAWS * 0.975) - 1] ?? 0];
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
