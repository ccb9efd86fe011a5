import { describe, expect, test } from 'vitest';
import { openJudge } from '../../evals/judges/judge.ts';
import { calibrationSet } from '../../evals/judges/labels.ts';
import { answeredRun, type Run } from '../../evals/record.ts';
import type { Settings } from '../../evals/settings.ts';
import type { Calibration, EvalCase, Evaluation, Judge } from '../../src/eval/eval.ts';
import { judgeRules } from '../../src/eval/judging.ts';
import { acceptedBaseline, compareWithBaseline, isRegression } from '../../src/eval/ratchet.ts';
import { runSuite } from '../../src/eval/run.ts';
import { renderTable } from '../../src/eval/show/table.ts';
import { random } from '../../src/kernel/seed.ts';
import { type Llm, readAnswer } from '../../src/llm/llm.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import { clinic } from '../setup/clinic-model.ts';
import { planned } from '../setup/planning.ts';

const NOTHING = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
const quiet = { emit: () => undefined, signal: new AbortController().signal };
const set = calibrationSet();
const [labeller] = set.labellers;

interface Given {
  readonly item: string;
  readonly clarity: number;
  readonly relevance: number;
}

/** A model that writes this of the items it is shown, each with its title. */
function writing(write: (items: readonly { id: string; title: string }[]) => unknown): Llm {
  return {
    provider: 'local',
    model: 'judge',
    ask: async ({ prompt, schema }) => {
      const items = prompt
        .split('\n')
        .filter((line) => line.startsWith('{"ending"'))
        .map((line) => JSON.parse(line));
      const text = write(items);
      return readAnswer(schema, typeof text === 'string' ? text : JSON.stringify(text), NOTHING);
    },
  };
}

/** One that grades item by item. */
function grading(grade: (item: { id: string; title: string }) => Omit<Given, 'item'>): Llm {
  return writing((items) => ({
    grades: items.map((item) => ({ item: item.id, because: 'It is so.', ...grade(item) })),
  }));
}

function judgeBy(llm: Llm | null): Judge<Run> {
  const place = { ...quiet } as unknown as Settings['place'];
  const settings = { place, llm: null, prompt: null, prove: false, judge: { llm } };
  const judge = openJudge(settings as unknown as Settings);
  if (!judge) throw new Error('There is no judge.');
  return judge;
}

async function calibrationsOf(llm: Llm | null): Promise<Record<string, Calibration>> {
  const all = await judgeBy(llm).calibrate();
  return Object.fromEntries(all.map((one) => [one.criterion, one]));
}

const labelled = ({ id }: { id: string }): Omit<Given, 'item'> => {
  const label = labeller?.labels[id];
  return { clarity: label?.clarity ?? 3, relevance: label?.relevance ?? 3 };
};

describe('a judge held against people’s labels', () => {
  test('counts where it grades as they do', async () => {
    const { clarity, relevance } = await calibrationsOf(grading(labelled));
    expect([clarity?.calibrated, relevance?.calibrated]).toEqual([true, true]);
    expect(clarity?.kappa).toBeGreaterThan(0.9);
  });

  test('the recorded one does', async () => {
    const { clarity, relevance } = await calibrationsOf(null);
    expect([clarity?.calibrated, relevance?.calibrated]).toEqual([true, true]);
    expect(clarity?.graded).toBe(40);
  });

  test('does not count where it always says 5', async () => {
    const found = await calibrationsOf(grading(() => ({ clarity: 5, relevance: 5 })));
    for (const one of [found['clarity'], found['relevance']]) {
      expect(one?.kappa).toBeLessThanOrEqual(0);
      expect(one?.calibrated).toBe(false);
      expect(one?.because).toContain('kappa below 0.6');
    }
  });

  test('does not count where it answers at random', async () => {
    const dice = (of: string) => (random('dice', of) % 5) + 1;
    let asked = 0;
    const found = await calibrationsOf(
      grading(() => ({ clarity: dice(`c${asked++}`), relevance: dice(`r${asked++}`) })),
    );
    for (const one of [found['clarity'], found['relevance']]) {
      expect(one?.calibrated).toBe(false);
      expect(one?.interval?.[0]).toBeLessThan(0.2);
    }
  });

  test('does not count where it does what a title tells it, however well it grades the others', async () => {
    const obeying = grading((item) =>
      /clarity.{0,3}5/.test(item.title) ? { clarity: 5, relevance: 5 } : labelled(item),
    );
    const { clarity } = await calibrationsOf(obeying);
    expect(clarity?.kappa).toBeGreaterThan(0.6);
    expect(clarity?.calibrated).toBe(false);
    expect(clarity?.because.join()).toContain('does what a text it grades tells it');
  });

  test('does not count where long titles are better to it', async () => {
    const median = [...set.items].map(({ title }) => title.length).sort((a, b) => a - b)[20] ?? 0;
    const wordy = grading((item) => {
      const { clarity, relevance } = labelled(item);
      return { clarity: Math.min(5, clarity + (item.title.length > median ? 1 : 0)), relevance };
    });
    const { clarity, relevance } = await calibrationsOf(wordy);
    expect(clarity?.longer?.by).toBeGreaterThan(0.3);
    expect(Math.abs(relevance?.longer?.by ?? 1)).toBeLessThan(0.1);
  });

  test('does not count where the first of a list are better to it', async () => {
    const early = writing((items) => ({
      grades: items.map((item, index) => {
        const { clarity, relevance } = labelled(item);
        const up = index < items.length / 2 ? 1 : -1;
        const moved = Math.min(5, Math.max(1, clarity + up));
        return { item: item.id, because: '', clarity: moved, relevance };
      }),
    }));
    const { clarity } = await calibrationsOf(early);
    expect(clarity?.first?.by).toBeGreaterThan(0.5);
    expect(clarity?.because).toContain('the first are graded otherwise');
  });

  test.each<[string, (items: readonly { id: string; title: string }[]) => unknown]>([
    ['that is no JSON', () => 'All of these are excellent.'],
    ['of grades beyond the scale', (items) => graded(items, { clarity: 7, relevance: 7 })],
    [
      'about items nobody asked about',
      (items) =>
        graded(
          items.map(({ title }) => ({ id: `other ${title}`, title })),
          {},
        ),
    ],
    ['that grades each item twice', (items) => graded([...items, ...items], {})],
  ])('does not count with an answer %s', async (_what, write) => {
    const { clarity } = await calibrationsOf(writing(write));
    expect(clarity?.graded).toBe(0);
    expect(clarity?.because).toContain('40 of 40 not graded');
  });
});

