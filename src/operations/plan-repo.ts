import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { Config } from '../config/config.ts';
import { findConfig, loadConfig } from '../config/load.ts';
import { defineOperation } from '../kernel/operation.ts';
import { cassetteKey } from '../llm/cassette.ts';
import type { Llm } from '../llm/llm.ts';
import { declareStates } from '../plan/declare.ts';
import type { Plan } from '../plan/plan.ts';
import { openPlanFolder } from '../plan/store.ts';
import { chooseLlm, openLlm } from './asking.ts';
import { type OpenScenario, openScenarios } from './open-scenarios.ts';
import type { Place } from './place.ts';
import { Planned, planModel, withAnswers } from './plan.ts';
import { promptDigest, proposePlans } from './proposing.ts';
import { questionFor, type Subject } from './questions.ts';
import { readModel } from './reading.ts';
import { subjectOf } from './subject.ts';

export const planRepo = defineOperation({
  name: 'plan',
  summary: 'Plan the data state each ending needs and keep the plans beside the code',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to read' }),
    out: z.string().optional().describe('Keep the plans in this folder instead'),
    dryRun: z.boolean().default(false).describe('Write nothing, only say what would change'),
    llm: z
      .enum(['none', 'anthropic', 'openai', 'cassette'])
      .optional()
      .describe('Ask this model about endings the solver leaves open; by default the config says'),
    only: z
      .string()
      .default('')
      .describe('Ask the model only about endings whose id contains this'),
    cassettes: z
      .string()
      .default('statewright/cassettes')
      .describe('The folder of recorded answers for --llm cassette'),
    showPrompt: z
      .boolean()
      .default(false)
      .describe('Print what the model would be asked; ask nobody and write nothing'),
  }),
  output: Planned.extend({
    folder: z.string(),
    written: z.array(z.string()),
    removed: z.array(z.string()),
    unchanged: z.number().int(),
    /** What would be asked, with the name its recorded answer goes by. */
    prompts: z.array(
      z.object({ scenario: z.string(), key: z.string(), system: z.string(), prompt: z.string() }),
    ),
  }),
  run: async (input, place: Place) => {
    const root = resolve(input.path);
    const config = findConfig(root) ? await loadConfig(root) : null;
    const choice = chooseLlm(input.llm, config?.llm ?? null);
    const cassettes = resolve(root, input.cassettes);
    const ask = choice && !input.showPrompt;
    const llm = ask ? await openLlm(choice, { env: place.env, cassettes }) : null;
    const reading = await readModel(root, place.emit);
    const subject = subjectOf(reading);
    const planned = planModel(subject.model);
    const open = openScenarios(subject.model, planned);
    const folder = resolve(root, input.out ?? config?.plans ?? PLANS);
    const store = openPlanFolder(folder, { dryRun: input.dryRun || input.showPrompt });
    const kept = keptAnswers(await store.list(), { open, subject, llm });
    const chosen = open.filter(({ scenario: { id } }) => id.includes(input.only) && !kept.has(id));
    const told = llm
      ? await proposePlans(chosen, { ...subject, llm }, place)
      : { plans: [], findings: [] };
    const settled = withAnswers(planned, told.plans);
    const changes = await store.write(settled.plans, { keep: new Set(kept.keys()) });
    if (!input.dryRun && !input.showPrompt) await writeTypes(folder, await store.list());
    return {
      ...withAnswers(settled, [...kept.values()]),
      findings: [...planned.findings, ...told.findings],
      folder,
      ...changes,
      prompts: input.showPrompt ? chosen.map((item) => promptOf(item, subject)) : [],
    };
  },
});

/** Beside the plans, what completes their ids in tests. */
async function writeTypes(folder: string, plans: readonly Plan[]): Promise<void> {
  if (plans.length === 0) return;
  const [file, text] = [join(folder, 'states.d.ts'), declareStates(plans)];
  const before = await readFile(file, 'utf8').catch(() => null);
  if (before !== text) await writeFile(file, text);
}

const PLANS = Config.shape.plans.parse(undefined);

/**
 * The answers beside the code that still stand, by scenario: to what is still open, and where a model is
 * asked to the very question it would be asked now.
 */
function keptAnswers(
  stored: readonly Plan[],
  about: {
    readonly open: readonly OpenScenario[];
    readonly subject: Subject;
    readonly llm: Llm | null;
  },
): Map<string, Plan> {
  const answers = new Map(
    stored.filter(({ planner }) => planner.kind === 'llm').map((plan) => [plan.id, plan]),
  );
  const kept = about.open.flatMap((item): [string, Plan][] => {
    const plan = answers.get(item.scenario.id);
    if (!plan) return [];
    const { llm, subject } = about;
    const same =
      !llm ||
      (plan.planner.version === llm.model && plan.digests.prompt === promptDigest(item, subject));
    return same ? [[plan.id, plan]] : [];
  });
  return new Map(kept);
}

function promptOf(item: OpenScenario, subject: Subject) {
  const question = questionFor(item, subject);
  return { scenario: item.scenario.id, key: cassetteKey(question), ...question };
}
