import type { CaseResult, Change, Evaluation, Scorer, Total } from '../eval.ts';
import { isRegression } from '../ratchet.ts';

type Rule = Pick<Scorer<never>, 'name' | 'says' | 'unit'>;

/** A second evaluation, whose scores stand beside the first one's. */
export interface Beside {
  readonly label: string;
  readonly evaluation: Evaluation;
}

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
  const head = ['scorer', 'score', '95 %', 'cases', ...(beside ? [beside.label, 'by'] : []), ''];
  const rows = rules.flatMap((rule) => {
    const total = all[rule.name];
    return total ? [rowOf(rule, total, beside)] : [];
  });
  const origins = Object.entries(byOrigin).filter(([origin]) => origin !== 'solver');
  const problems = evaluation.cases.filter(({ problem }) => problem !== null);
  return [
    `${evaluation.suite}: ${evaluation.cases.length} cases`,
    ...align([head, ...rows]),
    ...caseLines(evaluation, rules),
    ...origins.flatMap(([origin, totals]) => ['', ...originLines(origin, totals, rules)]),
    ...section(
      'could not run',
      problems.map(({ id, problem }) => `${id}: ${problem}`),
    ),
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

function rowOf(rule: Rule, total: Total, beside: Beside | null): string[] {
  const [low, high] = total.interval;
  const other = beside?.evaluation.summary.all[rule.name]?.value;
  const by = other === undefined ? '' : signed(other - total.value, rule.unit);
  return [
    rule.name,
    scoreText(total.value, rule.unit),
    `${scoreText(low, rule.unit)} – ${scoreText(high, rule.unit)}`,
    String(total.cases),
    ...(beside ? [other === undefined ? '' : scoreText(other, rule.unit), by] : []),
    rule.says,
  ];
}

/** The unit of a scorer by name. */
export function unitOf(name: string, rules: readonly Rule[]): Rule['unit'] {
  return rules.find((rule) => rule.name === name)?.unit ?? 'share';
}

function signed(by: number, unit: Rule['unit']): string {
  if (Math.abs(by) < 1e-9) return '=';
  return `${by > 0 ? '+' : '−'}${scoreText(Math.abs(by), unit)}`;
}

/** As many cases as stand beside each other on a screen. */
const BESIDE = 6;

/** Each scorer case by case, with its interval, where there are few cases. */
function caseLines({ cases }: Evaluation, rules: readonly Rule[]): string[] {
  if (cases.length === 1 || cases.length > BESIDE) return [];
  const rows = rules.flatMap(({ name, unit }) =>
    cases.some(({ scores }) => scores[name] !== undefined)
      ? [[name, ...cases.map((one) => cellOf(one, name, unit))]]
      : [],
  );
  return ['', ...align([['', ...cases.map(({ id, runs }) => `${id} ×${runs}`)], ...rows])];
}

function cellOf({ scores, intervals }: CaseResult, name: string, unit: Rule['unit']): string {
  const [value, interval] = [scores[name], intervals[name]];
  if (value === undefined) return '';
  const [low, high] = interval?.map((end) => scoreText(end, unit)) ?? [];
  return low === high ? scoreText(value, unit) : `${scoreText(value, unit)} (${low} – ${high})`;
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
        `${cases} cases`,
      ]),
    ),
  ];
}

function noteLines({ cases }: Evaluation): string[] {
  return cases.flatMap(({ id, notes }) =>
    Object.entries(notes).flatMap(([name, items]) => section(`${id}: ${name}`, items)),
  );
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', `${title}:`, ...items.map((item) => `  ${item}`)];
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
