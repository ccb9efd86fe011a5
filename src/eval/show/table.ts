import type { Beside, CaseResult, Change, Evaluation, Scorer, Total } from '../eval.ts';
import { isRegression } from '../ratchet.ts';
import { align, section } from './align.ts';
import { judgementLines } from './judgement.ts';

type Rule = Pick<Scorer<never>, 'name' | 'says' | 'unit'>;

/** The scores as a table for a terminal: each scorer over all cases, with its interval, then what moved. */
export function renderTable(
  evaluation: Evaluation,
  about: {
    readonly rules: readonly Rule[];
    readonly changes: readonly Change[];
    readonly beside: Beside | null;
    readonly notes: boolean;
  },
): string {
  const { rules, changes, beside, notes } = about;
  const { all, byOrigin } = evaluation.summary;
  const head = ['scorer', 'score', '95 %', 'cases', ''];
  const rows = rules.flatMap((rule) => {
    const total = all[rule.name];
    return total ? [rowOf(rule, total)] : [];
  });
  const origins = Object.entries(byOrigin).filter(([origin]) => origin !== 'solver');
  return [
    `${evaluation.suite}: ${casesText(evaluation.cases.length)}`,
    ...align([head, ...rows]),
    ...(beside ? besideLines(beside, rules) : []),
    ...caseLines(evaluation, rules, beside),
    ...(evaluation.judgement ? judgementLines(evaluation.judgement, notes) : []),
    ...origins.flatMap(([origin, totals]) => ['', ...originLines(origin, totals, rules)]),
    ...section('could not run', problemsOf(evaluation)),
    ...(beside ? section(`could not run with ${beside.label}`, problemsOf(beside.evaluation)) : []),
    ...section(
      'regressions',
      changes.filter(isRegression).map((one) => changeText(one, rules)),
    ),
    ...section(
      'better than the baseline',
      changes.filter(({ kind }) => kind === 'improvement').map((one) => changeText(one, rules)),
    ),
    ...section(
      'not in the baseline',
      changes.filter(({ kind }) => kind === 'new').map((one) => changeText(one, rules)),
    ),
    ...(notes ? noteLines(evaluation) : []),
    '',
  ].join('\n');
}

export function casesText(count: number): string {
  return count === 1 ? 'one case' : `${count} cases`;
}

/** A score as a person reads it: shares in percent, amounts as they are. */
export function scoreText(value: number, unit: Rule['unit']): string {
  return unit === 'share' ? `${(100 * value).toFixed(1)} %` : value.toFixed(value < 100 ? 2 : 0);
}

export function changeText(
  { case: id, scorer, before, after }: Change,
  rules: readonly Rule[],
): string {
  if (scorer === '') return id;
  const unit = unitOf(scorer, rules);
  const [was, is] = [before, after].map((value) =>
    value === null ? 'none' : scoreText(value, unit),
  );
  return `${id}  ${scorer}  ${was} → ${is}`;
}

function rowOf({ name, unit, says }: Rule, { value, interval, cases }: Total): string[] {
  const [low, high] = interval.map((end) => scoreText(end, unit));
  return [name, scoreText(value, unit), `${low} – ${high}`, String(cases), says];
}

function problemsOf({ cases }: Evaluation): string[] {
  return cases.flatMap(({ id, problem }) => (problem === null ? [] : [`${id}: ${problem}`]));
}

/** What another prompt or model makes of the same cases. */
function besideLines({ label, cases, totals }: Beside, rules: readonly Rule[]): string[] {
  const rows = rules.flatMap(({ name, unit }) => {
    const [here, there] = [totals.here[name], totals.there[name]];
    if (!here || !there) return [];
    const both = [scoreText(here.value, unit), scoreText(there.value, unit)];
    return [[name, ...both, signed(there.value - here.value, unit)]];
  });
  if (cases === 0) return [];
  const title = `${label}, over the ${casesText(cases)} that both could run:`;
  return ['', title, ...align([['scorer', 'score', 'with it', 'by'], ...rows])];
}

/** The unit of a scorer by name. */
export function unitOf(name: string, rules: readonly Rule[]): Rule['unit'] {
  return rules.find((rule) => rule.name === name)?.unit ?? 'share';
}

/** By how much a score is another. */
export function signed(by: number, unit: Rule['unit']): string {
  if (Math.abs(by) < 1e-9) return '=';
  return `${by > 0 ? '+' : '−'}${scoreText(Math.abs(by), unit)}`;
}

/** As many cases as stand beside each other on a screen. */
const BESIDE = 6;

/** Each scorer case by case, with its interval and with what stands beside it, where there are few cases. */
function caseLines({ cases }: Evaluation, rules: readonly Rule[], beside: Beside | null): string[] {
  if (cases.length === 1 || cases.length > BESIDE) return [];
  const others = new Map(beside?.evaluation.cases.map((one) => [one.id, one]));
  const rows = rules.flatMap(({ name, unit }) =>
    cases.some(({ scores }) => scores[name] !== undefined)
      ? [[name, ...cases.map((one) => cellOf(one, others.get(one.id), { name, unit }))]]
      : [],
  );
  return ['', ...align([['', ...cases.map(({ id, runs }) => `${id} ×${runs}`)], ...rows])];
}

function cellOf(
  { scores, intervals }: CaseResult,
  other: CaseResult | undefined,
  { name, unit }: Pick<Rule, 'name' | 'unit'>,
): string {
  const [value, interval, there] = [scores[name], intervals[name], other?.scores[name]];
  if (value === undefined) return '';
  const [low, high] = interval?.map((end) => scoreText(end, unit)) ?? [];
  const range = low === high ? '' : ` (${low} – ${high})`;
  return `${scoreText(value, unit)}${range}${there === undefined ? '' : ` → ${scoreText(there, unit)}`}`;
}

function originLines(
  origin: string,
  totals: Readonly<Record<string, Total>>,
  rules: readonly Rule[],
): string[] {
  const says = origin === 'authored' ? ' (proves the pipeline, not a model)' : '';
  return [
    `answers ${origin}${says}:`,
    ...align(
      Object.entries(totals).map(([name, { value, cases }]) => [
        `  ${name}`,
        scoreText(value, unitOf(name, rules)),
        casesText(cases),
      ]),
    ),
  ];
}

function noteLines({ cases }: Evaluation): string[] {
  return cases.flatMap(({ id, notes }) =>
    Object.entries(notes).flatMap(([name, items]) => section(`${id}: ${name}`, items)),
  );
}
