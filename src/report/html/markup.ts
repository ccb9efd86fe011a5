import { escapeHidden, showHidden } from '../visible.ts';
import type { Phrase } from '../words/phrase.ts';

/** HTML that is safe to put into a page as it is. */
export interface Markup {
  readonly markup: string;
}

export type Content = Markup | string | number | null | false | readonly Content[];

/** Composes HTML; every string put in is text, and is escaped with its hidden characters shown. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const parts = strings.map((text, index) => text + render(values[index] ?? null));
  return { markup: parts.join('') };
}

/** HTML of our own making, such as an asset. */
export function trusted(markup: string): Markup {
  return { markup };
}

/** A sentence with its code set apart. */
export function phrase(words: Phrase): Markup {
  return html`${words.map((part) => (typeof part === 'string' ? part : html`<code>${part.code}</code>`))}`;
}

/** A value as JSON for a `<script type="application/json">`: nothing in it can end the element. */
export function embeddedJson(value: unknown): Markup {
  const json = escapeHidden(JSON.stringify(value));
  return {
    markup: json.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026'),
  };
}

function render(value: Content): string {
  if (value === null || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if ('markup' in value) return value.markup;
  return value.map(render).join('');
}

function escapeHtml(text: string): string {
  return showHidden(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
