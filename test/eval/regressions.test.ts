import { beforeAll, describe, expect, test } from 'vitest';
import type { Settings } from '../../evals/settings.ts';
import { openSuite, SCORERS, STEPS } from '../../evals/suite.ts';
import type { Baseline, Change } from '../../src/eval/eval.ts';
import { acceptedBaseline, compareWithBaseline, isRegression } from '../../src/eval/ratchet.ts';
import { runSuite } from '../../src/eval/run.ts';
import { FAULTS } from './faults.ts';
import { HARMLESS } from './harmless.ts';

/*
 * A harness that can't catch a planted fault is itself broken: each one must turn its scorer red, and what
 * changes nothing that matters must stay green.
 */
const CASES = [
  'handlers/blood-donation',
  'handlers/library-loan',
  'handlers/pet-adoption',
  'injected/invite-accept/comment',
  'mutants/renamed/parking-exit/paid_at',
];
const quiet = { emit: () => undefined, signal: new AbortController().signal };
const place = { ...quiet, clock: { now: () => new Date(0) } } as unknown as Settings['place'];

let baseline: Baseline;

async function evaluate(steps: Settings['steps']) {
  const suite = openSuite({ place, llm: null, prompt: null, prove: false }, steps);
  const cases = suite.cases.filter(({ id }) => CASES.includes(id));
  return runSuite({ ...suite, cases }, { ...quiet, runs: 1 });
}

async function regressions(steps: Settings['steps']): Promise<Change[]> {
  const chosen = (id: string) => CASES.includes(id);
  const evaluation = await evaluate(steps);
  return compareWithBaseline(evaluation, baseline, { rules: SCORERS, chosen }).filter(isRegression);
}

beforeAll(async () => {
  const about = { at: '', note: '', rules: SCORERS, whole: false };
  baseline = acceptedBaseline(await evaluate(STEPS), null, about);
});

test('nothing is red without a fault', async () => {
  expect(Object.keys(baseline.cases)).toHaveLength(CASES.length);
  expect(await regressions(STEPS)).toEqual([]);
});

describe('a planted fault turns its scorer red', () => {
  test.each(FAULTS)('$name → $scorer', async ({ scorer, steps }) => {
    expect((await regressions(steps)).map((change) => change.scorer)).toContain(scorer);
  });
});

describe('a harmless edit stays green', () => {
  test.each(HARMLESS)('$name', async ({ steps }) => {
    expect(await regressions(steps)).toEqual([]);
  });
});

test('a case that is gone, and one that can not run, are regressions', async () => {
  const evaluation = await evaluate(STEPS);
  const [first, second, ...rest] = evaluation.cases;
  const broken = { ...second!, problem: 'There is no recorded answer.', scores: {}, intervals: {} };
  const changes = compareWithBaseline({ ...evaluation, cases: [broken, ...rest] }, baseline, {
    rules: SCORERS,
    chosen: () => true,
  });
  expect(changes.map(({ case: id, kind }) => [id, kind])).toEqual([
    [first!.id, 'gone'],
    [second!.id, 'regression'],
  ]);
});
