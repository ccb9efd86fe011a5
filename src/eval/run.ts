import { StatewrightError } from '../kernel/errors.ts';
import type { Emit } from '../kernel/events.ts';
import type { CaseResult, EvalCase, Evaluation, Score, Scorer, Suite, Total } from './eval.ts';
import { bootstrap, mean, wilson } from './interval.ts';

/**
 * Runs every case `runs` times and scores each run; a case that can't run has a problem instead of
 * scores, and the others go on. Throws only when aborted.
 */
export async function runSuite<Run>(
  suite: Suite<Run>,
  options: { readonly runs: number; readonly emit: Emit; readonly signal: AbortSignal },
): Promise<Evaluation> {
  const { emit, signal } = options;
  const scored: Scored[] = [];
  emit({ kind: 'stage', stage: 'eval', total: suite.cases.length });
  for (const [index, one] of suite.cases.entries()) {
    signal.throwIfAborted();
    scored.push(await runCase(one, suite.scorers, options));
    emit({ kind: 'progress', stage: 'eval', done: index + 1, note: one.id });
  }
  emit({ kind: 'done', stage: 'eval', note: `${scored.length} cases` });
  const origins = [...new Set(scored.map(({ result }) => result.origin))].sort();
  const totals = (some: readonly Scored[]): Record<string, Total> =>
    totalsOf(
      some,
      suite.scorers.map(({ name }) => name),
    );
  return {
    version: 1,
    suite: suite.name,
    cases: scored.map(({ result }) => result),
    summary: {
      all: totals(scored),
      byOrigin: Object.fromEntries(
        origins.map((origin) => [
          origin,
          totals(scored.filter(({ result }) => result.origin === origin)),
        ]),
      ),
    },
  };
}

interface Scored {
  readonly result: CaseResult;
  readonly raw: Readonly<Record<string, readonly Score[]>>;
}

async function runCase<Run>(
  one: EvalCase<Run>,
  scorers: readonly Scorer<Run>[],
  options: { readonly runs: number; readonly signal: AbortSignal },
): Promise<Scored> {
  const runs = Math.max(options.runs, one.takes ?? 1);
  const raw: Record<string, Score[]> = {};
  const about = { id: one.id, group: one.group, prompt: one.prompt };
  let origin: CaseResult['origin'] = one.planner === 'solver' ? 'solver' : 'authored';
  try {
    for (let take = 1; take <= runs; take++) {
      const ran = await one.run(take);
      origin = ran.origin;
      for (const { name, score } of scorers) {
        const value = score(ran.record);
        if (value) raw[name] = [...(raw[name] ?? []), value];
      }
    }
  } catch (error) {
    options.signal.throwIfAborted();
    const nothing = { scores: {}, intervals: {}, notes: {}, runs: 0 };
    return { result: { ...about, origin, ...nothing, problem: problemOf(error) }, raw: {} };
  }
  return { result: { ...about, origin, runs, ...summed(raw), problem: null }, raw };
}

function summed(
  raw: Readonly<Record<string, readonly Score[]>>,
): Pick<CaseResult, 'scores' | 'intervals' | 'notes'> {
  const entries = Object.entries(raw);
  const totals = entries.map(([name, scores]) => [name, totalOf(scores)] as const);
  const noted = entries.map(([name, scores]): [string, string[]] => [
    name,
    [...new Set(scores.flatMap((score) => ('notes' in score ? (score.notes ?? []) : [])))],
  ]);
  return {
    scores: Object.fromEntries(totals.map(([name, { value }]) => [name, value])),
    intervals: Object.fromEntries(totals.map(([name, { interval }]) => [name, interval])),
    notes: Object.fromEntries(noted.filter(([, notes]) => notes.length > 0)),
  };
}

function totalsOf(scored: readonly Scored[], names: readonly string[]): Record<string, Total> {
  return Object.fromEntries(
    names.flatMap((name): [string, Total][] => {
      const lists = scored.flatMap(({ raw }) => (raw[name] ? [raw[name]] : []));
      return lists.length === 0 ? [] : [[name, { ...totalOf(lists.flat()), cases: lists.length }]];
    }),
  );
}

/** Shares are pooled, so that a case with one plan does not weigh as much as one with a hundred. */
function totalOf(scores: readonly Score[]): Pick<Total, 'value' | 'interval'> {
  const amounts = scores.flatMap((score) => ('amount' in score ? [score.amount] : []));
  if (amounts.length > 0) return { value: mean(amounts), interval: bootstrap(amounts) };
  const shares = scores.flatMap((score) => ('hits' in score ? [score] : []));
  const hits = shares.reduce((sum, score) => sum + score.hits, 0);
  const of = shares.reduce((sum, score) => sum + score.of, 0);
  return { value: of === 0 ? 1 : hits / of, interval: wilson(hits, of) };
}

function problemOf(error: unknown): string {
  if (error instanceof StatewrightError) return `${error.message} ${error.hint}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
