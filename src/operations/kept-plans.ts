import { type Finding, finding } from '../kernel/finding.ts';
import type { Llm } from '../llm/llm.ts';
import type { Plan } from '../plan/plan.ts';
import type { Area } from './areas.ts';
import type { OpenScenario } from './open-scenarios.ts';
import { promptDigest } from './proposing.ts';
import type { Subject } from './questions.ts';

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

/** Business states beside the code, and what about them is open. */
interface KeptStates {
  readonly kept: readonly Plan[];
  /** Of another code or model: an answer takes their place. */
  readonly old: readonly Plan[];
  readonly open: readonly Area[];
}

/**
 * The business states beside the code that still stand, and the areas to be asked about anew. All stand where
 * nobody is asked for any.
 */
export function keptStates(
  stored: readonly Plan[],
  { areas, llm }: { readonly areas: readonly Area[]; readonly llm: Llm | null },
): KeptStates {
  const states = stored.filter(
    ({ planner, variantOf }) => planner.kind === 'llm' && variantOf !== null,
  );
  if (!llm || areas.length === 0) return { kept: states, old: [], open: areas };
  const made = new Set(
    states.map(({ digests, planner }) => `${digests.prompt} ${planner.version}`),
  );
  const isMade = (area: Area) => made.has(`${area.digest} ${llm.model}`);
  const current = new Set(areas.filter(isMade).map((area) => area.digest));
  const isCurrent = ({ digests }: Plan) => current.has(digests.prompt ?? '');
  return {
    kept: states.filter(isCurrent),
    old: states.filter((state) => !isCurrent(state)),
    open: areas.filter((area) => !isMade(area)),
  };
}

/**
 * The old states that no answer has taken the place of, and that they may no longer fit the code. One whose
 * ending is in no area any more may be of any that is unanswered.
 */
export function notRenewed(
  old: readonly Plan[],
  { areas, unanswered }: { readonly areas: readonly Area[]; readonly unanswered: readonly Area[] },
): { plans: Plan[]; findings: Finding[] } {
  const answered = endingsOf(areas.filter((area) => !unanswered.includes(area)));
  const plans = old.filter(
    ({ variantOf }) => unanswered.length > 0 && !answered.has(variantOf ?? ''),
  );
  if (plans.length === 0) return { plans, findings: [] };
  const facts = { states: plans.map(({ id }) => id) };
  return { plans, findings: [finding('plan.statesNotRenewed', { severity: 'warning', facts })] };
}

function endingsOf(areas: readonly Area[]): Set<string> {
  return new Set(areas.flatMap(({ views }) => views.map(({ scenario }) => scenario.id)));
}
