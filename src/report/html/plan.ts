import { type Ending, flatten, type RouteEndings } from '../endings.ts';
import { marked } from '../words/phrase.ts';
import { verdictWords } from '../words/verdict.ts';
import { becauseSection } from './because.ts';
import { givenSection } from './given.ts';
import { icon, verdictIcon, verdictTag } from './icons.ts';
import { html, type Markup, phrase } from './markup.ts';
import { thenSection } from './then.ts';
import { whenSection } from './when.ts';

/** What a panel needs to know of the rest of the report. */
export interface Surroundings {
  readonly route: RouteEndings;
  readonly endings: readonly Ending[];
  readonly sources: ReadonlyMap<string, string>;
}

/** An ending in full, kept as unparsed text until somebody opens it: a large report stays quick. */
export function planText(ending: Ending, around: Surroundings): Markup {
  return html`<script type="text/html" id="plan-${ending.anchor}"><article class="plan">
${planHead(ending, around)}
${ending.plan && html`${givenSection(ending.plan)}${whenSection(ending.plan)}`}
${thenSection(ending, around.endings)}
${becauseSection(ending, around)}
${variantsSection(ending, around)}
${planFoot(ending)}
</article></script>
`;
}

function planHead(ending: Ending, { route }: Surroundings): Markup {
  const words = verdictWords(ending.verdict);
  const proven = ending.verdict === 'proven';
  return html`<header>
<p class="crumb"><span class="method">${route.page ? 'PAGE' : route.method}</span><span class="path">${route.path}</span></p>
<h2 tabindex="-1">${ending.title}</h2>
<p class="facts">${verdictTag(ending.verdict)}<code>${ending.status ?? '—'} ${ending.slug}</code>${timingOf(ending)}</p>
${!proven && html`<div class="notice ${ending.verdict}"><p>${ending.reason ?? words.says}</p>${words.do !== '' && html`<p class="do">${phrase(marked(words.do))}</p>`}</div>`}
</header>`;
}

/** How long firing an ending's plan took; nothing where it was not fired. */
export function timingOf({ proof }: Ending): Markup | false {
  if (!proof?.observed) return false;
  const { setUpMs, requestMs, resetMs } = proof.timings;
  const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
  return html`<span class="timing">set up ${ms(setUpMs)}, request ${ms(requestMs)}, reset ${ms(resetMs)}</span>`;
}

function variantsSection(ending: Ending, { route }: Surroundings): Markup | false {
  const parent = route.endings.find((each) => each.variants.includes(ending));
  const family = parent ? [parent, ...parent.variants] : [ending, ...ending.variants];
  if (flatten(family).length < 2) return false;
  const others = family.filter((each) => each !== ending);
  return html`<section><h3>${parent ? 'Beside it' : 'Variants'}</h3>
<ul class="others">${others.map(
    (each) =>
      html`<li><a href="#${each.anchor}">${verdictIcon(each.verdict)}<code>${each.status ?? '—'} ${each.slug}</code><span>${each.title}</span></a></li>`,
  )}</ul></section>`;
}

function planFoot({ id, plan, anchor }: Ending): Markup {
  return html`<footer>
<dl><div><dt>Id</dt><dd><code>${id}</code></dd></div>${
    plan && html`<div><dt>Planner</dt><dd>${plan.planner.kind} ${plan.planner.version}</dd></div>`
  }</dl>
${
  plan &&
  html`<details class="data" data-plan="${anchor}"><summary>${icon('chevron')}The plan as data</summary><button type="button" data-copy>Copy</button><pre tabindex="0"></pre></details>`
}
</footer>`;
}
