import { expect, it } from 'vitest';
import { junitReporter } from '../../src/report/junit.ts';
import { hostileReport } from '../setup/report-hostile.ts';
import { sampleReport } from '../setup/report-sample.ts';
import { readTags } from '../setup/tags.ts';

const tags = readTags(junitReporter.render(sampleReport, new Map()));
const of = (name: string) => tags.filter((tag) => tag.name === name);

it('has a case per plan with its plan and route, and one per ending without a plan', () => {
  expect(of('testcase')).toHaveLength(49);
  const properties = (name: string) =>
    of('property')
      .filter((tag) => tag.attributes['name'] === name)
      .map((tag) => tag.attributes['value']);
  expect(properties('plan').toSorted()).toEqual(
    sampleReport.plans.map((plan) => plan.id).toSorted(),
  );
  expect(properties('route')).toHaveLength(49);
});

it('fails what diverted, crashed or changed, skips what was not fired', () => {
  expect(
    of('failure')
      .map((tag) => tag.attributes['type'])
      .toSorted(),
  ).toEqual(['crashed', 'diverted', 'diverted', 'unstable']);
  expect(of('failure')[0]?.text).toBe('body.error: expected "card_suspended", got "card_expired"');
  expect(
    of('skipped')
      .map((tag) => tag.attributes['message']?.split(':')[0])
      .toSorted(),
  ).toEqual(['external', 'external', 'infeasible', 'skipped', 'unsolved', 'unsolved']);
  expect(of('testsuites')[0]?.attributes).toMatchObject({
    tests: '49',
    failures: '4',
    skipped: '6',
    errors: '0',
  });
});

it('adds suites up to the whole', () => {
  const sum = (key: string) =>
    of('testsuite').reduce((total, suite) => total + Number(suite.attributes[key]), 0);
  expect([sum('tests'), sum('failures'), sum('skipped')]).toEqual([49, 4, 6]);
});

it('stays well-formed XML whatever the app says', () => {
  const xml = junitReporter.render(hostileReport(), new Map());
  expect(readTags(xml).filter((tag) => tag.name === 'testcase')).toHaveLength(49);
  expect(xml.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  expect(new Set(readTags(xml).map((tag) => tag.name))).toEqual(
    new Set([
      'testsuites',
      'testsuite',
      'testcase',
      'properties',
      'property',
      'failure',
      'skipped',
    ]),
  );
});
