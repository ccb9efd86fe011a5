import { canonicalJson } from '../kernel/digest.ts';
import type { Report, Reporter } from './report.ts';
import { escapeHidden } from './visible.ts';

/** The report for a machine: `{ version, proofs, summary, findings, … }` with sorted keys, ending in a line feed. */
export const jsonReporter: Reporter = { name: 'json', render: (report) => renderJson(report) };

function renderJson({ model, ...report }: Report): string {
  const { version, title, scenarios, plans, proofs, summary, findings } = report;
  const shown = { version, title, repo: model.repo, scenarios, plans, proofs, summary, findings };
  return `${escapeHidden(canonicalJson(shown, 2))}\n`;
}
