import { Verdict } from '../../proof/proof.ts';
import { countVerdicts, type Ending, flatten, type RouteEndings } from '../endings.ts';
import { verdictWords } from '../words/verdict.ts';
import { icon, verdictIcon } from './icons.ts';
import { html, type Markup } from './markup.ts';

const OPEN_AT_MOST = 80;

/** Routes and pages by path prefix, each with its endings, and the filters over them. */
export function mapSection(routes: readonly RouteEndings[]): Markup {
  const shown = routes.filter((route) => route.endings.length > 0);
  const all = flatten(shown.flatMap((route) => route.endings));
  const groups = Map.groupBy(shown, prefixOf);
  const silent = routes.filter((route) => route.endings.length === 0);
  return html`<section id="map" tabindex="-1" aria-labelledby="map-title">
<div class="map-head"><h2 id="map-title">Map</h2><p class="showing" role="status"><span data-shown>${all.length}</span> of ${all.length} endings</p></div>
${filters(shown, all)}
${[...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([prefix, each]) => group({ prefix, routes: each, many: all.length > OPEN_AT_MOST }))}
<p class="nothing" hidden>No ending fits these filters. <button type="reset" form="filters" class="link">Clear them</button></p>
${
  silent.length > 0 &&
  html`<p class="silent">No endings are known for ${silent.map((route, index) => html`${index > 0 && ', '}<code>${route.id}</code>`)}.</p>`
}
</section>`;
}

function filters(routes: readonly RouteEndings[], endings: readonly Ending[]): Markup {
  const counts = countVerdicts(endings);
  const methods = [...new Set(routes.map((route) => route.method))].toSorted();
  const verdicts = Verdict.options.filter((verdict) => counts.has(verdict));
  return html`<form id="filters" role="search" aria-label="Filter endings">
<fieldset class="verdicts"><legend class="unseen">Verdict</legend>
${verdicts.map(
  (verdict) =>
    html`<label class="chip ${verdict}" title="${verdictWords(verdict).says}"><input type="checkbox" name="verdict" value="${verdict}">${icon(verdict)}<span>${verdictWords(verdict).label}</span> <span class="count" data-verdict="${verdict}">${counts.get(verdict) ?? 0}</span></label>`,
)}
</fieldset>
<div class="fields">
<label class="search"><span class="unseen">Route or ending</span><input type="search" name="text" placeholder="Route or ending  ( / )" autocomplete="off" spellcheck="false"></label>
<label><span class="unseen">Method</span><select name="method"><option value="">Any method</option>${methods.map((method) => html`<option>${method}</option>`)}</select></label>
<label><span class="unseen">Kind</span><select name="kind"><option value="">Routes and pages</option><option value="route">Routes</option><option value="page">Pages</option></select></label>
<label class="only"><input type="checkbox" name="unproven">Only unproven</label>
<button type="button" class="link" data-fold>Collapse all</button>
</div>
</form>`;
}

function group(about: {
  readonly prefix: string;
  readonly routes: readonly RouteEndings[];
  readonly many: boolean;
}): Markup {
  return html`<section class="group" aria-label="${about.prefix}">
<h3>${about.prefix}</h3>
${about.routes.map((route) => routeEntry(route, about.many))}
</section>`;
}

function routeEntry(route: RouteEndings, many: boolean): Markup {
  const endings = flatten(route.endings);
  const proven = endings.filter((ending) => ending.verdict === 'proven').length;
  const open = !many || proven < endings.length;
  return html`<details class="route" data-method="${route.method}" data-kind="${route.page ? 'page' : 'route'}" data-text="${route.id.toLowerCase()}"${open && html` open`}>
<summary>${icon('chevron')}<span class="method">${route.page ? 'PAGE' : route.method}</span><span class="path">${route.path}</span>
<span class="strip" aria-hidden="true">${endings.map((ending) => html`<span class="mark ${ending.verdict}">${icon(ending.verdict)}</span>`)}</span>
<span class="ratio${proven === endings.length && html` full`}"><span class="unseen">proven </span>${proven}/${endings.length}</span></summary>
<ul>${endings.map(endingEntry)}</ul>
</details>`;
}

function endingEntry(ending: Ending): Markup {
  const variant = ending.plan?.variantOf != null;
  return html`<li${variant && html` class="variant"`} data-verdict="${ending.verdict}" data-text="${ending.slug.toLowerCase()}"><a class="ending" id="row-${ending.anchor}" href="#${ending.anchor}"><span class="pill ${ending.verdict}">${verdictIcon(ending.verdict)}<span class="status">${ending.status ?? '—'}</span><span class="slug">${variant && html`<span class="unseen">variant </span>`}${ending.slug}</span></span><span class="title">${ending.title}</span></a></li>`;
}

/** The first segment of a path that says something: not `api`, not a version. */
function prefixOf({ path }: RouteEndings): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  const first = segments.findIndex((segment) => !/^(api|v\d+)$/i.test(segment));
  return `/${segments.slice(0, first + 1).join('/')}`;
}
