import type { Baseline, CaseResult, Change, Evaluation, Scorer } from '../eval.ts';
import { type Beside, scoreText, unitOf } from './table.ts';

type Rule = Pick<Scorer<never>, 'name' | 'says' | 'unit'>;

/** Composes HTML in which every string put in is text. */
interface Markup {
  readonly markup: string;
}
type Content = Markup | string | number | null | false | readonly Content[];
type Html = (strings: TemplateStringsArray, ...values: readonly Content[]) => Markup;

interface About {
  readonly rules: readonly Rule[];
  readonly changes: readonly Change[];
  readonly baseline: Baseline | null;
  readonly beside: Beside | null;
  readonly style: Markup;
  readonly html: Html;
}

/** One page on an evaluation: totals, what moved, scores over time, every case before and after. */
export function renderEvalPage(evaluation: Evaluation, about: About): string {
  const { html, style, changes } = about;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${evaluation.suite} eval</title><style>${style}</style></head><body>
<h1>${evaluation.suite}: ${evaluation.cases.length} cases</h1>
${totals(evaluation, about)}
<h2>Moved against the baseline</h2>
${changes.length === 0 ? html`<p>Nothing.</p>` : moved(about)}
<h2>Over time</h2>
<div class="charts">${about.rules.map((rule) => chart(rule, evaluation, about))}</div>
<h2>Cases</h2>
${evaluation.cases.map((one) => caseOf(one, about))}
</body></html>
`;
  return page.markup;
}

function totals({ summary }: Evaluation, { html, rules, beside }: About): Markup {
  const origins = Object.keys(summary.byOrigin);
  const cell = (value: number | undefined, { unit }: Rule): string =>
    value === undefined ? '' : scoreText(value, unit);
  return html`<table><tr><th>Scorer</th><th>All</th><th>95 %</th>${origins.map((one) => html`<th>${one}</th>`)}${beside && html`<th>${beside.label}</th>`}<th></th></tr>
${rules.map((rule) => {
  const total = summary.all[rule.name];
  if (!total) return null;
  const range = total.interval.map((end) => scoreText(end, rule.unit)).join(' – ');
  return html`<tr><td>${rule.name}</td><td>${cell(total.value, rule)}</td><td>${range}</td>${origins.map((one) => html`<td>${cell(summary.byOrigin[one]?.[rule.name]?.value, rule)}</td>`)}${beside && html`<td>${cell(beside.evaluation.summary.all[rule.name]?.value, rule)}</td>`}<td><small>${rule.says}</small></td></tr>
`;
})}</table>`;
}

function moved({ html, changes, rules }: About): Markup {
  return html`<table><tr><th>Case</th><th>Scorer</th><th>Before</th><th>After</th><th></th></tr>
${changes.map(
  ({
    case: id,
    scorer,
    before,
    after,
    kind,
  }) => html`<tr class="${kind}"><td>${id}</td><td>${scorer}</td><td>${before === null ? '' : scoreText(before, unitOf(scorer, rules))}</td><td>${after === null ? '' : scoreText(after, unitOf(scorer, rules))}</td><td>${kind}</td></tr>
`,
)}</table>`;
}

function chart(rule: Rule, { summary }: Evaluation, { html, baseline }: About): Content {
  const now = summary.all[rule.name]?.value;
  const kept = (baseline?.history ?? []).flatMap((entry) => entry.summary[rule.name] ?? []);
  if (now === undefined) return null;
  const values = [...kept, now];
  const top = Math.max(...values, 1e-9);
  const bottom = Math.min(...values, top * 0.9);
  const x = (index: number): number =>
    values.length === 1 ? 50 : (100 * index) / (values.length - 1);
  const y = (value: number): number => 38 - (36 * (value - bottom)) / (top - bottom || 1);
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  const [lastX = '50', lastY = '2'] = points.at(-1)?.split(',') ?? [];
  return html`<figure><figcaption><span>${rule.name}</span><b>${scoreText(now, rule.unit)}</b></figcaption>
<svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label="${rule.name}: ${values.map((value) => scoreText(value, rule.unit)).join(', ')}"><polyline points="${points.join(' ')}"/><circle cx="${lastX}" cy="${lastY}" r="1.5"/></svg></figure>
`;
}

function caseOf(one: CaseResult, { html, baseline, beside, changes, rules }: About): Markup {
  const before = baseline?.cases[one.id];
  const other = beside?.evaluation.cases.find(({ id }) => id === one.id);
  const kinds = new Map(
    changes.filter((change) => change.case === one.id).map((c) => [c.scorer, c.kind]),
  );
  const names = Object.keys(one.scores);
  return html`<details ${kinds.size > 0 && html`open`}><summary>${one.id} <small>${one.origin}${one.prompt && ` · ${one.prompt}`}</small></summary>
${one.problem && html`<p class="regression">${one.problem}</p>`}
<table><tr><th>Scorer</th><th>Before</th><th>After</th>${beside && html`<th>${beside.label}</th>`}<th></th></tr>
${names.map((name) => {
  const was = before?.[name]?.value;
  const there = other?.scores[name];
  return html`<tr class="${kinds.get(name) ?? ''}"><td>${name}</td><td>${was === undefined ? '' : scoreText(was, unitOf(name, rules))}</td><td>${scoreText(one.scores[name] ?? 0, unitOf(name, rules))}</td>${beside && html`<td>${there === undefined ? '' : scoreText(there, unitOf(name, rules))}</td>`}<td><small>${(one.notes[name] ?? []).join(' · ')}</small></td></tr>
`;
})}</table></details>
`;
}
