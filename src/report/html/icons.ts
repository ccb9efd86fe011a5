import type { Verdict } from '../../proof/proof.ts';
import { verdictWords } from '../words/verdict.ts';
import { html, type Markup } from './markup.ts';

/** An icon of the sprite that says nothing to a screen reader: words stand beside it. */
export function icon(name: string): Markup {
  return html`<svg class="icon" aria-hidden="true" focusable="false"><use href="#i-${name}"/></svg>`;
}

/** A verdict's icon with its name for screen readers. */
export function verdictIcon(verdict: Verdict): Markup {
  return html`<span class="mark ${verdict}">${icon(verdict)}<span class="unseen">${verdictWords(verdict).label}</span></span>`;
}

/** A verdict as icon and word. */
export function verdictTag(verdict: Verdict): Markup {
  return html`<span class="tag ${verdict}">${icon(verdict)}${verdictWords(verdict).label}</span>`;
}
