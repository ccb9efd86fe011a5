import { expect, it } from 'vitest';
import { jsonReporter } from '../../src/report/json.ts';
import { hostileReport } from '../setup/report-hostile.ts';
import { sampleReport, sampleSources } from '../setup/report-sample.ts';

it('prints version, proofs, summary and findings as they are', () => {
  const data = JSON.parse(jsonReporter.render(sampleReport, sampleSources));
  expect(Object.keys(data)).toEqual([
    ...['findings', 'plans', 'proofs', 'repo', 'scenarios', 'summary', 'title', 'version'],
  ]);
  const { proofs, summary, findings, plans } = sampleReport;
  expect(data).toMatchObject({ version: 1, proofs, summary, findings, plans });
});

it('gives the same bytes whatever the order of keys', () => {
  const turned = Object.fromEntries(Object.entries(sampleReport).toReversed());
  expect(jsonReporter.render(turned as typeof sampleReport, new Map())).toBe(
    jsonReporter.render(sampleReport, new Map()),
  );
});

it('prints nothing a terminal would act on, and loses nothing', () => {
  const report = hostileReport();
  const json = jsonReporter.render(report, new Map());
  expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  expect(JSON.parse(json).proofs).toEqual(report.proofs);
});
