import { createHash } from 'node:crypto';
import { flatten, readEndings } from '../endings.ts';
import type { Report, Reporter } from '../report.ts';
import type { PageAssets } from './assets.ts';
import { findingsSection } from './findings.ts';
import { pageHeader } from './header.ts';
import { icon } from './icons.ts';
import { mapSection } from './map.ts';
import { embeddedJson, html, type Markup, trusted } from './markup.ts';
import { planText } from './plan.ts';
import { unprovenSection } from './unproven.ts';

/** One HTML file that needs nothing but itself: no network, and no script runs but the page's own. */
export function htmlReporter(assets: PageAssets): Reporter {
  return { name: 'html', render: (report, sources) => page({ report, sources, assets }).markup };
}

function page(about: {
  readonly report: Report;
  readonly sources: ReadonlyMap<string, string>;
  readonly assets: PageAssets;
}): Markup {
  const { report, sources, assets } = about;
  const routes = readEndings(report);
  const endings = flatten(routes.flatMap((route) => route.endings));
  const plans = endings.flatMap(({ anchor, plan }) => (plan ? [[anchor, plan] as const] : []));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy(assets)}">
<title>${report.title} · endings</title>
<style>${trusted(assets.style)}</style>
<script>${trusted(assets.early)}</script>
</head>
<body>
${trusted(assets.icons)}
<div id="page">
<a class="skip" href="#map">Skip to the map</a>
${pageHeader(report, endings)}
<main>
${mapSection(routes)}
${unprovenSection(endings)}
${findingsSection(report.findings, sources)}
</main>
</div>
${panel()}
${routes.flatMap((route) =>
  flatten(route.endings).map((ending) => planText(ending, { route, endings, sources })),
)}
<script type="application/json" id="plans">${embeddedJson(Object.fromEntries(plans))}</script>
<script>${trusted(assets.script)}</script>
</body>
</html>
`;
}

function panel(): Markup {
  return html`<aside id="panel" aria-label="Ending" hidden>
<div class="panel-bar">
<button type="button" data-step="-1" aria-label="Previous ending" title="Previous (k)">${icon('previous')}</button>
<button type="button" data-step="1" aria-label="Next ending" title="Next (j)">${icon('next')}</button>
<span class="panel-place"></span>
<button type="button" data-close aria-label="Close" title="Close (Esc)">${icon('close')}</button>
</div>
<div class="panel-body"></div>
</aside>`;
}

function policy({ style, early, script }: PageAssets): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; base-uri 'none'; form-action 'none'; style-src ${hash(style)}; script-src ${hash(early)} ${hash(script)}`;
}
