import type { Beside, CaseResult, Evaluation, Sample, Total, Totals } from './eval.ts';
import { bootstrap, mean, wilson } from './interval.ts';

/** Each scorer over all of some cases that it applies to. */
export function totalsOf(cases: readonly CaseResult[]): Totals {
  const names = new Set(cases.flatMap(({ samples }) => Object.keys(samples)));
  return Object.fromEntries(
    [...names].map((name): [string, Total] => {
      const lists = cases.flatMap(({ samples }) => (samples[name] ? [samples[name]] : []));
      return [name, { ...totalOf(lists.flat()), cases: lists.length }];
    }),
  );
}

/** Two evaluations side by side: one that could not run a case says nothing about it against the other. */
export function besides(here: Evaluation, there: Evaluation, label: string): Beside {
  const ran = ({ cases }: Evaluation) =>
    cases.filter(({ problem }) => problem === null).map(({ id }) => id);
  const known = new Set(ran(there));
  const both = new Set(ran(here).filter((id) => known.has(id)));
  const over = ({ cases }: Evaluation) => totalsOf(cases.filter(({ id }) => both.has(id)));
  const totals = { here: over(here), there: over(there) };
  return { label, evaluation: there, cases: both.size, totals };
}

/** Shares are pooled, so that a case with one plan does not weigh as much as one with a hundred. */
export function totalOf(scores: readonly Sample[]): Pick<Total, 'value' | 'interval'> {
  const amounts = scores.flatMap((score) => ('amount' in score ? [score.amount] : []));
  if (amounts.length > 0) return { value: mean(amounts), interval: bootstrap(amounts) };
  const shares = scores.flatMap((score) => ('hits' in score ? [score] : []));
  const hits = shares.reduce((sum, score) => sum + score.hits, 0);
  const of = shares.reduce((sum, score) => sum + score.of, 0);
  return { value: of === 0 ? 1 : hits / of, interval: wilson(hits, of) };
}
