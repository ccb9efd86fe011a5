import type { Condition, Place } from '../../condition/condition.ts';
import type { Ending, RouteEndings } from '../endings.ts';
import { conditionWords, type Scene } from '../words/condition.ts';
import { excerpt } from './excerpt.ts';
import { icon } from './icons.ts';
import { type Content, html, type Markup, phrase } from './markup.ts';

/** Why the route ends so: its conditions in words, each with the code it was read from. */
export function becauseSection(
  ending: Ending,
  around: { readonly route: RouteEndings; readonly sources: ReadonlyMap<string, string> },
): Markup | false {
  const { scenario, variant, outcome } = ending;
  const conditions = [...(scenario?.when ?? []), ...(variant?.when ?? [])];
  if (conditions.length === 0 && !outcome) return false;
  const route = around.route.route;
  const scene: Scene = {
    reads: [...(route?.reads ?? []), ...(variant?.reads ?? [])],
    writes: route?.writes ?? [],
  };
  const last = conditions.length - 1;
  return html`<section class="because"><h3>Because</h3>
<ol>${conditions.map((condition, index) => entry({ says: inWords(condition, scene), at: condition.at, open: index === last, ...around }))}
${outcome && entry({ says: html`<span class="end">and so it ends here</span>`, at: outcome.at, open: conditions.length === 0, ...around })}</ol>
</section>`;
}

function inWords(condition: Condition, scene: Scene): Markup {
  return phrase(conditionWords(condition, scene));
}

function entry(about: {
  readonly says: Content;
  readonly at: Place;
  readonly open: boolean;
  readonly sources: ReadonlyMap<string, string>;
}): Markup {
  const { says, at, open } = about;
  const place = html`<code class="place">${at.file}:${at.line}</code>`;
  const lines = excerpt(at, about.sources);
  if (!lines) return html`<li><p class="reason"><span class="says">${says}</span>${place}</p></li>`;
  return html`<li><details${open && html` open`}><summary class="reason">${icon('chevron')}<span class="says">${says}</span>${place}</summary>${lines}</details></li>`;
}
