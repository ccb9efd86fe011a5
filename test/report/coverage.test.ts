import { describe, expect, it } from 'vitest';
import type { BranchCoverage } from '../../src/proof/proof.ts';
import { loadAssets } from '../../src/report/html/assets.ts';
import { htmlReporter } from '../../src/report/html/html.ts';
import { textReporter } from '../../src/report/text.ts';
import { sampleReport, sampleSources } from '../setup/report-sample.ts';

const coverage: BranchCoverage = {
  sides: 200,
  taken: 173,
  boot: 4,
  plain: 61,
  leftOut: { bootOnly: 12, infeasible: 3 },
  unmapped: ['file:///app/dist/vendor.js'],
  missed: [
    {
      ...{ file: 'src/services/loan-service.ts', line: 12, side: 'then', code: 'return <late>;' },
      ...{ decided: true, because: 'unsolved' },
    },
    { file: 'src/app.ts', line: 3, side: '??', code: 'a ?? b', decided: false, because: null },
  ],
};
const report = { ...sampleReport, summary: { ...sampleReport.summary, coverage } };

describe('branch sides in a report', () => {
  it('stand in the terminal with what the boot and plain requests reach', () => {
    const text = textReporter({ colour: false, width: 90 }).render(report, new Map());
    expect(text.trimEnd().split('\n').slice(-5)).toEqual([
      'Branch sides 87 %: 173 of the 200 that requests can reach.',
      'The boot alone takes 2 %, one plain request a route 31 %.',
      'Left out: 12 decided at the boot alone, 3 that lead to infeasible endings.',
      '1 script runs without a source map and is not counted.',
      'Residue 0: every row is as it was.',
    ]);
  });

  it('are not spoken of where nobody counted', () => {
    const text = textReporter({ colour: false, width: 90 }).render(sampleReport, new Map());
    expect(text).not.toContain('Branch sides');
  });

  it('are not claimed where no code that ran leads back to its source', () => {
    const nothing = { ...coverage, sides: 0, taken: 0, boot: 0, plain: 0, missed: [] };
    const summary = { ...sampleReport.summary, coverage: nothing };
    const text = textReporter({ colour: false, width: 90 }).render(
      { ...report, summary },
      new Map(),
    );
    expect(text).toContain('Branch sides: nothing is said');
    expect(text).not.toContain('%');
  });

  it('are listed on the page where no request took them, with why', async () => {
    const page = htmlReporter(await loadAssets()).render(report, sampleSources);
    expect(page).toContain('Branch sides 87 %: 173 of the 200 that requests can reach.');
    expect(page).toContain(
      '<li><code>src/services/loan-service.ts:12</code> then <code>return &lt;late&gt;;</code> <span>unsolved</span></li>',
    );
    expect(page).toContain('<span>never came here</span>');
  });
});
