import type { Model } from '../../model/model.ts';
import type { Proof } from '../../proof/proof.ts';
import { flatten, readEndings } from '../../report/endings.ts';
import { becauseSection } from '../../report/html/because.ts';
import { givenSection } from '../../report/html/given.ts';
import { verdictTag } from '../../report/html/icons.ts';
import { html } from '../../report/html/markup.ts';
import { timingOf } from '../../report/html/plan.ts';
import { thenSection } from '../../report/html/then.ts';
import { whenSection } from '../../report/html/when.ts';
import type { Planning } from './shapes.ts';

interface Viewed {
  /** As it was kept, which is as it was read. */
  readonly model: Model;
  /** Of the ending's plan. */
  readonly proofs: readonly Proof[];
  readonly id: string;
}

/** One ending of a planning as the report shows it, as HTML without scripts; null where there is no such ending. */
export function endingView(planning: Planning, { model: full, proofs, id }: Viewed): string | null {
  const { scenarios, plans, findings, repo } = planning;
  const scenario = scenarios.find((item) => id === item.id || id.startsWith(`${item.id} › `));
  const only = <Item extends { readonly id: string }>(items: readonly Item[]) =>
    items.filter((item) => item.id === scenario?.route);
  const apps = full.apps.map((app) => ({
    ...app,
    routes: only(app.routes),
    pages: only(app.pages),
  }));
  const routes = readEndings({
    ...{ version: 1, title: repo.name, model: { ...full, apps }, findings, proofs },
    scenarios: scenarios.filter(({ route }) => route === scenario?.route),
    plans: plans.filter((plan) => plan.id.startsWith(scenario?.route ?? '\u0000')),
    summary: { verdicts: {}, residue: 0 } as never,
  });
  for (const route of routes) {
    const endings = flatten(route.endings);
    const ending = endings.find((item) => item.id === id);
    if (!ending) continue;
    const around = { route, endings, sources: new Map() };
    const { proof } = ending;
    const unsolved = planning.unsolved.find((item) => item.scenario === id);
    return html`<header>
<p class="crumb"><span class="method">${route.method}</span><span class="path">${route.path}</span></p>
<h2 tabindex="-1">${ending.title}</h2>
<p class="facts">${proof && verdictTag(ending.verdict)}<code>${ending.status ?? '—'} ${ending.slug}</code>${timingOf(ending)}</p>
${proof?.reason ? html`<div class="notice ${ending.verdict}"><p>${proof.reason}</p></div>` : false}
${unsolved ? html`<div class="notice unsolved"><p>${unsolved.reason}</p></div>` : false}
</header>
${ending.plan && html`${givenSection(ending.plan)}${whenSection(ending.plan)}${thenSection(ending, [])}`}
${becauseSection(ending, around)}`.markup;
  }
  return null;
}
