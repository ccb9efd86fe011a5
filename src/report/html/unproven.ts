import { type Ending, groupUnproven } from '../endings.ts';
import { marked } from '../words/phrase.ts';
import { verdictWords } from '../words/verdict.ts';
import { verdictTag } from './icons.ts';
import { html, type Markup, phrase } from './markup.ts';

/** What did not come out as planned, the most urgent verdicts first, each with its reason. */
export function unprovenSection(endings: readonly Ending[]): Markup {
  const groups = groupUnproven(endings);
  return html`<section id="unproven" tabindex="-1" aria-labelledby="unproven-title">
<h2 id="unproven-title">What is unproven and why</h2>
${groups.length === 0 && html`<p class="fine">Nothing: every ending was proven.</p>`}
${groups.map(({ verdict, endings: each }) => {
  const words = verdictWords(verdict);
  return html`<section class="reasons" aria-label="${words.label}">
<h3>${verdictTag(verdict)}<span class="count">${each.length}</span></h3>
<p class="about">${words.says}${words.do !== '' && html` ${phrase(marked(words.do))}`}</p>
<ul>${each.map(
    (ending) =>
      html`<li><a href="#${ending.anchor}">${ending.id}</a>${ending.reason !== null && html`<span class="why">${ending.reason}</span>`}</li>`,
  )}</ul>
</section>`;
})}
</section>`;
}
