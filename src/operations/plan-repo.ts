import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { Config, type LlmConfig } from '../config/config.ts';
import { findConfig, loadConfig } from '../config/load.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { defineOperation } from '../kernel/operation.ts';
import { replaceFile } from '../kernel/replace-file.ts';
import { cassetteKey } from '../llm/cassette.ts';
import { estimateTokens } from '../llm/llm.ts';
import { type Prompt, parsePrompt } from '../llm/prompt.ts';
import { declareStates } from '../plan/declare.ts';
import type { Plan } from '../plan/plan.ts';
import { openPlanFolder } from '../plan/store.ts';
import { type Area, areasToAsk, askStates } from './areas.ts';
import { chooseLlm, openLlm } from './asking.ts';
import { keptAnswers, keptStates, notRenewed } from './kept-plans.ts';
import { type OpenScenario, openScenarios } from './open-scenarios.ts';
import { killable, type Place } from './place.ts';
import { Planned, planModel, withAnswers } from './plan.ts';
import { readPrompt } from './prompts.ts';
import { isGone, type ProposeOptions, proposePlans } from './proposing.ts';
import { provePlans } from './proving.ts';
import { questionFor, type Subject } from './questions.ts';
import { type Reading, readModel } from './reading.ts';
import { suggestPlans } from './suggesting.ts';

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
      .describe('The folder of recorded answers, for --llm cassette and --record'),
    record: z
      .boolean()
      .default(false)
      .describe('Keep what the model answers as recorded answers in the folder of --cassettes'),
    scope: z
      .enum(['open', 'all'])
      .optional()
      .describe('Ask about the endings the solver leaves open, or about all'),
    states: z
      .number()
      .int()
      .min(0)
      .max(200)
      .optional()
      .describe('Ask the model for at most this many business states that no branch names'),
    budgetTokens: z.number().positive().optional().describe('Spend at most this many tokens'),
    budgetUsd: z.number().positive().optional().describe('Spend at most this many dollars'),
    concurrency: z.number().int().min(1).max(32).optional().describe('Routes asked side by side'),
    prove: z
      .boolean()
      .default(false)
      .describe('Fire what the model answers; what comes back otherwise goes to it once more'),
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
    /** Whether nothing was written, and the counts are of what would be. */
    dryRun: z.boolean(),
    /** What would be asked, with the name its recorded answer goes by; null where that was not to be shown. */
    prompts: z
      .array(
        z.object({
          scenario: z.string(),
          key: z.string(),
          /** About how many it is. */
          tokens: z.number().int(),
          system: z.string(),
          prompt: z.string(),
        }),
      )
      .nullable(),
    /** What asking has cost; null where nobody was asked. */
    spend: z
      .object({
        calls: z.number().int(),
        inputTokens: z.number().int(),
        cachedTokens: z.number().int(),
        outputTokens: z.number().int(),
        usd: z.number().nullable(),
      })
      .nullable(),
  }),
  run: async (input, place: Place) => {
    const root = resolve(input.path);
    const config = findConfig(root) ? await loadConfig(root) : null;
    const choice = withFlags(chooseLlm(input.llm, config?.llm ?? null), input);
    const cassettes = resolve(root, input.cassettes);
    const asking =
      choice && !input.showPrompt
        ? await openLlm(choice, { ...place, cassettes, record: input.record })
        : null;
    const llm = asking?.llm ?? null;
    const reading = await readModel(root, place, config);
    const planned = await killable(place, async () => planModel(reading.model));
    const scope = input.scope ?? choice?.scope ?? 'open';
    const open = openScenarios(reading.model, planned, scope);
    const { subjectOf } = await import('./subject.ts');
    const subject = subjectOf(reading, { open });
    const folder = resolve(root, input.out ?? config?.plans ?? PLANS);
    const dryRun = input.dryRun || input.showPrompt;
    const store = openPlanFolder(folder, { dryRun });
    const stored = await store.list();
    const kept = keptAnswers(stored, { open, subject, llm });
    const most = input.only === '' ? (input.states ?? choice?.states ?? 0) : 0;
    const about = {
      model: reading.model,
      planned,
      most,
      wording: parsePrompt(readPrompt('suggest')),
    };
    const areas = areasToAsk(about);
    const states = keptStates(stored, { areas, llm });
    const chosen = open.filter(({ scenario: { id } }) => id.includes(input.only) && !kept.has(id));
    const fire = input.prove ? firing(reading, { config, planned }, place) : undefined;
    const told = asking
      ? await proposePlans(
          chosen,
          { ...subject, llm: asking.llm },
          { ...place, concurrency: choice?.concurrency, spend: asking.spend, fire },
        )
      : NOTHING;
    const suggested =
      asking && !told.findings.some(isGone)
        ? await suggestPlans(
            states.open,
            { ...about, llm: asking.llm },
            { ...place, concurrency: choice?.concurrency, fire },
          )
        : { ...NOTHING, unanswered: states.open };
    const old = notRenewed(states.old, { areas, unanswered: suggested.unanswered });
    const settled = withAnswers(planned, [
      ...told.plans,
      ...suggested.plans,
      ...states.kept,
      ...old.plans,
    ]);
    const changes = await store.write(settled.plans, { keep: new Set(kept.keys()) });
    if (!dryRun) await writeTypes(folder, await store.list());
    return {
      ...withAnswers(settled, [...kept.values()]),
      findings: [...planned.findings, ...told.findings, ...suggested.findings, ...old.findings],
      folder,
      dryRun,
      ...changes,
      prompts: input.showPrompt
        ? promptsOf({ chosen, subject }, { areas: states.open, wording: about.wording })
        : null,
      spend: asking?.spend() ?? null,
    };
  },
});

