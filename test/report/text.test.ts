import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../../src/report/text/layout.ts';
import { textReporter } from '../../src/report/text.ts';
import { hostileReport } from '../setup/report-hostile.ts';
import { reportOf, sampleReport } from '../setup/report-sample.ts';

const plain = (width: number, report = sampleReport) =>
  textReporter({ colour: false, width }).render(report, new Map());

describe('the terminal summary', () => {
  it('opens with the app and lists each route with its score and its endings’ verdicts', () => {
    expect(plain(60).split('\n').slice(0, 19)).toEqual([
      'lending-library',
      '8f4c1d92, 12 routes, 1 page, 43 endings, 44 plans',
      '',
      'POST /loans                                            11/13',
      '  ✓ 201  created',
      '    ✓ 201  fines_at_the_limit',
      '    ✓ 201  four_open_loans',
      '  ✓ 400  invalid_body',
      '  ✓ 401  sign_in_required',
      '  ✓ 403  card_expired',
      '    ✓ 403  a_minute_ago',
      '  ≠ 403  card_suspended                 diverted',
      '  ✓ 402  fines_unpaid',
      '  ✓ 409  loan_limit',
      '  ✓ 409  copy_on_loan',
      '  ∅ 410  copy_lost                      infeasible',
      '  ✓ 404  copy_not_found',
      '',
      'POST /loans/:id/renew                                    4/6',
    ]);
  });

  it('ends with the counts and the residue', () => {
    expect(plain(100).trimEnd().split('\n').slice(-2)).toEqual([
      '39 proven · 2 diverted · 1 unstable · 1 crashed · 2 unsolved · 2 external · 1 infeasible · 1 skipped',
      'Residue 0: every row is as it was.',
    ]);
    const left = { ...sampleReport, summary: { ...sampleReport.summary, residue: 2 } };
    expect(plain(80, left)).toContain('Residue 2: rows were left behind.');
  });

  it('says why an ending is unproven, where, and what to do', () => {
    const text = plain(200);
    expect(text).toContain('✗ 1 crashed. The app died or never answered.');
    expect(text).toContain('body.error: expected "card_suspended", got "card_expired"');
    expect(text).toContain('src/services/loan-service.ts:10');
    expect(text).toContain("→ Run the app's migrations on this database");
  });

  it.each([40, 60, 80, 120])('keeps within %i columns', (width) => {
    for (const report of [sampleReport, hostileReport()]) {
      for (const line of plain(width, report).split('\n'))
        expect(widthOf(line)).toBeLessThanOrEqual(width);
    }
  });

  it('has colour only when asked, and says the same with it', () => {
    const coloured = textReporter({ colour: true, width: 80 }).render(sampleReport, new Map());
    expect(coloured).toContain('\u001b[31m≠\u001b[0m');
    expect(stripVTControlCharacters(coloured)).toBe(plain(80));
  });

  it('lets no text of the app act on the terminal', () => {
    expect(plain(80, hostileReport()).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });

  it('has nothing to explain where there is nothing', () => {
    expect(plain(80, { ...reportOf([]), findings: [] })).not.toMatch(/Unproven|Findings/);
  });
});
