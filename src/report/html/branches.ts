import type { BranchCoverage } from '../../proof/proof.ts';
import { coverageWords } from '../words/coverage.ts';
import { verdictWords } from '../words/verdict.ts';
import { html, type Markup } from './markup.ts';

/** How many of the branches' sides were taken, and behind it the ones that were not. */
export function branchesTaken(coverage: BranchCoverage): Markup {
  const words = coverageWords(coverage).join(' ');
  if (coverage.missed.length === 0) return html`<p class="branches">${words}</p>`;
  return html`<details class="branches">
<summary>${words}</summary>
<ul>${coverage.missed.map(missed)}</ul>
</details>`;
}

function missed(side: BranchCoverage['missed'][number]): Markup {
  const { file, line, side: way, code, decided, because } = side;
  const why = because
    ? verdictWords(because).label
    : decided
      ? 'went another way'
      : 'never came here';
  return html`<li><code>${file}:${line}</code> ${way} <code>${code}</code> <span>${why}</span></li>`;
}
