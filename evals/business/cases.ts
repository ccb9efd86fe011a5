import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { loadConfig } from '../../src/config/load.ts';
import type { EvalCase } from '../../src/eval/eval.ts';
import { canonicalJson } from '../../src/kernel/digest.ts';
import { cassettePath } from '../../src/llm/cassette.ts';
import type { Llm } from '../../src/llm/llm.ts';
import { parsePrompt } from '../../src/llm/prompt.ts';
import type { Model } from '../../src/model/model.ts';
import { areasToAsk, askStates } from '../../src/operations/areas.ts';
import { readPrompt } from '../../src/operations/prompts.ts';
import { readModel } from '../../src/operations/reading.ts';
import { suggestPlans } from '../../src/operations/suggesting.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { answering } from '../answering.ts';
import { appRoot, proveApp } from '../apps/cases.ts';
import { counting, originOf } from '../counting.ts';
import { answeredRun, type Run } from '../record.ts';
import { CASSETTES, promptText, type Settings } from '../settings.ts';
import { groundOf, holdsState } from './holds.ts';
import { type BusinessState, BusinessStates } from './list.ts';

/** Apps with a list of business states, and how often their question was answered. */
const ASKED_ABOUT = { academy: 3, coworking: 3, storefront: 3 };
const MOST = 64;

const FOLDER = fileURLToPath(new URL('../../fixtures/lines/business', import.meta.url));
const Frozen = z.record(z.string(), z.string());

/** Fixture apps whose business states a language model is asked for, beside what the solver plans. */
export function businessCases(settings: Settings): EvalCase<Run>[] {
  const wording = parsePrompt(promptText('plan/suggest', settings));
  return Object.entries(ASKED_ABOUT).map(([name, takes]) => ({
    id: `business/${name}`,
    group: 'business',
    planner: 'llm',
    prompt: `plan/suggest@${wording.version}`,
    takes,
    run: async (take) => {
      const inputs = frozenInputs(name);
      const folder = settings.cassettes ?? CASSETTES;
      const path = cassettePath(folder, askStates({ inputs }, wording), take);
      const llm = answering(settings, { id: `business/${name}`, take });
      const origin = settings.llm ? 'live' : originOf([path]);
      return { origin, record: await ask(name, { inputs, llm, settings, wording }) };
    },
  }));
}

async function ask(
  name: string,
  about: {
    readonly inputs: z.infer<typeof Frozen>;
    readonly llm: Llm;
    readonly settings: Settings;
    readonly wording: ReturnType<typeof parsePrompt>;
  },
): Promise<Run> {
  const { inputs, llm, settings, wording } = about;
  const { place, steps } = settings;
  const begun = performance.now();
  const config = await loadConfig(appRoot(name));
  const reading = await readModel(appRoot(name), place, config);
  const { model } = reading;
  const planned = steps.plan(model);
  const asking = { model, planned, wording, most: MOST };
  const asked = counting(llm);
  const areas = areasToAsk(asking).map((area) => ({ ...area, inputs }));
  const { plans, findings } = await suggestPlans(areas, { ...asking, llm: asked }, place);
  const listed = statesOf(name);
  const prove = (some: readonly Plan[]) =>
    proveApp({ ...reading, config }, { plans: [...some], scenarios: planned.scenarios }, settings);
  return answeredRun({
    model,
    plans,
    findings,
    asked: { open: [], settled: [], ...asked.counted, usd: 0 },
    business: { listed, solver: planned.plans },
    proofs: settings.prove ? await prove(plans) : null,
    ...(settings.prove && { solverProofs: await prove(holding(listed, planned.plans, model)) }),
    ms: performance.now() - begun,
  });
}

/** The plans that hold a listed state: of the solver's many no other says anything about one. */
function holding(
  listed: readonly BusinessState[],
  plans: readonly Plan[],
  { apps }: Model,
): readonly Plan[] {
  const ground = groundOf(apps);
  return plans.filter((plan) => listed.some((state) => holdsState(state, plan, ground)));
}

function statesOf(name: string): BusinessStates['states'] {
  const text = readFileSync(`${appRoot(name)}/business-states.json`, 'utf8');
  return BusinessStates.parse(JSON.parse(text)).states;
}

/** What was asked when the answers were given, so that they stay answers to it. */
function frozenInputs(name: string): z.infer<typeof Frozen> {
  return Frozen.parse(JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8')));
}

/** Freezes the questions anew, as they would be asked now; they then need new answers. */
async function freezeQuestions(): Promise<void> {
  const { planModel } = await import('../../src/operations/plan.ts');
  const wording = parsePrompt(readPrompt('suggest'));
  mkdirSync(FOLDER, { recursive: true });
  for (const name of Object.keys(ASKED_ABOUT)) {
    const { model } = await readModel(appRoot(name), { emit: () => undefined });
    const [area] = areasToAsk({ model, planned: planModel(model), wording, most: MOST });
    writeFileSync(`${FOLDER}/${name}.json`, `${canonicalJson(area?.inputs, 2)}\n`);
    process.stdout.write(
      `${name} ${cassettePath('', askStates({ inputs: area?.inputs ?? {} }, wording))}\n`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await freezeQuestions();
