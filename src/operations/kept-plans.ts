import type { Llm } from '../llm/llm.ts';
import type { Plan } from '../plan/plan.ts';
import type { OpenScenario } from './open-scenarios.ts';
import { promptDigest } from './proposing.ts';
import type { Subject } from './questions.ts';
import type { Area } from './suggesting.ts';

/**
 * The answers beside the code that still stand, by scenario: to what is still open, and where a model is
 * asked to the very question it would be asked now.
 */
export function keptAnswers(
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

/**
 * The business states beside the code that still stand, and the areas to be asked about anew. All stand where
 * nobody is asked for any.
 */
export function keptStates(
  stored: readonly Plan[],
  { areas, llm }: { readonly areas: readonly Area[]; readonly llm: Llm | null },
): { kept: Plan[]; open: Area[] } {
  const states = stored.filter(
    ({ planner, variantOf }) => planner.kind === 'llm' && variantOf !== null,
  );
  if (!llm || areas.length === 0) return { kept: states, open: [...areas] };
  const made = new Set(
    states.map(({ digests, planner }) => `${digests.prompt} ${planner.version}`),
  );
  const isMade = (area: Area) => made.has(`${area.digest} ${llm.model}`);
  const current = new Set(areas.filter(isMade).map((area) => area.digest));
  return {
    kept: states.filter(({ digests }) => current.has(digests.prompt ?? '')),
    open: areas.filter((area) => !isMade(area)),
  };
}
