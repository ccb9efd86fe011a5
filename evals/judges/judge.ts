import { calibrate, type Graded } from '../../src/eval/calibrate.ts';
import type { Calibration, Judge, Score } from '../../src/eval/eval.ts';
import { mean } from '../../src/eval/interval.ts';
import { canonicalJson } from '../../src/kernel/digest.ts';
import { StatewrightError } from '../../src/kernel/errors.ts';
import type { Llm } from '../../src/llm/llm.ts';
import { type Prompt, parsePrompt } from '../../src/llm/prompt.ts';
import { answering } from '../answering.ts';
import type { Run } from '../record.ts';
import { promptText, type Settings } from '../settings.ts';
import { CRITERIA, type Criterion, type Grade, gradePortion, portions } from './grade.ts';
import { type Item, itemOf } from './item.ts';
import { type CalibrationSet, calibrationSet } from './labels.ts';

/** Grades up to here are named. */
const LOW = 2;
/** A small case, for the command that records what the judge says of the labelled items. */
const ANY_CASE = 'model/gift-card';

/** The judge that the settings ask for: it grades what a model planned, where it was asked about endings. */
export function openJudge(
  settings: Settings,
  set: () => CalibrationSet = calibrationSet,
): Judge<Run> | null {
  if (!settings.judge) return null;
  const wording = parsePrompt(promptText('eval/judge', settings));
  const asked = { ...settings, llm: settings.judge.llm };
  const { signal } = settings.place;
  const llmFor = (id: string) => answering(asked, { id, take: 1, judge: true });
  return {
    about: aboutOf(asked.llm, wording, set()),
    calibrate: () =>
      calibrateOn(set(), { wording, signal, llm: llmFor(ANY_CASE), about: 'labelled titles' }),
    grade: async (run, id) => {
      const subjects = subjectsOf(run);
      if (subjects.length === 0) return null;
      const about = `the titles and plans of ${id}`;
      const given = await gradeAll(portions(subjects.map(({ item }) => item)), {
        wording,
        signal,
        llm: llmFor(id),
        about,
      });
      return scoresOf(subjects, given, id);
    },
  };
}

function aboutOf(
  llm: Llm | null,
  { version }: Prompt,
  { items, labellers }: CalibrationSet,
): string {
  const who = llm ? `${llm.provider} ${llm.model}` : 'recorded answers';
  const names = labellers.map(({ name }) => name).join(' and ');
  return `${who}, eval/judge@${version}; held against ${items.length} items labelled by ${names}`;
}

interface Asking {
  readonly wording: Prompt;
  readonly llm: Llm;
  readonly signal: AbortSignal;
  readonly about: string;
}

/** A grade, and whether the item stood in the first half of its portion. */
interface Given {
  readonly grade: Grade;
  readonly first: boolean;
}

async function gradeAll(
  some: readonly (readonly Item[])[],
  asking: Asking,
): Promise<ReadonlyMap<string, readonly Given[]>> {
  const all = new Map<string, Given[]>();
  for (const portion of some) {
    const grades = await gradePortion(portion, asking);
    for (const [index, { id }] of portion.entries()) {
      const grade = grades.get(id);
      if (!grade) continue;
      all.set(id, [...(all.get(id) ?? []), { grade, first: index < portion.length / 2 }]);
    }
  }
  return all;
}

/** Asks about each labelled item twice, the second time in the other order. */
async function calibrateOn(
  { items, planted, labellers }: CalibrationSet,
  asking: Asking,
): Promise<Calibration[]> {
  const orders = portions(items);
  const given = await gradeAll([...orders, ...orders.map((some) => some.toReversed())], asking);
  return CRITERIA.map((criterion) => {
    const graded = items.map(
      (item): Graded => ({
        id: item.id,
        people: labellers.flatMap(({ labels }) => labels[item.id]?.[criterion] ?? []),
        judge: (given.get(item.id) ?? []).map(({ grade, first }) => ({
          grade: grade[criterion],
          first,
        })),
        length: lengthOf(item, criterion),
        plantedOn: planted.get(item.id) ?? null,
      }),
    );
    return { criterion, ...calibrate(graded) };
  });
}

function lengthOf({ title, plan }: Item, criterion: Criterion): number {
  return criterion === 'clarity' ? title.length : canonicalJson(plan).length;
}

interface Subject {
  readonly plan: string;
  readonly item: Item;
}

function subjectsOf({ plans, judged = [], model }: Run): Subject[] {
  const byId = new Map(judged.map((scenario) => [scenario.id, scenario]));
  return plans.flatMap((plan, index) => {
    const scenario = plan.variantOf === null ? byId.get(plan.id) : undefined;
    const id = `item-${index + 1}`;
    return scenario ? [{ plan: plan.id, item: itemOf(plan, { scenario, model, id }) }] : [];
  });
}

function scoresOf(
  subjects: readonly Subject[],
  given: ReadonlyMap<string, readonly Given[]>,
  id: string,
): Readonly<Record<Criterion, Score>> {
  const graded = subjects.flatMap(({ plan, item }) =>
    (given.get(item.id) ?? []).map(({ grade }) => ({ plan, grade })),
  );
  if (graded.length === 0) {
    const message = `The judge's answer about ${id} holds no grade that can be read.`;
    const hint = 'Ask again, or ask another one with --judge-llm and --judge-model.';
    throw new StatewrightError('eval.ungraded', message, { hint });
  }
  const score = (criterion: Criterion): Score => ({
    amount: mean(graded.map(({ grade }) => grade[criterion])),
    notes: graded
      .filter(({ grade }) => grade[criterion] <= LOW)
      .map(({ plan, grade }) => `${id}: ${plan}: ${grade[criterion]}`),
  });
  return { clarity: score('clarity'), relevance: score('relevance') };
}
