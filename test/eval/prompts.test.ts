import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { Settings } from '../../evals/settings.ts';
import { openSuite, SCORERS } from '../../evals/suite.ts';
import type { Baseline } from '../../src/eval/eval.ts';
import { acceptedBaseline, compareWithBaseline, isRegression } from '../../src/eval/ratchet.ts';
import { runSuite } from '../../src/eval/run.ts';

/*
 * A changed prompt and what a language model answered to it: a rule that was lost or turned round turns a scorer red,
 * other words for the same stay green.
 */
const CASE = 'model/container-release';
const quiet = { emit: () => undefined, signal: new AbortController().signal };
const place = { ...quiet, clock: { now: () => new Date(0) } } as unknown as Settings['place'];

let baseline: Baseline;

async function evaluate(prompt: string | null) {
  const text =
    prompt && readFileSync(new URL(`../../fixtures/prompts/${prompt}.md`, import.meta.url), 'utf8');
  const suite = openSuite({ place, llm: null, prompt: text, prove: false });
  const cases = suite.cases.filter(({ id }) => id === CASE);
  return runSuite({ ...suite, cases }, { ...quiet, runs: 1 });
}

async function regressions(prompt: string): Promise<string[]> {
  const changes = compareWithBaseline(await evaluate(prompt), baseline, {
    rules: SCORERS,
    chosen: (id) => id === CASE,
  });
  return changes.filter(isRegression).map(({ scorer }) => scorer ?? 'the case');
}

beforeAll(async () => {
  baseline = acceptedBaseline(await evaluate(null), null, {
    ...{ at: '', note: '', rules: SCORERS, whole: false },
  });
});

test.each([
  ['planted-expects-success', 'settled'],
  ['planted-whole-addresses', 'settled'],
  ['planted-more-tables', 'settled'],
  ['planted-more-rows', 'rows'],
  ['planted-absences-as-rows', 'held'],
])('%s turns %s red', async (prompt, scorer) => {
  expect(await regressions(prompt)).toContain(scorer);
});

test.each(['harmless-reworded', 'harmless-other-order'])('%s stays green', async (prompt) => {
  expect((await regressions(prompt)).filter((scorer) => !COSTS.has(scorer))).toEqual([]);
});

/** What other words cost a little more or less of. */
const COSTS = new Set(['tokens', 'latency']);
