import type {
  Baseline,
  Beside,
  CaseResult,
  Change,
  Evaluation,
  Judgement,
  Scorer,
} from '../eval.ts';
import { chartOf } from './chart.ts';
import { judgementRows } from './judgement.ts';
import { casesText, scoreText, signed, unitOf } from './table.ts';

type Rule = Pick<Scorer<never>, 'name' | 'says' | 'unit'>;

/** Composes HTML in which every string put in is text. */
interface Markup {
  readonly markup: string;
}
export type Content = Markup | string | number | null | false | readonly Content[];
export type Html = (strings: TemplateStringsArray, ...values: readonly Content[]) => Markup;

interface About {
  readonly rules: readonly Rule[];
  readonly changes: readonly Change[];
  readonly baseline: Baseline | null;
  readonly beside: Beside | null;
  /** Whether every case was run: totals over some are no point in time. */
  readonly whole: boolean;
  readonly style: Markup;
  readonly html: Html;
}

/** One page on an evaluation: totals, what moved, scores over time, every case before and after. */
export function renderEvalPage(evaluation: Evaluation, about: About): string {
  const { html, style, changes, baseline, beside, whole } = about;
  const now = (name: string) => (whole ? evaluation.summary.all[name]?.value : undefined);
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${evaluation.suite} eval</title><style>${style}</style></head><body>
<h1>${evaluation.suite}: ${casesText(evaluation.cases.length)}</h1>
${totals(evaluation, about)}
${evaluation.judgement && judged(evaluation.judgement, about)}
${beside && beside.cases > 0 && sideBySide(beside, about)}
<h2>Moved against the baseline</h2>
${changes.length === 0 ? html`<p>Nothing.</p>` : moved(about)}
<h2>Over time</h2>
<p><small>All cases together, each time a baseline was accepted${whole && ', and now'}.</small></p>
<div class="charts">${about.rules.map((rule) => chartOf(rule, { now: now(rule.name), baseline, html }))}</div>
<h2>Cases</h2>
${evaluation.cases.map((one) => caseOf(one, about))}
</body></html>
`;
  return page.markup;
}

function totals({ summary }: Evaluation, { html, rules }: About): Markup {
  const origins = Object.keys(summary.byOrigin);
  const cell = (value: number | undefined, { unit }: Rule): string =>
    value === undefined ? '' : scoreText(value, unit);
  return html`<div class="wide"><table><tr><th>Scorer</th><th>All</th><th>95 %</th>${origins.map((one) => html`<th>${one}</th>`)}</tr>
${rules.map((rule) => {
  const total = summary.all[rule.name];
  if (!total) return null;
  const range = total.interval.map((end) => scoreText(end, rule.unit)).join(' – ');
  return html`<tr><td>${rule.name}<small>${rule.says}</small></td><td>${cell(total.value, rule)}</td><td>${range}</td>${origins.map((one) => html`<td>${cell(summary.byOrigin[one]?.[rule.name]?.value, rule)}</td>`)}</tr>
`;
})}</table></div>`;
}

/** What a judge says, beside what its word is worth. */
function judged(judgement: Judgement, { html }: About): Markup {
  const [head = [], ...rows] = judgementRows(judgement);
  return html`<h2>Judge</h2>
<p><small>${judgement.about}</small></p>
${judgement.problems.map((problem) => html`<p class="regression">${problem}</p>`)}
<div class="wide"><table><tr>${head.map((cell) => html`<th>${cell}</th>`)}</tr>
${rows.map(
  (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}</table></div>`;
}

/** What another prompt or model makes of the cases that both could run. */
function sideBySide({ label, cases, totals: { here, there } }: Beside, about: About): Markup {
  const { html, rules } = about;
  return html`<h2>Beside ${label}</h2>
<p><small>Over the ${casesText(cases)} that both could run.</small></p>
<div class="wide"><table><tr><th>Scorer</th><th>Without</th><th>With</th><th>By</th></tr>
${rules.map(({ name, unit }) => {
  const [one, other] = [here[name], there[name]];
  if (!one || !other) return null;
  return html`<tr><td>${name}</td><td>${scoreText(one.value, unit)}</td><td>${scoreText(other.value, unit)}</td><td>${signed(other.value - one.value, unit)}</td></tr>
`;
})}</table></div>`;
}

function moved({ html, changes, rules }: About): Markup {
  const text = (value: number | null, scorer: string): string =>
    value === null ? '' : scoreText(value, unitOf(scorer, rules));
  return html`<div class="wide"><table><tr><th>Case</th><th>Scorer</th><th>Before</th><th>After</th><th></th></tr>
${changes.map(
  ({
    case: id,
    scorer,
    before,
    after,
    kind,
  }) => html`<tr class="${kind}"><td>${id}</td><td>${scorer}</td><td>${text(before, scorer)}</td><td>${text(after, scorer)}</td><td>${kind}</td></tr>
`,
)}</table></div>`;
}

/** One case before and after, open where it moved or is another one beside it. */
function caseOf(one: CaseResult, { html, baseline, beside, changes, rules }: About): Markup {
  const before = baseline?.cases[one.id];
  const other = beside?.evaluation.cases.find(({ id }) => id === one.id);
  const kinds = new Map(
    changes.filter((change) => change.case === one.id).map((c) => [c.scorer, c.kind]),
  );
  const names = Object.keys(one.scores);
  const lost = other?.problem ?? null;
  const ruled = new Set(Object.keys(before ?? {}));
  const differs = names.some(
    (name) => ruled.has(name) && other && other.scores[name] !== one.scores[name],
  );
  const text = (value: number | undefined, name: string): string =>
    value === undefined ? '' : scoreText(value, unitOf(name, rules));
  return html`<details ${(kinds.size > 0 || differs) && html`open`}><summary>${one.id} <small>${one.origin}${one.prompt && ` · ${one.prompt}`}</small></summary>
${one.problem && html`<p class="regression">${one.problem}</p>`}
${lost !== null && html`<p class="regression">${beside?.label ?? ''}: ${lost}</p>`}
<div class="wide"><table><tr><th>Scorer</th><th>Before</th><th>After</th>${other !== undefined && html`<th>${beside?.label ?? ''}</th>`}</tr>
${names.map((name) => {
  const notes = (one.notes[name] ?? []).join(' · ');
  return html`<tr class="${kinds.get(name) ?? ''}"><td>${name}${notes !== '' && html`<small>${notes}</small>`}</td><td>${text(before?.[name]?.value, name)}</td><td>${text(one.scores[name], name)}</td>${other !== undefined && html`<td>${text(other.scores[name], name)}</td>`}</tr>
`;
})}</table></div></details>
`;
}
