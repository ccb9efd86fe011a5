import { digest } from '../kernel/digest.ts';
import type { Emit } from '../kernel/events.ts';
import { type Finding, finding } from '../kernel/finding.ts';
import type { Spend } from '../llm/budget.ts';
import type { Llm } from '../llm/llm.ts';
import { checkPlan } from '../plan/check.ts';
import { checkEnding } from '../plan/ending.ts';
import type { Plan } from '../plan/plan.ts';
import { type Proposed, proposeUntilSound, ROUNDS } from '../plan/repair.ts';
import type { Proof } from '../proof/proof.ts';
import { sideBySide } from '../proof/side-by-side.ts';
import { observationOf } from './observing.ts';
import type { OpenScenario } from './open-scenarios.ts';
import { questionFor, type Subject } from './questions.ts';

/** What a plan that was asked for depends on beside the code: a change of it means asking anew. */
export function promptDigest(item: OpenScenario, about: Subject): string {
  return digest(questionFor(item, about)).slice(0, 16);
}

export interface ProposeOptions {
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Routes asked about side by side; the endings of one follow each other, so that its prefix is cached. */
  readonly concurrency?: number | undefined;
  readonly spend?: () => Spend;
  /** Fires plans; what did not come back as planned goes to the model once more. */
  readonly fire?: ((plans: readonly Plan[]) => Promise<readonly Proof[]>) | undefined;
}

/** One scenario's way through: what came of it so far. */
interface Told {
  readonly item: OpenScenario;
  readonly result: Proposed;
}

/**
 * Asks the model about each open scenario, route by route; every answer is checked like anyone's plan. What
 * it could not settle is a finding, and the rest is delivered. A model that can't be reached is not asked
 * again: what it was not asked is named.
 */
export async function proposePlans(
  open: readonly OpenScenario[],
  about: Subject & { readonly llm: Llm },
  options: ProposeOptions,
): Promise<{ plans: Plan[]; findings: Finding[] }> {
  const { emit, fire } = options;
  const subject = { open, ...about };
  emit({ kind: 'stage', stage: 'propose', total: open.length });
  let told = await askAll(
    open.map((item) => ({ item })),
    subject,
    options,
  );
  const unfired: Finding[] = [];
  for (let turn = 1; fire && turn <= ROUNDS; turn++) {
    const failed = await observe(told, fire);
    unfired.splice(0, Infinity, ...failed.map(({ observed }) => observed));
    const again = failed.filter(({ result }) => result.rounds < ROUNDS);
    if (again.length === 0) break;
    const better = await askAll(again, subject, options);
    const found = new Map(better.flatMap((one) => (one.result.plan ? [[one.item, one]] : [])));
    told = told.map((one) => found.get(one.item) ?? one);
    if (found.size === 0) break;
  }
  const plans = told.flatMap(({ result }) => result.plan ?? []);
  emit({
    kind: 'done',
    stage: 'propose',
    note: `${plans.length} of ${open.length} settled${spent(options)}`,
  });
  return { plans, findings: [...findingsOf(open, told), ...unfired] };
}

/** One scenario's plan as the model has it, checked; or none, and the finding that says why. */
export async function settle(
  item: OpenScenario,
  about: Subject & { readonly llm: Llm },
  signal: AbortSignal,
): Promise<{ plan: Plan | null; findings: Finding[]; unreachable: boolean }> {
  const result = await proposeOne({ item }, about, signal);
  const { plan, findings } = result;
  const unreachable = findings.some(isGone);
  return { plan, unreachable, findings: plan ? [...findings] : [unsettled(item, result)] };
}

interface Asking {
  readonly item: OpenScenario;
  readonly result?: Proposed;
  readonly observed?: Finding;
}

async function askAll(
  wanted: readonly Asking[],
  about: Subject & { readonly llm: Llm },
  options: ProposeOptions,
): Promise<Told[]> {
  const { emit, concurrency: count = 1 } = options;
  const groups = [...Map.groupBy(wanted, ({ item }) => item.scenario.route).values()];
  const told: Told[] = [];
  let gone = false;
  const { signal: stopped } = options;
  await sideBySide({ count, signal: stopped }, async (signal) => {
    for (let group = groups.shift(); group && !gone; group = groups.shift())
      await askGroup(group, signal);
  });
  const order = new Map(wanted.map(({ item }, index) => [item, index]));
  return told.sort((a, b) => (order.get(a.item) ?? 0) - (order.get(b.item) ?? 0));

  async function askGroup(group: readonly Asking[], signal: AbortSignal): Promise<void> {
    for (const one of group) {
      if (gone) return;
      const result = await proposeOne(one, about, signal);
      gone ||= result.findings.some(isGone);
      told.push({ item: one.item, result });
      const note = `${one.item.scenario.id}${spent(options)}`;
      emit({ kind: 'progress', stage: 'propose', done: told.length, note });
    }
  }
}

function proposeOne(
  { item, result, observed }: Asking,
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
    ...(observed &&
      result && { before: { answer: result.text, findings: [observed] }, used: result.rounds }),
  });
}

/** The checks any plan must pass, and that it is about the ending it was asked for. */
function checkProposal(plan: Plan, { scenario }: OpenScenario, { model }: Subject): Finding[] {
  return [...checkPlan(plan, model), ...checkEnding(plan, scenario, model)];
}

/** The delivered plans that did not bring their ending about, with what came back instead. */
async function observe(
  told: readonly Told[],
  fire: NonNullable<ProposeOptions['fire']>,
): Promise<(Told & { observed: Finding })[]> {
  const plans = told.flatMap(({ result }) => result.plan ?? []);
  const proofs = new Map((await fire(plans)).map((proof) => [proof.plan, proof]));
  return told.flatMap((one) => {
    const proof = proofs.get(one.item.scenario.id);
    const observed = proof ? observationOf(proof) : null;
    return one.result.plan && observed ? [{ ...one, observed }] : [];
  });
}

function findingsOf(open: readonly OpenScenario[], told: readonly Told[]): Finding[] {
  const asked = new Set(told.map(({ item }) => item));
  const left = open.filter((item) => !asked.has(item)).map(({ scenario }) => scenario.id);
  return [
    ...told.flatMap(({ item, result }) =>
      result.plan ? result.findings : [unsettled(item, result)],
    ),
    ...(left.length > 0
      ? [finding('plan.notAsked', { severity: 'warning', facts: { scenarios: left } })]
      : []),
  ];
}

/** Nothing more will come of asking: no key, or a provider that stays away. A budget may have room for less. */
export function isGone({ code, facts }: Finding): boolean {
  return code === 'llm.unreachable' && !['request', 'unpaid'].includes(String(facts['because']));
}

function unsettled({ scenario }: OpenScenario, { findings, rounds }: Proposed): Finding {
  const unreachable = findings.find(({ code }) => code === 'llm.unreachable');
  return finding(unreachable ? 'llm.unreachable' : 'plan.unsettled', {
    severity: unreachable ? 'error' : 'warning',
    path: scenario.id,
    facts: {
      rounds,
      ...(unreachable && { cause: unreachable.facts['because'] ?? null }),
      because: findings.map(({ code, at, facts }) => ({ code, at: at.path, facts })),
    },
  });
}

function spent({ spend }: ProposeOptions): string {
  if (!spend) return '';
  const { inputTokens, outputTokens, usd, calls } = spend();
  const money = usd === null ? '' : `, $${usd.toFixed(usd < 1 ? 4 : 2)}`;
  return ` (${calls} calls, ${inputTokens + outputTokens} tokens${money})`;
}
