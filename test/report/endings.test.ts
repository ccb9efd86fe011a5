import { expect, it } from 'vitest';
import { flatten, groupUnproven, readEndings } from '../../src/report/endings.ts';
import { sampleReport } from '../setup/report-sample.ts';

const routes = readEndings(sampleReport);
const endings = flatten(routes.flatMap((route) => route.endings));
const named = (id: string) => endings.find((ending) => ending.id === id)!;

it('shows every scenario and every plan once', () => {
  const ids = endings.map((ending) => ending.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(endings.map((ending) => ending.anchor)).size).toBe(ids.length);
  for (const { id } of [...sampleReport.scenarios, ...sampleReport.plans])
    expect(ids).toContain(id);
});

it('puts variants under the scenario they belong to', () => {
  const created = named('POST /loans › created');
  expect(created.variants.map((variant) => variant.slug)).toEqual([
    'fines_at_the_limit',
    'four_open_loans',
  ]);
  expect(created.variants[0]!.variant?.title).toBe('Exactly 10.00 owed still lends');
});

it('counts the same verdicts as the proofs do', () => {
  for (const [verdict, count] of Object.entries(sampleReport.summary.verdicts)) {
    expect(endings.filter((ending) => ending.verdict === verdict)).toHaveLength(count);
  }
});

it('gives a verdict to what no proof speaks of', () => {
  const bare = flatten(
    readEndings({ ...sampleReport, proofs: [] }).flatMap((route) => route.endings),
  );
  const verdict = (id: string) => bare.find((ending) => ending.id === id)!.verdict;
  expect(verdict('POST /loans › created')).toBe('skipped');
  expect(verdict('POST /loans › copy_lost')).toBe('infeasible');
  expect(verdict('POST /fines/:id/pay › paid')).toBe('external');
  expect(verdict('GET /reports/annual › ok')).toBe('unsolved');
});

it('keeps plans of no known scenario, and of no known route', () => {
  const [plan] = sampleReport.plans;
  const mine = { ...plan!, id: 'POST /loans › by_hand' };
  const lost = {
    ...plan!,
    id: 'PUT /nowhere › by_hand',
    when: [{ as: null, method: 'PUT', path: '/nowhere' }],
  };
  const found = readEndings({ ...sampleReport, plans: [...sampleReport.plans, mine, lost] });
  expect(found.find((route) => route.id === 'POST /loans')?.endings.at(-1)?.slug).toBe('by_hand');
  expect(found.at(-1)).toMatchObject({ id: 'PUT /nowhere', path: '/nowhere', route: null });
});

it('puts what is most urgent first', () => {
  expect(groupUnproven(endings).map((group) => group.verdict)).toEqual([
    ...['crashed', 'diverted', 'unstable', 'unsolved', 'external', 'skipped', 'infeasible'],
  ]);
});
