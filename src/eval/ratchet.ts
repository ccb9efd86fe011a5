import type { Baseline, CaseResult, Change, Evaluation, Scorer } from './eval.ts';

/** What a kept value may have lost to rounding. */
const ROUNDING = 2e-6;

type Rule = Pick<Scorer<never>, 'name' | 'better' | 'slack' | 'ratchet'>;
type Kept = Baseline['cases'][string][string];

/**
 * What moved against the baseline. A score of fixed answers is a regression as soon as it falls behind by
 * more than its scorer's slack; one of a live model only where the intervals are apart as well. A case that
 * stopped running is one too. Cases that were not chosen (`chosen`) are not missed.
 */
export function compareWithBaseline(
  evaluation: Evaluation,
  baseline: Baseline,
  { rules, chosen }: { readonly rules: readonly Rule[]; readonly chosen: (id: string) => boolean },
): Change[] {
  const results = new Map(evaluation.cases.map((result) => [result.id, result]));
  const ids = [
    ...new Set([...Object.keys(baseline.cases).filter(chosen), ...results.keys()]),
  ].sort();
  return ids.flatMap((id) => {
    const result = results.get(id);
    const before = baseline.cases[id];
    if (!result)
      return [{ case: id, scorer: '', before: null, after: null, kind: 'gone' as const }];
    if (result.problem !== null) {
      return [{ case: id, scorer: '', before: null, after: null, kind: 'regression' as const }];
    }
    if (!before) return [{ case: id, scorer: '', before: null, after: null, kind: 'new' as const }];
    return rules.flatMap((rule) => changeOf(result, rule, before[rule.name]));
  });
}

function changeOf(result: CaseResult, rule: Rule, before: Kept | undefined): Change[] {
  const after = result.scores[rule.name];
  const about = { case: result.id, scorer: rule.name };
  if (!rule.ratchet || (before === undefined && after === undefined)) return [];
  if (before === undefined) return [{ ...about, before: null, after: after ?? null, kind: 'new' }];
  if (after === undefined)
    return [{ ...about, before: before.value, after: null, kind: 'regression' }];
  const gained = rule.better === 'more' ? after - before.value : before.value - after;
  const slack = rule.slack * (rule.better === 'less' ? Math.abs(before.value) : 1);
  if (Math.abs(gained) <= slack + ROUNDING) return [];
  const kind = gained < 0 ? 'regression' : 'improvement';
  if (kind === 'regression' && result.origin === 'live' && !apart(result, rule, before)) return [];
  return [{ ...about, before: before.value, after, kind }];
}

function apart(result: CaseResult, { name, better }: Rule, before: Kept): boolean {
  const now = result.intervals[name];
  if (!now) return true;
  return better === 'more' ? now[1] < before.interval[0] : now[0] > before.interval[1];
}

/** Whether a change must fail the run. */
export function isRegression({ kind }: Change): boolean {
  return kind === 'regression' || kind === 'gone';
}

/** The baseline that an evaluation becomes; cases and scores that were not asked for stay as they were. */
export function acceptedBaseline(
  evaluation: Evaluation,
  before: Baseline | null,
  about: {
    readonly at: string;
    readonly note: string;
    readonly rules: readonly Rule[];
    /** Whether every case was run: totals over some are no point in time. */
    readonly whole: boolean;
  },
): Baseline {
  const kept = evaluation.cases
    .filter(({ problem }) => problem === null)
    .map((result) => [result.id, keptScores(result, before?.cases[result.id], about.rules)]);
  const totals = about.whole ? Object.entries(evaluation.summary.all) : [];
  const summary = Object.fromEntries(totals.map(([name, { value }]) => [name, round(value)]));
  return {
    version: 1,
    suite: evaluation.suite,
    cases: { ...before?.cases, ...Object.fromEntries(kept) },
    history: [...(before?.history ?? []), { at: about.at, note: about.note, summary }],
  };
}

/** A case's scores as they are held to; those that were not asked for stay as they were. */
function keptScores(
  { scores, intervals }: CaseResult,
  before: Readonly<Record<string, Kept>> | undefined,
  rules: readonly Rule[],
): Record<string, Kept> {
  const ruled = new Set(rules.map(({ name }) => name));
  const unasked = Object.entries(before ?? {}).filter(([name]) => !ruled.has(name));
  const asked = rules.flatMap(({ name, ratchet }): [string, Kept][] => {
    const [value, interval] = [scores[name], intervals[name]];
    if (!ratchet || value === undefined || !interval) return [];
    const [low, high] = interval;
    return [[name, { value: round(value), interval: [round(low), round(high)] }]];
  });
  return Object.fromEntries([...unasked, ...asked]);
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
