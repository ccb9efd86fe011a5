import { type Comparison, compareThen } from '../comparison.ts';
import type { Ending } from '../endings.ts';
import { showHidden } from '../visible.ts';
import { icon } from './icons.ts';
import { html, type Markup, phrase } from './markup.ts';

const BODY_AT_MOST = 4000;
const MARKS = { on: 'same', off: 'different', open: 'open' } as const;
const SPOKEN = {
  on: 'as expected',
  off: 'not as expected',
  open: 'known only once set up',
} as const;

/** What must come back beside what came back; where they differ, which ending the answer fits. */
export function thenSection(ending: Ending, all: readonly Ending[]): Markup | false {
  const then = ending.proof?.expected ?? ending.plan?.then;
  const observed = ending.proof?.observed ?? null;
  if (!then) return expectation(ending);
  const rows = compareThen(then, observed);
  return html`<section class="then"><h3>Then</h3>
<table class="facts-table"><thead><tr><th scope="col">Fact</th><th scope="col">Expected</th>${observed && html`<th scope="col">Came back</th>`}</tr></thead>
<tbody>${rows.map((row) => factRow(row, observed !== null))}</tbody></table>
${!observed && html`<p class="fine">The request was not fired.</p>`}
${divergence(ending, all)}
${residue(ending)}
${observed && observed.body !== null && html`<details><summary>${icon('chevron')}The whole answer</summary><pre class="wire" tabindex="0">${shortened(JSON.stringify(observed.body, null, 2))}</pre></details>`}
${observed && observed.text !== null && observed.text !== '' && html`<details><summary>${icon('chevron')}The text on the page</summary><pre class="wire" tabindex="0">${shortened(observed.text)}</pre></details>`}
</section>`;
}

function factRow(row: Comparison, fired: boolean): Markup {
  const state = row.fits === false ? 'off' : row.fits ? 'on' : 'open';
  return html`<tr class="${state}"><th scope="row">${row.fact}</th><td data-label="Expected">${phrase(row.expected)}</td>${
    fired &&
    html`<td data-label="Came back"><span class="got">${icon(MARKS[state])}<span class="unseen">${SPOKEN[state]}: </span><span>${row.observed && phrase(row.observed)}</span></span></td>`
  }</tr>`;
}

function divergence({ proof, id }: Ending, all: readonly Ending[]): Markup | false {
  const others = (proof?.divergedAt ?? []).filter((other) => other !== id);
  if (others.length === 0) return false;
  const links = others.map((other, index) => {
    const ending = all.find((each) => each.id === other);
    const name = html`<code>${ending?.slug ?? other}</code>`;
    return html`${index > 0 && ' or '}${ending ? html`<a href="#${ending.anchor}">${name}</a>` : name}`;
  });
  return html`<p class="fits">What came back fits ${links}${others.length > 1 && ': which of them took the request is open'}.</p>`;
}

function residue({ proof }: Ending): Markup | false {
  if (!proof || proof.residue.length === 0) return false;
  return html`<div class="notice diverted"><p>Left behind after the reset: ${proof.residue.map((entry, index) => html`${index > 0 && ', '}${entry.rows} in <code>${entry.table}</code>`)}.</p></div>`;
}

/** An ending nobody planned still says how the route answers. */
function expectation({ outcome }: Ending): Markup | false {
  if (!outcome || (outcome.status === null && outcome.code === null)) return false;
  return html`<section class="then"><h3>Then</h3><p>The route answers ${outcome.status !== null && html`<code>${outcome.status}</code>`}${outcome.code !== null && html` with <code>${outcome.code}</code>`}.</p></section>`;
}

function shortened(text: string): string {
  const shown = showHidden(text);
  return shown.length > BODY_AT_MOST
    ? `${shown.slice(0, BODY_AT_MOST)}\n… ${shown.length - BODY_AT_MOST} characters more`
    : shown;
}
