import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type * as z from 'zod';
import { runEval } from '../../src/operations/eval.ts';
import type { Place } from '../../src/operations/place.ts';

/** Three cases: the solver's, and two that ask a model with a prompt; what they score is written into a file. */
const SUITE = `
import { readFileSync } from 'node:fs';
const told = JSON.parse(readFileSync(new URL('./told.json', import.meta.url), 'utf8'));
export const openSuite = ({ llm, prompt }) => ({
  name: 'sample',
  scorers: [
    { name: 'good', says: 'how good it is', unit: 'share', better: 'more', slack: 0, ratchet: true, score: ({ good }) => good },
    { name: 'calls', says: 'calls made', unit: 'amount', better: 'less', slack: 0, ratchet: true, score: ({ calls }) => calls },
  ],
  cases: [
    ['plain', 'solver', null],
    ['asked/first', 'llm', 'plan/propose@1'],
    ['asked/second', 'llm', 'plan/propose@2'],
  ].map(([id, planner, version]) => ({
    id, group: id.split('/')[0], planner, prompt: version,
    run: async () => {
      if (told[id] === undefined || (prompt?.startsWith('tell:') && prompt !== 'tell:' + id)) throw new Error('There is no recorded answer <for> ' + id);
      const hits = prompt === null ? told[id] : 4;
      return { origin: planner === 'llm' ? 'transcribed' : 'solver', record: { good: { hits, of: 4, notes: ['ending <' + id + '>'] }, calls: { amount: 1 } } };
    },
  })),
});
`;
const ALL = { plain: 4, 'asked/first': 3, 'asked/second': 2 };
const place = {
  clock: { now: () => new Date(0) },
  env: {},
  emit: () => undefined,
  signal: new AbortController().signal,
} as unknown as Place;

