import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { loadConfig } from '../../src/config/load.ts';
import { canonicalJson } from '../../src/kernel/digest.ts';
import { estimateTokens } from '../../src/llm/llm.ts';
import { openScenarios } from '../../src/operations/open-scenarios.ts';
import { planModel } from '../../src/operations/plan.ts';
import { type Inputs, inputsFor, questionFor } from '../../src/operations/questions.ts';
import { readModel } from '../../src/operations/reading.ts';
import { subjectOf } from '../../src/operations/subject.ts';
import { appRoot } from '../apps/cases.ts';

/** Apps with endings the solver had no plan for. */
export const OPEN_APPS = ['academy', 'coworking', 'storefront', 'supperclub', 'tracker'];

const FOLDER = fileURLToPath(new URL('../../fixtures/lines/open', import.meta.url));
/** Longer questions are left out: a handful of one route would cost more than all the others. */
const MOST_TOKENS = 7_000;

const Frozen = z.record(z.string(), z.record(z.string(), z.string()));

/** By scenario, what it was asked about with when the answers were given, so that they stay answers to it. */
export function frozenQuestions(name: string): ReadonlyMap<string, Inputs> {
  const text = readFileSync(`${FOLDER}/${name}.json`, 'utf8');
  return new Map(Object.entries(Frozen.parse(JSON.parse(text))));
}

/** Freezes the questions anew, as they would be asked now; they then need new answers. */
async function freezeQuestions(name: string): Promise<void> {
  const config = await loadConfig(appRoot(name));
  const reading = await readModel(appRoot(name), { emit: () => undefined }, config);
  const planned = planModel(reading.model);
  const open = openScenarios(reading.model, planned);
  const subject = subjectOf(reading, { open });
  const solved = new Set(planned.plans.map(({ id }) => id));
  const asked = open
    .filter(({ scenario }) => !solved.has(scenario.id))
    .filter((item) => {
      const { system, prompt } = questionFor(item, subject);
      return estimateTokens(system + prompt) <= MOST_TOKENS;
    });
  const inputs = asked.map((item) => [item.scenario.id, inputsFor(item, subject)] as const);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/${name}.json`, `${canonicalJson(Object.fromEntries(inputs), 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of OPEN_APPS) await freezeQuestions(name);
}
