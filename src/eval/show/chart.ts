import type { Baseline, Scorer } from '../eval.ts';
import type { Content, Html } from './page.ts';
import { scoreText } from './table.ts';

type Rule = Pick<Scorer<never>, 'name' | 'unit'>;

/** A score at a time: what the whole suite came to when a baseline was accepted, or now. */
interface Point {
  readonly when: string;
  readonly note: string;
  readonly value: number;
}

const [WIDTH, HEIGHT, EDGE] = [240, 70, 5];

/** A scorer's way through the accepted baselines, up to `now` where the whole suite was run. */
export function chartOf(
  { name, unit }: Rule,
  { now, baseline, html }: { now: number | undefined; baseline: Baseline | null; html: Html },
): Content {
  const points: Point[] = (baseline?.history ?? []).flatMap(({ at, note, summary }) => {
    const value = summary[name];
    return value === undefined ? [] : [{ when: at.slice(0, 10), note, value }];
  });
  if (now !== undefined) points.push({ when: 'now', note: '', value: now });
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return null;
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const text = (value: number): string => scoreText(value, unit);
  const places = points.map((point, index) => ({
    ...point,
    x: EDGE + ((WIDTH - 2 * EDGE) * index) / Math.max(1, points.length - 1),
    y: HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (point.value - low)) / (high - low || 1),
  }));
  const line = places.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return html`<figure><figcaption><span>${name}</span><b>${text(last.value)}</b></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${name}: ${values.map(text).join(', ')}"><polyline points="${line}"/>${places.map(({ x, y, when, note, value }) => html`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="2.5"><title>${when} ${text(value)} ${note}</title></circle>`)}</svg>
<small>${first.when} – ${last.when}, ${low === high ? 'always the same' : `${text(low)} – ${text(high)}`}</small></figure>
`;
}
