import { isMade, type Plan } from '../../plan/plan.ts';
import { type Graph, type GraphNode, readGraph } from '../graph/graph.ts';
import { drawLayers } from '../graph/layers.ts';
import { drawStack } from '../graph/stack.ts';
import { drawingSvg } from '../graph/svg.ts';
import { absenceWords, valueWords } from '../words/value.ts';
import { icon } from './icons.ts';
import { html, type Markup, phrase } from './markup.ts';

const WIDTHS = { narrow: 300, wide: 672 };

/** The state the request needs: rows as a graph and as text, what must not be there, the environment. */
export function givenSection(plan: Plan): Markup {
  const graph = readGraph(plan);
  const { absent, env } = plan.given;
  const flags = Object.entries(env);
  const nothing = graph.length === 0 && absent.length === 0 && flags.length === 0;
  return html`<section class="given"><h3>Given</h3>
${nothing && html`<p class="fine">Nothing: the request needs no state.</p>`}
${graph.length > 0 && rows(plan, graph)}
${absent.length > 0 && html`<ul class="absences">${absent.map((each) => html`<li>${icon('absent')}<span>${phrase(absenceWords(each))}</span></li>`)}</ul>`}
${
  flags.length > 0 &&
  html`<dl class="env">${flags.map(([name, value]) => html`<div><dt><code>${name}</code></dt><dd>${value === null ? html`<span class="faint">not set</span>` : html`<code>${value}</code>`}</dd></div>`)}</dl>`
}
</section>`;
}

function rows(plan: Plan, graph: Graph): Markup {
  const label = `Rows: ${graph.map(spoken).join('; ')}`;
  const layers = drawLayers(graph);
  const fits = layers.width <= WIDTHS.wide;
  const size = layers.width <= WIDTHS.narrow ? 'small' : layers.width <= 420 ? 'medium' : 'large';
  return html`<div class="drawing ${fits ? size : 'stacked'}">
${fits && html`<div class="layers">${drawingSvg(layers, label)}</div>`}
${(!fits || size !== 'small') && html`<div class="stack">${drawingSvg(drawStack(graph, fits ? WIDTHS.narrow : 330), label)}</div>`}
</div>
<details class="rows"><summary>${icon('chevron')}Rows as text</summary>
${Object.entries(plan.given.rows).map(([name, row]) => {
  const facts = isMade(row) ? row.set : 'match' in row ? { ...row.match, ...row.update } : {};
  return html`<dl><div class="head"><dt>${name}</dt><dd><code>${row.table}</code></dd></div>${Object.entries(facts).map(([column, value]) => html`<div><dt><code>${column}</code></dt><dd>${phrase(valueWords(value))}</dd></div>`)}</dl>`;
})}
</details>`;
}

function spoken(node: GraphNode): string {
  const refs = node.lines.flatMap((line) =>
    line.ref === null ? [] : [`${line.column} → ${line.ref}`],
  );
  const count = node.count > 1 ? `${node.count} × ` : '';
  return `${count}${node.name} in ${node.table}${refs.length > 0 ? ` (${refs.join(', ')})` : ''}`;
}
