import { digest } from '../kernel/digest.ts';
import type { Emit } from '../kernel/events.ts';
import { type Finding, finding } from '../kernel/finding.ts';
import type { Llm } from '../llm/llm.ts';
import { checkPlan } from '../plan/check.ts';
import { checkEnding } from '../plan/ending.ts';
import type { Plan } from '../plan/plan.ts';
import { proposeUntilSound } from '../plan/repair.ts';
import type { OpenScenario } from './open-scenarios.ts';
import { questionFor, type Subject } from './questions.ts';

/** What a plan that was asked for depends on beside the code: a change of it means asking anew. */
export function promptDigest(item: OpenScenario, about: Subject): string {
  return digest(questionFor(item, about)).slice(0, 16);
}

/**
 * Asks the model about each open scenario in turn; every answer is checked like anyone's plan. What it
 * could not settle is a finding. A model that can't be reached is not asked again.
 */
export async function proposePlans(
  open: readonly OpenScenario[],
  about: Subject & { readonly llm: Llm },
  { signal, emit }: { readonly signal: AbortSignal; readonly emit: Emit },
): Promise<{ plans: Plan[]; findings: Finding[] }> {
  const plans: Plan[] = [];
  const findings: Finding[] = [];
  emit({ kind: 'stage', stage: 'propose', total: open.length });
  for (const [index, item] of open.entries()) {
    const told = await settle(item, about, signal);
    if (told.plan) plans.push(told.plan);
    findings.push(...told.findings);
    if (told.unreachable) break;
    emit({ kind: 'progress', stage: 'propose', done: index + 1, note: item.scenario.id });
  }
  emit({ kind: 'done', stage: 'propose', note: `${plans.length} of ${open.length} settled` });
  return { plans, findings };
}

/** One scenario's plan as the model has it, checked; or none, and the finding that says why. */
export async function settle(
  item: OpenScenario,
  about: Subject & { readonly llm: Llm },
  signal: AbortSignal,
): Promise<{ plan: Plan | null; findings: Finding[]; unreachable: boolean }> {
  const result = await proposeOne(item, about, signal);
  const { plan } = result;
  const unreachable = !plan && result.findings.some(({ code }) => code === 'llm.unreachable');
  return { plan, unreachable, findings: plan ? [...result.findings] : [unsettled(item, result)] };
}

type Proposed = Awaited<ReturnType<typeof proposeUntilSound>>;

function proposeOne(
  item: OpenScenario,
  about: Subject & { readonly llm: Llm },
  signal: AbortSignal,
): Promise<Proposed> {
  const { evidence, digests } = item.grounds;
  const identity = {
    id: item.scenario.id,
    evidence,
    planner: { kind: 'llm' as const, version: about.llm.model },
    digests: { ...digests, prompt: promptDigest(item, about) },
  };
  return proposeUntilSound(identity, (before) => questionFor(item, about, before), {
    llm: about.llm,
    signal,
    check: (plan) => checkProposal(plan, item, about),
  });
}

/** The checks any plan must pass, and that it is about the ending it was asked for. */
function checkProposal(plan: Plan, { scenario }: OpenScenario, { model }: Subject): Finding[] {
  return [...checkPlan(plan, model), ...checkEnding(plan, scenario, model)];
}

function unsettled({ scenario }: OpenScenario, { findings, rounds }: Proposed): Finding {
  const unreachable = findings.some(({ code }) => code === 'llm.unreachable');
  return finding(unreachable ? 'llm.unreachable' : 'plan.unsettled', {
    severity: unreachable ? 'error' : 'warning',
    path: scenario.id,
    facts: {
      rounds,
      because: findings.map(({ code, at, facts }) => ({ code, at: at.path, facts })),
    },
  });
}
