import { StatewrightError } from '../kernel/errors.ts';
import type { Calibration, CaseResult, Judge, Judgement, Sample, Score, Scorer } from './eval.ts';
import { totalOf } from './totals.ts';

/** The grades of a suite's cases, gathered while they run. */
export interface Judging<Run> {
  /** Grades a case's run; what may count among its scores comes back. */
  grade(record: Run, id: string): Promise<Readonly<Record<string, Score>>>;
  judgement(): Judgement;
}

/**
 * Holds a judge against people's labels, then lets it grade. What can't be asked, be it the labels or a
 * case, is a problem that is named, and nothing of it counts. Throws only when aborted.
 */
export async function openJudging<Run>(
  judge: Judge<Run>,
  { signal }: { readonly signal: AbortSignal },
): Promise<Judging<Run>> {
  const problems: string[] = [];
  const samples = new Map<string, Score[]>();
  const attempt = async <Value>(what: () => Promise<Value>, instead: Value): Promise<Value> => {
    try {
      return await what();
    } catch (error) {
      signal.throwIfAborted();
      problems.push(problemOf(error));
      return instead;
    }
  };
  const calibrations = await attempt(() => judge.calibrate(), []);
  const counts = new Set(calibrations.flatMap((one) => (one.calibrated ? one.criterion : [])));
  return {
    grade: async (record, id) => {
      // Grades of a judge that nothing is known about are worth nothing: they are not asked for.
      if (calibrations.length === 0) return {};
      const grades = (await attempt(() => judge.grade(record, id), null)) ?? {};
      for (const [name, score] of Object.entries(grades)) {
        samples.set(name, [...(samples.get(name) ?? []), score]);
      }
      return Object.fromEntries(Object.entries(grades).filter(([name]) => counts.has(name)));
    },
    judgement: () => judgementOf(judge.about, { calibrations, samples, problems }),
  };
}

function judgementOf(
  about: string,
  of: {
    readonly calibrations: readonly Calibration[];
    readonly samples: ReadonlyMap<string, readonly Score[]>;
    readonly problems: readonly string[];
  },
): Judgement {
  const graded = [...of.samples];
  return {
    about,
    calibrations: [...of.calibrations],
    totals: Object.fromEntries(
      graded.map(([name, some]) => [name, { ...totalOf(some), cases: some.length }]),
    ),
    notes: Object.fromEntries(graded.map(([name, some]) => [name, some.flatMap(notesOf)])),
    problems: [...new Set(of.problems)],
  };
}

function notesOf({ notes = [] }: Score): readonly string[] {
  return notes;
}

/** The rules by which a judge's grades are held to the baseline: those alone that are calibrated. */
export function judgeRules(judgement: Judgement | null): Omit<Scorer<never>, 'score'>[] {
  return (judgement?.calibrations ?? [])
    .filter(({ calibrated }) => calibrated)
    .map(({ criterion }) => ({
      ...{ name: criterion, says: 'what the judge grades it, of 5', unit: 'amount' },
      ...{ better: 'more', slack: 0, ratchet: true },
    }));
}

/** Scores with a judge's that may count among them. */
export function withGrades(
  result: CaseResult,
  grades: Readonly<Record<string, Score>>,
): CaseResult {
  const entries = Object.entries(grades);
  const of = <Value>(read: (score: Score) => Value) =>
    Object.fromEntries(entries.map(([name, score]) => [name, read(score)]));
  return {
    ...result,
    scores: { ...result.scores, ...of((score) => totalOf([score]).value) },
    intervals: { ...result.intervals, ...of((score) => totalOf([score]).interval) },
    samples: { ...result.samples, ...of(({ notes: _, ...sample }): Sample[] => [sample]) },
  };
}

/** What kept something from being run, as it is told. */
export function problemOf(error: unknown): string {
  if (error instanceof StatewrightError) return `${error.message} ${error.hint}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
