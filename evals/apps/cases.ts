import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { EvalCase } from '../../src/eval/eval.ts';
import { provePlans } from '../../src/operations/proving.ts';
import { type Reading, readModel } from '../../src/operations/reading.ts';
import { Key } from '../endings/key.ts';
import type { Run } from '../record.ts';
import type { Settings } from '../settings.ts';

const APPS = fileURLToPath(new URL('../../fixtures/apps', import.meta.url));
const NAMES = [
  'academy',
  'allotments',
  'clinic',
  'coworking',
  'ferry',
  'garage',
  'library',
  'noticeboard',
  'storefront',
  'supperclub',
  'tracker',
  'workshop',
];

/** Whole fixture apps that have an answer key. */
export function fixtureAppCases(settings: Settings): EvalCase<Run>[] {
  return NAMES.map((name) => ({
    id: `apps/${name}`,
    group: 'apps',
    planner: 'solver',
    prompt: null,
    run: async () => {
      const root = appRoot(name);
      const config = await loadConfig(root);
      const begun = performance.now();
      const reading = await readModel(root, settings.place, config);
      const planned = settings.steps.plan(reading.model);
      const ms = performance.now() - begun;
      const proofs = settings.prove
        ? await proveApp({ ...reading, config }, planned, settings)
        : null;
      const key = Key.parse(JSON.parse(readFileSync(`${root}/endings.json`, 'utf8')));
      const record: Run = {
        ...planned,
        model: reading.model,
        key,
        ms,
        again: settings.steps.plan(reading.model).plans,
        twin: null,
        payloads: [],
        asked: null,
        proofs,
        reduced: null,
      };
      return { origin: 'solver', record };
    },
  }));
}

/** Where a fixture app lies. */
export function appRoot(name: string): string {
  return `${APPS}/${name}`;
}

/** Sets plans of a fixture app up and fires them. */
export async function proveApp(
  { root, repo, model, config }: Reading & { readonly config: Config },
  { plans, scenarios }: Pick<Run, 'plans' | 'scenarios'>,
  { place }: Settings,
) {
  return provePlans({ root, config, repo, model, scenarios, plans, known: plans }, place);
}
