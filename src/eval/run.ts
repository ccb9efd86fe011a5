import type { Emit } from '../kernel/events.ts';
import type { CaseResult, EvalCase, Evaluation, Sample, Score, Scorer, Suite } from './eval.ts';
import { type Judging, openJudging, problemOf, withGrades } from './judging.ts';
import { totalOf, totalsOf } from './totals.ts';

/**
 * Runs every case `runs` times and scores each run; a case that can't run has a problem instead of
 * scores, and the others go on. Throws only when aborted.
 */
export async function runSuite<Run>(
  suite: Suite<Run>,
  options: { readonly runs: number; readonly emit: Emit; readonly signal: AbortSignal },
): Promise<Evaluation> {
  const { emit, signal } = options;
  const cases: CaseResult[] = [];
  const judging = suite.judge ? await openJudging(suite.judge, options) : null;
  emit({ kind: 'stage', stage: 'eval', total: suite.cases.length });
  for (const [index, one] of suite.cases.entries()) {
    signal.throwIfAborted();
    cases.push(await runCase(one, suite.scorers, { ...options, judging }));
    emit({ kind: 'progress', stage: 'eval', done: index + 1, note: one.id });
  }
  emit({ kind: 'done', stage: 'eval', note: `${cases.length} cases` });
  const byOrigin = Map.groupBy(cases, ({ origin }) => origin);
  const origins = [...byOrigin].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    version: 1,
    suite: suite.name,
    cases,
    summary: {
      all: totalsOf(cases),
      byOrigin: Object.fromEntries(origins.map(([origin, some]) => [origin, totalsOf(some)])),
    },
    judgement: judging?.judgement() ?? null,
  };
}

async function runCase<Run>(
  one: EvalCase<Run>,
  scorers: readonly Scorer<Run>[],
  options: {
    readonly runs: number;
    readonly signal: AbortSignal;
    readonly judging: Judging<Run> | null;
  },
): Promise<CaseResult> {
  const runs = Math.max(options.runs, one.takes ?? 1);
  const raw: Record<string, Score[]> = {};
  const about = { id: one.id, group: one.group, prompt: one.prompt };
  let grades: Readonly<Record<string, Score>> = {};
  let origin: CaseResult['origin'] = one.planner === 'solver' ? 'solver' : 'authored';
  try {
    for (let take = 1; take <= runs; take++) {
      const ran = await one.run(take);
      origin = ran.origin;
      // One run is enough for a judge: its opinion of another is not worth what it costs.
      if (take === 1) grades = (await options.judging?.grade(ran.record, one.id)) ?? {};
      for (const { name, score } of scorers) {
        const value = score(ran.record);
        if (value) raw[name] = [...(raw[name] ?? []), value];
      }
    }
  } catch (error) {
    options.signal.throwIfAborted();
    const nothing = { scores: {}, intervals: {}, samples: {}, notes: {}, runs: 0 };
    return { ...about, origin, ...nothing, problem: problemOf(error) };
  }
  return withGrades({ ...about, origin, runs, ...summed(raw), problem: null }, grades);
}

function summed(
  raw: Readonly<Record<string, readonly Score[]>>,
): Pick<CaseResult, 'scores' | 'intervals' | 'samples' | 'notes'> {
  const entries = Object.entries(raw);
  const totals = entries.map(([name, scores]) => [name, totalOf(scores)] as const);
  const noted = entries.map(([name, scores]): [string, string[]] => [
    name,
    [...new Set(scores.flatMap(({ notes = [] }) => notes))],
  ]);
  const samples = entries.map(([name, scores]): [string, Sample[]] => [
    name,
    scores.map(({ notes: _, ...sample }) => sample),
  ]);
  return {
    scores: Object.fromEntries(totals.map(([name, { value }]) => [name, value])),
    intervals: Object.fromEntries(totals.map(([name, { interval }]) => [name, interval])),
    samples: Object.fromEntries(samples),
    notes: Object.fromEntries(noted.filter(([, notes]) => notes.length > 0)),
  };
}
