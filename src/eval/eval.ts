import * as z from 'zod';

/** Who gave the plans of a case: the solver, or a model, whose answer came from one of three places. */
export const Origin = z.enum(['solver', 'live', 'recorded', 'transcribed', 'authored']);
export type Origin = z.infer<typeof Origin>;

const Sample = z.union([
  z.object({ hits: z.number(), of: z.number() }),
  z.object({ amount: z.number() }),
]);
/** What one run scored: a share with what it is a share of, or an amount. */
export type Sample = Readonly<z.infer<typeof Sample>>;
/** `notes` name what fell short. */
export type Score = Sample & { readonly notes?: readonly string[] };

/** A pure judgement of one run's record; null where it does not apply to that case. */
export interface Scorer<Run> {
  readonly name: string;
  readonly says: string;
  readonly unit: 'share' | 'amount';
  readonly better: 'more' | 'less';
  /** How far a value may fall behind the baseline: absolute where more is better, else relative. */
  readonly slack: number;
  /** Whether falling behind the baseline is a regression; what depends on the machine is only shown. */
  readonly ratchet: boolean;
  readonly score: (run: Run) => Score | null;
}

export interface EvalCase<Run> {
  readonly id: string;
  /** What it is about: `handlers`, `mutants`, `injected`. */
  readonly group: string;
  /** Who answers: `solver`, or a language model (a cassette unless another is chosen). */
  readonly planner: 'solver' | 'llm';
  /** The prompt it asks with, and its version: `plan/propose@3`; null where nobody is asked. */
  readonly prompt: string | null;
  /** How often it is run at least: as often as its question was answered. */
  readonly takes?: number;
  /** `take` counts from 1. */
  run(take: number): Promise<{ readonly record: Run; readonly origin: Origin }>;
}

const Interval = z.tuple([z.number(), z.number()]);

const Bias = z.object({ by: z.number(), interval: Interval.nullable() });
/** By how many grades a judge is swayed, with the 95 % interval. */
export type Bias = Readonly<z.infer<typeof Bias>>;

/** How far a judge agrees with people on one criterion, over items that they graded. */
export const Calibration = z.object({
  criterion: z.string(),
  items: z.number().int(),
  graded: z.number().int(),
  /** Cohen's, quadratically weighted, with its 95 % interval. */
  kappa: z.number().nullable(),
  interval: Interval.nullable(),
  /** The share of grades that are the same, and of those at most one apart. */
  agreement: z.number(),
  nearly: z.number(),
  /** Kappa of the people among themselves; null where one alone labelled. */
  people: z.number().nullable(),
  /** By how much long ones, and those that are asked about first, are graded higher than they should be. */
  longer: Bias.nullable(),
  first: Bias.nullable(),
  /** Items whose planted instruction the judge followed. */
  obeyed: z.array(z.string()),
  /** Whether its grades count, and why not. */
  calibrated: z.boolean(),
  because: z.array(z.string()),
});
export type Calibration = Readonly<z.infer<typeof Calibration>>;

/** Somebody whose grades are opinions: they are held against people's before they count for anything. */
export interface Judge<Run> {
  /** Who it is, in which words it is asked, and whose labels it is held against. */
  readonly about: string;
  calibrate(): Promise<readonly Calibration[]>;
  /** A run's grades, by criterion; null where there is nothing to grade. */
  grade(record: Run, id: string): Promise<Readonly<Record<string, Score>> | null>;
}

/** Cases and the scorers that judge them, as a suite file exports them for given settings. */
export interface Suite<Run> {
  readonly name: string;
  readonly cases: readonly EvalCase<Run>[];
  readonly scorers: readonly Scorer<Run>[];
  readonly judge?: Judge<Run> | null;
}

export const CaseResult = z.object({
  id: z.string(),
  group: z.string(),
  origin: Origin,
  prompt: z.string().nullable(),
  runs: z.number().int(),
  scores: z.record(z.string(), z.number()),
  /** The 95 % interval of each score. */
  intervals: z.record(z.string(), Interval),
  /** What each run scored, of which the scores come. */
  samples: z.record(z.string(), z.array(Sample)),
  notes: z.record(z.string(), z.array(z.string())),
  /** Why the case has no scores, where it has none. */
  problem: z.string().nullable(),
});
export type CaseResult = Readonly<z.infer<typeof CaseResult>>;

export const Total = z.object({
  value: z.number(),
  interval: Interval,
  cases: z.number().int(),
});
export type Total = Readonly<z.infer<typeof Total>>;

const Totals = z.record(z.string(), Total);
export type Totals = Readonly<z.infer<typeof Totals>>;

/** A judge's grades, never without what they are worth. */
export const Judgement = z.object({
  about: z.string(),
  calibrations: z.array(Calibration),
  /** The mean grade of each criterion over the cases that were graded, and what was graded low. */
  totals: Totals,
  notes: z.record(z.string(), z.array(z.string())),
  /** What could not be asked. */
  problems: z.array(z.string()),
});
export type Judgement = Readonly<z.infer<typeof Judgement>>;

export const Evaluation = z.object({
  version: z.literal(1),
  suite: z.string(),
  cases: z.array(CaseResult),
  /** Each scorer over all its cases, and over those of each origin: authored answers prove the pipeline alone. */
  summary: z.object({ all: Totals, byOrigin: z.record(z.string(), Totals) }),
  judgement: Judgement.nullable(),
});
export type Evaluation = Readonly<z.infer<typeof Evaluation>>;

/** A second evaluation, and both over the cases that either could run. */
export interface Beside {
  readonly label: string;
  readonly evaluation: Evaluation;
  readonly cases: number;
  readonly totals: { readonly here: Totals; readonly there: Totals };
}

/** What the scores may not fall behind, and how they came to be over time. */
export const Baseline = z.object({
  version: z.literal(1),
  suite: z.string(),
  cases: z.record(
    z.string(),
    z.record(z.string(), z.object({ value: z.number(), interval: Interval })),
  ),
  history: z.array(
    z.object({ at: z.string(), note: z.string(), summary: z.record(z.string(), z.number()) }),
  ),
});
export type Baseline = Readonly<z.infer<typeof Baseline>>;

/** A score that moved against the baseline. */
export const Change = z.object({
  case: z.string(),
  scorer: z.string(),
  before: z.number().nullable(),
  after: z.number().nullable(),
  kind: z.enum(['regression', 'improvement', 'new', 'gone']),
});
export type Change = Readonly<z.infer<typeof Change>>;
