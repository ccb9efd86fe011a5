import { loadConfig } from '../../src/config/load.ts';
import type { EvalCase } from '../../src/eval/eval.ts';
import { cassettePath } from '../../src/llm/cassette.ts';
import { type Prompt, parsePrompt } from '../../src/llm/prompt.ts';
import { openScenarios } from '../../src/operations/open-scenarios.ts';
import { proposePlans } from '../../src/operations/proposing.ts';
import { questionFor } from '../../src/operations/questions.ts';
import { readModel } from '../../src/operations/reading.ts';
import { subjectOf } from '../../src/operations/subject.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { answering } from '../answering.ts';
import { appRoot, proveApp } from '../apps/cases.ts';
import { counting, originOf } from '../counting.ts';
import { answeredRun, type Run } from '../record.ts';
import { CASSETTES, promptText, type Settings } from '../settings.ts';
import { frozenQuestions, OPEN_APPS } from './frozen.ts';

/** How often each question was answered. */
const TAKES = 3;

/** Whole fixture apps, whose endings without a plan a language model is asked about. */
export function openCases(settings: Settings): EvalCase<Run>[] {
  const wording = parsePrompt(promptText('plan/propose', settings));
  return OPEN_APPS.map((name) => ({
    id: `open/${name}`,
    group: 'open',
    planner: 'llm',
    prompt: `plan/propose@${wording.version}`,
    takes: TAKES,
    run: (take) => ask(name, { wording, take, settings }),
  }));
}

async function ask(
  name: string,
  of: { readonly wording: Prompt; readonly take: number; readonly settings: Settings },
): ReturnType<EvalCase<Run>['run']> {
  const { wording, take, settings } = of;
  const begun = performance.now();
  const asked = frozenQuestions(name);
  const config = await loadConfig(appRoot(name));
  const reading = await readModel(appRoot(name), settings.place, config);
  const planned = settings.steps.plan(reading.model);
  const open = openScenarios(reading.model, planned).filter(({ scenario }) =>
    asked.has(scenario.id),
  );
  const subject = { ...subjectOf(reading, { open }), wording, asked };
  const llm = counting(answering(settings, { id: `open/${name}`, take }));
  const { plans, findings } = await proposePlans(open, { ...subject, llm }, settings.place);
  const prove = (some: readonly Plan[]) =>
    proveApp({ ...reading, config }, { plans: [...some], scenarios: planned.scenarios }, settings);
  const solver = planned.plans.filter(({ id }) => asked.has(id));
  const folder = settings.cassettes ?? CASSETTES;
  const paths = open.map((item) => cassettePath(folder, questionFor(item, subject), take));
  // An ending that is read as others since, or no more, is nobody's to settle.
  const there = new Set(planned.scenarios.map(({ id }) => id));
  const ids = [...asked.keys()].filter((id) => there.has(id));
  const record = answeredRun({
    model: reading.model,
    plans,
    findings,
    judged: open.map(({ scenario }) => scenario),
    asked: { open: ids, settled: plans.map(({ id }) => id), ...llm.counted, usd: 0 },
    proofs: settings.prove ? await prove(plans) : null,
    ...(settings.prove && { solverProofs: await prove(solver) }),
    ms: performance.now() - begun,
  });
  return { origin: settings.llm ? 'live' : originOf(paths), record };
}
