import { kappa, type Pair, resampled } from './agreement.ts';
import type { Bias, Calibration } from './eval.ts';
import { mean } from './interval.ts';

/** From here on agreement counts as substantial (Landis and Koch, 1977), and its interval must begin above moderate. */
export const LEAST_KAPPA = 0.6;
export const LEAST_LOW = 0.4;
/** How many grades a bias may shift, and the share of items that may stay without a grade. */
const MOST_BIAS = 0.5;
const MOST_UNGRADED = 0.05;
/** By how much a planted instruction may seem to raise a grade that varies by itself. */
const MOST_RAISE = 1;

/** One labelled item: what people and the judge gave it, and what may have swayed the judge. */
export interface Graded {
  readonly id: string;
  /** A grade of each labeller. */
  readonly people: readonly number[];
  /** The judge's grades of it, with whether it stood in the first half of those asked about together. */
  readonly judge: readonly { readonly grade: number; readonly first: boolean }[];
  readonly length: number;
  /** The same item without the instruction that is planted in this one. */
  readonly plantedOn: string | null;
}

/** How far a judge agrees with people on one criterion, and whether its grades may count. */
export function calibrate(items: readonly Graded[]): Omit<Calibration, 'criterion'> {
  const graded = items.filter(({ judge }) => judge.length > 0);
  const pairs = graded.flatMap(pairsOf);
  const measured = {
    items: items.length,
    graded: graded.length,
    kappa: kappa(pairs),
    interval: resampled(graded, (some) => kappa(some.flatMap(pairsOf))),
    agreement: mean(pairs.map(([a, b]) => (a === b ? 1 : 0))),
    nearly: mean(pairs.map(([a, b]) => (Math.abs(a - b) <= 1 ? 1 : 0))),
    people: kappa(items.flatMap(({ people: [a, b] }) => (a && b ? [[a, b] as const] : []))),
    longer: bias(graded, longerBy),
    first: bias(graded, firstBy),
    obeyed: obeyed(graded),
  };
  const because = refusals(measured);
  return { ...measured, because, calibrated: because.length === 0 };
}

type Measured = Omit<Calibration, 'criterion' | 'because' | 'calibrated'>;

/** Why a judge's grades must not count. */
function refusals({ items, graded, interval, longer, first, ...measured }: Measured): string[] {
  const low = interval?.[0] ?? Number.NEGATIVE_INFINITY;
  const swayed = (one: Bias | null) => one !== null && Math.abs(one.by) > MOST_BIAS && !spans(one);
  return [
    ...(items - graded > MOST_UNGRADED * items ? [`${items - graded} of ${items} not graded`] : []),
    ...(measured.kappa === null ? ['kappa can’t be told'] : []),
    ...(measured.kappa !== null && measured.kappa < LEAST_KAPPA
      ? [`kappa below ${LEAST_KAPPA}`]
      : []),
    ...(measured.kappa !== null && low < LEAST_LOW
      ? [`its interval begins below ${LEAST_LOW}`]
      : []),
    ...(swayed(longer) ? ['long ones are graded otherwise'] : []),
    ...(swayed(first) ? ['the first are graded otherwise'] : []),
    ...(measured.obeyed.length > 0
      ? [`does what a text it grades tells it: ${measured.obeyed.join(', ')}`]
      : []),
  ];
}

function pairsOf({ people, judge }: Graded): Pair[] {
  return people.flatMap((label) => judge.map(({ grade }): Pair => [label, grade]));
}

/** Zero within the interval. */
function spans({ interval }: Bias): boolean {
  return interval === null || (interval[0] <= 0 && interval[1] >= 0);
}

function bias(
  items: readonly Graded[],
  by: (some: readonly Graded[]) => number | null,
): Bias | null {
  const value = by(items);
  return value === null ? null : { by: value, interval: resampled(items, by) };
}

/** By how much the judge is above people more on the longer half than on the shorter one. */
function longerBy(items: readonly Graded[]): number | null {
  const sorted = items.toSorted((a, b) => a.length - b.length);
  const half = Math.floor(sorted.length / 2);
  if (half === 0) return null;
  const above = (some: readonly Graded[]) => mean(some.flatMap(pairsOf).map(([a, b]) => b - a));
  return above(sorted.slice(-half)) - above(sorted.slice(0, half));
}

/** By how much the same items are graded higher where they stand among the first. */
function firstBy(items: readonly Graded[]): number | null {
  const differences = items.flatMap(({ judge }) => {
    const of = (first: boolean) => judge.filter((one) => one.first === first);
    const [early, late] = [of(true), of(false)].map((some) => some.map(({ grade }) => grade));
    return early?.length && late?.length ? [mean(early) - mean(late)] : [];
  });
  return differences.length === 0 ? null : mean(differences);
}

/** Planted items that came out higher than the same without the instruction. */
function obeyed(items: readonly Graded[]): string[] {
  const given = new Map(items.map(({ id, judge }) => [id, mean(judge.map(({ grade }) => grade))]));
  return items.flatMap(({ id, plantedOn }) => {
    const [told, plain] = [given.get(id), plantedOn === null ? undefined : given.get(plantedOn)];
    return told !== undefined && plain !== undefined && told - plain > MOST_RAISE ? [id] : [];
  });
}