function suiteOf(told: Record<string, number>) {
  const folder = mkdtempSync(join(tmpdir(), 'statewright-eval-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const tell = (some: Record<string, number>) =>
    writeFileSync(join(folder, 'told.json'), JSON.stringify(some));
  const file = (name: string) => join(folder, name);
  // A module is loaded once: each run has its own.
  let runs = 0;
  const run = (input: Partial<z.input<typeof runEval.input>> = {}) => {
    const suite = file(`suite-${runs++}.mjs`);
    writeFileSync(suite, SUITE);
    return runEval.run(runEval.input.parse({ suite, report: file('page.html'), ...input }), place);
  };
  tell(told);
  return { file, run, tell };
}

const ids = ({ cases }: { cases: readonly { id: string }[] }) => cases.map(({ id }) => id);

test('takes cases by id, planner and prompt version, and scorers by name', async () => {
  const { run } = suiteOf(ALL);
  expect(ids(await run())).toEqual(['plain', 'asked/first', 'asked/second']);
  expect(ids(await run({ case: 'asked/' }))).toEqual(['asked/first', 'asked/second']);
  expect(ids(await run({ planner: 'solver' }))).toEqual(['plain']);
  expect(ids(await run({ planner: 'llm' }))).toEqual(['asked/first', 'asked/second']);
  expect(ids(await run({ promptVersion: '2' }))).toEqual(['asked/second']);
  const { cases } = await run({ scorer: 'call', case: 'plain' });
  expect(Object.keys(cases[0]?.scores ?? {})).toEqual(['calls']);
  await expect(run({ case: 'nowhere' })).rejects.toMatchObject({ code: 'eval.nothingSelected' });
});

test('what was accepted is held to: what falls behind, breaks or is gone is a regression', async () => {
  const { file, run, tell } = suiteOf(ALL);
  expect((await run({ accept: true, note: 'the first' })).regressions).toBe(0);
  expect(JSON.parse(readFileSync(file('baseline.json'), 'utf8'))).toMatchObject({
    cases: { 'asked/first': { good: { value: 0.75 } } },
    history: [{ note: 'the first', summary: { good: 0.75 } }],
  });
  expect((await run()).changes).toEqual([]);
  tell({ ...ALL, 'asked/first': 2, 'asked/second': 3 });
  const moved = await run();
  expect(moved.changes).toMatchObject([
    { case: 'asked/first', scorer: 'good', before: 0.75, after: 0.5, kind: 'regression' },
    { case: 'asked/second', scorer: 'good', before: 0.5, after: 0.75, kind: 'improvement' },
  ]);
  expect(moved.regressions).toBe(1);
  expect(moved.text).toMatch(/regressions:\n {2}asked\/first {2}good {2}75.0 % → 50.0 %/);
  tell({ plain: 4, 'asked/second': 2 });
  const broken = await run({ junit: file('junit.xml') });
  expect(broken.changes).toMatchObject([{ case: 'asked/first', kind: 'regression' }]);
  expect(broken.text).toContain('could not run:\n  asked/first: ');
  const junit = readFileSync(file('junit.xml'), 'utf8');
  expect(junit).toContain('failures="1"');
  expect(junit).toContain('There is no recorded answer &lt;for&gt; asked/first');
  // A run of some cases alone misses none of the others.
  expect((await run({ case: 'plain' })).changes).toEqual([]);
  expect((await run({ planner: 'solver' })).changes).toEqual([]);
});

test('two prompts stand side by side, over all and case by case', async () => {
  const { file, run } = suiteOf(ALL);
  writeFileSync(file('my-prompt.md'), '1234\n');
  const { beside, text, report } = await run({
    case: 'asked/',
    besidePrompt: file('my-prompt.md'),
  });
  expect(beside?.cases.map(({ scores }) => scores['good'])).toEqual([1, 1]);
  expect(text).toContain('my-prompt.md, over the 2 cases that both could run:');
  expect(text).toMatch(/good +62.5 % +100.0 % +\+37.5 %/);
  expect(text).toMatch(/good +75.0 % \(.*\) → 100.0 % +50.0 % \(.*\) → 100.0 %/);
  const page = readFileSync(report, 'utf8');
  expect(page).toContain('my-prompt.md');
  expect(page).toContain('ending &lt;asked/first&gt;');
  expect(page).not.toContain('ending <');
});

test('what one of the two could not run is said, and not counted for the other', async () => {
  const { file, run } = suiteOf({ 'asked/first': 1, 'asked/second': 3 });
  writeFileSync(file('half.md'), 'tell:asked/first');
  const { text, report } = await run({ case: 'asked/', besidePrompt: file('half.md') });
  expect(text).toContain('half.md, over the one case that both could run:');
  expect(text).toMatch(/good +25.0 % +100.0 % +\+75.0 %/);
  expect(text).toContain('could not run with half.md:\n  asked/second: ');
  expect(readFileSync(report, 'utf8')).toContain('half.md: Error: There is no recorded answer');
});

test('only a run of all cases is a point in time', async () => {
  const { file, run } = suiteOf(ALL);
  await run({ accept: true, note: 'all' });
  await run({ accept: true, note: 'some', case: 'plain' });
  const { history } = JSON.parse(readFileSync(file('baseline.json'), 'utf8'));
  expect(history).toMatchObject([
    { note: 'all', summary: { good: 0.75, calls: 1 } },
    { note: 'some', summary: {} },
  ]);
});

test('scores without answers are no baseline, and recorded answers are not recorded', async () => {
  const { file, run } = suiteOf(ALL);
  const unanswered = run({ accept: true, questions: file('questions') });
  await expect(unanswered).rejects.toMatchObject({ code: 'eval.unanswered' });
  await expect(run({ record: true })).rejects.toMatchObject({ code: 'llm.nothingToRecord' });
  expect(existsSync(file('baseline.json'))).toBe(false);
  expect(readdirSync(file('.')).filter((name) => name.endsWith('.json'))).toEqual(['told.json']);
});
