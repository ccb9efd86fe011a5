import type { BodyValue, Plan, When } from '../../plan/plan.ts';
import { plain } from '../words/phrase.ts';
import { valueWords } from '../words/value.ts';
import { icon } from './icons.ts';
import { type Content, html, type Markup } from './markup.ts';

/** The request, or requests in order, as they go over the wire; what is bound at set-up is set apart. */
export function whenSection(plan: Plan): Markup {
  const several = plan.when.length > 1;
  return html`<section class="when"><h3>When</h3>
<ol class="requests${several && html` several`}">${plan.when.map((when) => html`<li>${request(when)}</li>`)}</ol>
</section>`;
}

function request(when: When): Markup {
  const query = Object.entries(when.query ?? {});
  const named = [
    ...Object.entries(when.headers ?? {}),
    ...Object.entries(when.cookies ?? {}).map(
      ([name, value]) => [`cookie ${name}`, value] as const,
    ),
  ];
  return html`<p class="actor">${
    when.visit === true
      ? html`${icon('page')}${when.as === null ? 'Anybody' : html`<b>${when.as}</b>`} opens the page`
      : html`${icon('person')}${when.as === null ? 'Nobody signed in' : html`<b>${when.as}</b>`} sends`
  }</p>
<pre class="wire" tabindex="0"><span class="line"><b>${when.method}</b> ${path(when.path)}${query.map(([name, value], index) => html`${index === 0 ? '?' : '&'}${name}=${scalar(value)}`)}</span>${named.map(
    ([name, value]) => html`
<span class="key">${name}</span>: ${scalar(value)}`,
  )}${
    when.body !== undefined &&
    html`

${json(when.body, '')}`
  }</pre>`;
}

/** A path with its `{row.column}` refs set apart. */
function path(text: string): Content {
  return text
    .split(/(\{[^{}]+\})/)
    .map((part) => (part.startsWith('{') && part.endsWith('}') ? bound(part.slice(1, -1)) : part));
}

function scalar(value: BodyValue): Content {
  return typeof value === 'string' ? value : json(value, '');
}

/** A body as indented JSON. */
function json(value: BodyValue, indent: string): Content {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return [
      '[',
      value.map((item, index) => [index > 0 ? ',\n' : '\n', inner, json(item, inner)]),
      `\n${indent}]`,
    ];
  }
  const entries: readonly [string, BodyValue][] = Object.entries(value);
  if (entries.length === 0) return '{}';
  if (isForm(entries)) return bound(plain(valueWords(value)));
  if (entries.length === 1 && 'json' in value) return json(value.json ?? null, indent);
  return [
    '{',
    entries.map(([key, item], index) => [
      index > 0 ? ',\n' : '\n',
      inner,
      html`<span class="key">${JSON.stringify(key)}</span>`,
      ': ',
      json(item, inner),
    ]),
    `\n${indent}}`,
  ];
}

const FORMS: ReadonlySet<string> = new Set(['ref', 'now', 'fake', 'unique', 'oneOf']);

function isForm(entries: readonly (readonly [string, unknown])[]): boolean {
  const [first] = entries;
  return entries.length === 1 && first !== undefined && FORMS.has(first[0]);
}

function bound(text: string): Markup {
  return html`<span class="bound">${text}</span>`;
}
