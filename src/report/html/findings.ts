import type { Finding } from '../../kernel/finding.ts';
import { findingWords } from '../words/finding.ts';
import { marked } from '../words/phrase.ts';
import { excerpt } from './excerpt.ts';
import { icon } from './icons.ts';
import { html, type Markup, phrase } from './markup.ts';

const ORDER = { error: 0, warning: 1, note: 2 };

/** What was found about the app, its plans or its database, and what to do about it. */
export function findingsSection(
  findings: readonly Finding[],
  sources: ReadonlyMap<string, string>,
): Markup {
  const sorted = findings.toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  return html`<section id="findings" tabindex="-1" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
${sorted.length === 0 && html`<p class="fine">None.</p>`}
<ul class="findings">${sorted.map((finding) => entry(finding, sources))}</ul>
</section>`;
}

function entry(finding: Finding, sources: ReadonlyMap<string, string>): Markup {
  const words = findingWords(finding);
  const { file, line } = finding.at;
  const lines = file !== null && line !== null ? excerpt({ file, line }, sources) : null;
  return html`<li class="finding ${finding.severity}">
<p class="says">${icon(finding.severity)}<span><span class="unseen">${finding.severity}: </span>${phrase(marked(words.says))}</span></p>
${words.do !== '' && html`<p class="do">${phrase(marked(words.do))}</p>`}
<p class="where">${words.where !== '' && html`<code>${words.where}</code>`}<code class="faint">${finding.code}</code></p>
${lines && html`<details><summary>${icon('chevron')}Show the code</summary>${lines}</details>`}
</li>`;
}