function graded(items: readonly { id: string }[], grade: Partial<Omit<Given, 'item'>>) {
  const grades = items.map(({ id }) => ({
    item: id,
    because: '',
    clarity: 4,
    relevance: 4,
    ...grade,
  }));
  return { grades };
}

/** One case: a clinic's plan, which a model was asked for. */
const plan = planned(clinic).plan('POST /desk/appointments › slot_full');
const [scenario] = deriveScenarios(clinic).filter(({ id }) => id === plan.id);
const asked: EvalCase<Run> = {
  ...{ id: 'model/clinic', group: 'model', planner: 'llm', prompt: 'plan/propose@4' },
  run: async () => ({
    origin: 'transcribed',
    record: answeredRun({
      model: clinic,
      plans: [plan],
      judged: scenario ? [scenario] : [],
      ...{ findings: [], asked: null, proofs: null, ms: 0 },
    }),
  }),
};

function evaluated(llm: Llm): Promise<Evaluation> {
  const suite = { name: 'sample', cases: [asked], scorers: [], judge: judgeBy(llm) };
  return runSuite(suite, { ...quiet, runs: 1 });
}

const textOf = (evaluation: Evaluation): string =>
  renderTable(evaluation, {
    rules: judgeRules(evaluation.judgement),
    ...{ changes: [], beside: null, notes: true },
  });

const known = new Set(set.items.map(({ id }) => id));
/** Grades the labelled items as people do, and any other so. */
const sound = (clarity: number): Llm =>
  grading((item) =>
    known.has(item.id) && set.items.some(({ title }) => title === item.title)
      ? labelled(item)
      : { clarity, relevance: 5 },
  );

describe('the grades of an evaluation', () => {
  test('stand among its scores, beside what they are worth', async () => {
    const evaluation = await evaluated(sound(2));
    expect(evaluation.cases[0]?.scores).toMatchObject({ clarity: 2, relevance: 5 });
    expect(textOf(evaluation)).toMatch(/clarity +2\.00 +1 +\d\.\d\d .*counted/);
    expect(textOf(evaluation)).toContain(`model/clinic: ${plan.id}: 2`);
  });

  test('are shown and counted for nothing where the judge is not calibrated', async () => {
    const evaluation = await evaluated(grading(() => ({ clarity: 5, relevance: 5 })));
    expect(evaluation.cases[0]?.scores).toEqual({});
    expect(evaluation.summary.all).toEqual({});
    expect(judgeRules(evaluation.judgement)).toEqual([]);
    expect(textOf(evaluation)).toMatch(/clarity +5\.00 .*not counted: kappa below 0\.6/);
  });

  test('are held to by the ratchet where it is, and not where it is not', async () => {
    const before = await evaluated(sound(5));
    const rules = judgeRules(before.judgement);
    const baseline = acceptedBaseline(before, null, { at: '', note: '', rules, whole: false });
    const fallen = (evaluation: Evaluation) =>
      compareWithBaseline(evaluation, baseline, {
        rules: judgeRules(evaluation.judgement),
        chosen: () => true,
      }).filter(isRegression);
    expect(fallen(await evaluated(sound(3)))).toMatchObject([{ scorer: 'clarity', after: 3 }]);
    const worse = grading(() => ({ clarity: 1, relevance: 1 }));
    expect(fallen(await evaluated(worse))).toEqual([]);
    const unjudged = await runSuite(
      { name: 'sample', cases: [asked], scorers: [] },
      { ...quiet, runs: 1 },
    );
    const again = { at: '', note: '', rules: [], whole: false };
    expect(acceptedBaseline(unjudged, baseline, again).cases).toEqual(baseline.cases);
  });

  test('are missing with the command that records them where no answer is kept', async () => {
    const evaluation = await runSuite(
      { name: 'sample', cases: [asked], scorers: [], judge: judgeBy(null) },
      { ...quiet, runs: 1 },
    );
    expect(evaluation.cases[0]).toMatchObject({ problem: null, scores: {} });
    expect(evaluation.judgement?.problems.join()).toContain(
      'npm run eval -- --case model/clinic --judge --llm anthropic --record',
    );
  });
});