/** Beside the plans, what completes their ids in tests. */
async function writeTypes(folder: string, plans: readonly Plan[]): Promise<void> {
  if (plans.length === 0) return;
  const [file, text] = [join(folder, 'states.d.ts'), declareStates(plans)];
  const before = await readFile(file, 'utf8').catch(() => null);
  if (before !== text) await replaceFile(file, text);
}

/** The settings of the config with what the command line says instead. */
function withFlags(
  choice: LlmConfig | null,
  flags: {
    readonly budgetTokens?: number | undefined;
    readonly budgetUsd?: number | undefined;
    readonly concurrency?: number | undefined;
  },
): LlmConfig | null {
  if (!choice) return null;
  const tokens = flags.budgetTokens ?? choice.budget.tokens;
  const usd = flags.budgetUsd ?? choice.budget.usd;
  return {
    ...choice,
    budget: { tokens, usd },
    concurrency: flags.concurrency ?? choice.concurrency,
  };
}

/** Sets plans up and fires them against the app of the config. */
function firing(
  { root, repo, model }: Reading,
  { config, planned }: { readonly config: Config | null; readonly planned: Planned },
  place: Place,
): NonNullable<ProposeOptions['fire']> {
  if (!config) {
    throw new StatewrightError('config.missing', `No statewright.config.ts in ${root}.`, {
      hint: `Run "npx statewright init ${root}" to write one, or plan without --prove.`,
    });
  }
  const { scenarios } = planned;
  return (plans) =>
    provePlans({ root, repo, model, config, scenarios, plans, known: planned.plans }, place);
}

const NOTHING = { plans: [], findings: [] };

const PLANS = Config.shape.plans.parse(undefined);

function promptsOf(
  { chosen, subject }: { readonly chosen: readonly OpenScenario[]; readonly subject: Subject },
  { areas, wording }: { readonly areas: readonly Area[]; readonly wording: Prompt },
) {
  return [
    ...chosen.map((item) => promptOf(item.scenario.id, questionFor(item, subject))),
    ...areas.map((area) => promptOf('business states', askStates(area, wording))),
  ];
}

function promptOf(
  scenario: string,
  question: { readonly system: string; readonly prompt: string },
) {
  const tokens = estimateTokens(question.system + question.prompt);
  return { scenario, key: cassetteKey(question), tokens, ...question };
}
