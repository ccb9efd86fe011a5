import { Verdict } from '../../proof/proof.ts';
import { countVerdicts, type Ending } from '../endings.ts';
import type { Report } from '../report.ts';
import { verdictWords } from '../words/verdict.ts';
import { branchesTaken } from './branches.ts';
import { icon } from './icons.ts';
import { html, type Markup } from './markup.ts';

/** The page's head: what was looked at, how it went at a glance, and the way to each section. */
export function pageHeader(report: Report, endings: readonly Ending[]): Markup {
  const counts = countVerdicts(endings);
  const proven = counts.get('proven') ?? 0;
  const { repo, apps } = report.model;
  const { residue: left, coverage } = report.summary;
  const stack = [...new Set(apps.flatMap((app) => [...app.frameworks, ...app.orms]))].join(' · ');
  return html`<header class="top">
<div class="top-line">
<h1>${report.title}</h1>
<p class="facts">${repo.commit !== null && html`<code title="${repo.commit}">${repo.commit.slice(0, 8)}</code>`}${stack !== '' && html`<span>${stack}</span>`}<span>${plural(repo.files, 'file')}</span></p>
<button type="button" id="theme" aria-label="Switch between light and dark">${icon('theme')}</button>
</div>
<div class="score">
<p class="score-number"><strong>${proven}</strong><span> of ${endings.length} endings proven</span></p>
${verdictBar(counts, endings.length)}
<ul class="legend">${Verdict.options.map((verdict) => legendEntry(verdict, counts.get(verdict) ?? 0))}</ul>
${coverage ? branchesTaken(coverage) : null}
</div>
<nav class="sections" aria-label="Sections"><ul>
<li><a href="#map">Map</a></li>
<li><a href="#unproven">Unproven <span class="count">${endings.length - proven}</span></a></li>
<li><a href="#findings">Findings <span class="count">${report.findings.length}</span></a></li>
<li class="residue">${residue(left)}</li>
</ul></nav>
</header>`;
}

function residue(rows: number): Markup {
  return rows === 0
    ? html`<span class="badge good">${icon('same')}Residue 0</span>`
    : html`<span class="badge bad">${icon('error')}Residue ${plural(rows, 'row')}</span>`;
}

function legendEntry(verdict: Verdict, count: number): Markup {
  const words = verdictWords(verdict);
  return html`${
    count > 0 &&
    html`<li class="${verdict}" title="${words.says}">${icon(verdict)}<b>${count}</b> ${words.label}</li>`
  }`;
}

/** Each verdict's share as a stretch of one bar; the legend beside it says the same in words. */
function verdictBar(counts: ReadonlyMap<Verdict, number>, all: number): Markup {
  let x = 0;
  const stretches = Verdict.options.map((verdict) => {
    const width = (1000 * (counts.get(verdict) ?? 0)) / Math.max(1, all);
    const from = x;
    x += width;
    if (width === 0) return null;
    return html`<rect class="${verdict}" x="${from.toFixed(1)}" width="${Math.max(1, width - 2).toFixed(1)}" height="10"/>`;
  });
  return html`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${stretches}</svg>`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
