import { type Finding, finding } from '../kernel/finding.ts';
import type { Llm } from '../llm/llm.ts';
import { checkPlan } from '../plan/check.ts';
import { groundsOf } from '../plan/draft.ts';
import { checkEnding } from '../plan/ending.ts';
import type { Plan } from '../plan/plan.ts';
import { ROUNDS, unusable } from '../plan/repair.ts';
import { planOfState, suggestStates } from '../plan/suggest.ts';
import type { WireState } from '../plan/wire.ts';
import { sideBySide } from '../proof/side-by-side.ts';
import { type Area, askStates, FIRST, type Suggesting } from './areas.ts';
import { observationOf } from './observing.ts';
import type { ProposeOptions } from './proposing.ts';

/**
 * Asks the model for the business states of each area: combinations that no branch names, checked and fired
 * like anyone's plans. What was wrong goes back to it; what stays wrong is a finding, and the rest is kept.
 * `unanswered` are the areas that nothing came back about that stands.
 */
export async function suggestPlans(
  areas: readonly Area[],
  about: Suggesting & { readonly llm: Llm },
  options: Omit<ProposeOptions, 'spend'>,
): Promise<{ plans: Plan[]; findings: Finding[]; unanswered: Area[] }> {
  if (areas.length === 0) return { plans: [], findings: [], unanswered: [] };
  const { emit, concurrency: count = 1 } = options;
  const fire = options.fire && inTurn(options.fire);
  emit({ kind: 'stage', stage: 'suggest', total: areas.length });
  const left = [...areas.entries()];
  const told = new Map<number, Suggested>();
  await sideBySide({ count, signal: options.signal }, async (signal) => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [index, area] = next;
      told.set(index, await askArea(area, about, { signal, fire }));
      emit({ kind: 'progress', stage: 'suggest', done: told.size, note: '' });
    }
  });
  const answers = areas.flatMap((_area, index) => told.get(index) ?? []);
  const plans = new Map(answers.flatMap((one) => one.plans).map((plan) => [plan.id, plan]));
  options.emit({ kind: 'done', stage: 'suggest', note: `${plans.size} business states` });
  return {
    plans: [...plans.values()],
    findings: answers.flatMap((one) => one.findings),
    unanswered: areas.filter((_area, index) => !told.get(index)?.answered),
  };
}

type Fire = NonNullable<ProposeOptions['fire']>;

/** One after the other: each time an app is started. */
function inTurn(fire: Fire): Fire {
  let last: Promise<unknown> = Promise.resolve();
  return (plans) => {
    const proofs = last.then(() => fire(plans));
    last = proofs.catch(() => undefined);
    return proofs;
  };
}

interface Suggested {
  /** Whether it named states that stand, or none at all. */
  readonly answered: boolean;
  readonly plans: readonly Plan[];
  readonly findings: readonly Finding[];
}

async function askArea(
  area: Area,
  about: Suggesting & { readonly llm: Llm },
  { signal, fire }: { readonly signal: AbortSignal; readonly fire: Fire | undefined },
): Promise<Suggested> {
  const plans: Plan[] = [];
  const most = Number(area.inputs['most']);
  const unasked: Finding[] = [];
  let before = FIRST;
  let none = false;
  for (let round = 1; round <= ROUNDS; round++) {
    const answer = await suggestStates(askStates(area, about.wording, before), {
      llm: about.llm,
      signal,
    });
    if ('failed' in answer) {
      const failed = unusable('business states', answer.failed);
      const ends = answer.failed.kind === 'refused' || answer.failed.kind === 'unreachable';
      before = { answer: before.answer, findings: [...before.findings, failed] };
      if (ends) break;
      continue;
    }
    const room = most - plans.length;
    const judged = answer.states.slice(0, room).map((state) => judge(state, { area, about }));
    if (answer.states.length > room) unasked.push(tooMany(answer.states.length, room));
    const sound = judged.flatMap(({ plan, findings }) =>
      plan && !findings.some(isError) ? [plan] : [],
    );
    const observed = fire ? await observe(sound, fire) : new Map<string, Finding>();
    plans.push(...sound.filter(({ id }) => !observed.has(id)));
    const wrong = judged.flatMap((one) => problemsOf(one, observed));
    before = { answer: answer.text, findings: wrong };
    none = judged.length === 0;
    if (wrong.length === 0) break;
  }
  return {
    plans,
    findings: [...before.findings, ...unasked],
    answered: none || plans.length > 0,
  };
}

/** More than was asked for is not looked at. */
function tooMany(named: number, most: number): Finding {
  return finding('plan.tooManyStates', { severity: 'warning', facts: { named, most } });
}

interface Judged {
  readonly state: WireState;
  readonly plan: Plan | null;
  readonly findings: readonly Finding[];
}

/** What is wrong with a state, each finding under the state's title. */
function problemsOf({ state, plan, findings }: Judged, observed: Map<string, Finding>): Finding[] {
  const seen = plan && observed.get(plan.id);
  return [...findings.filter(isError), ...(seen ? [seen] : [])].map((one) => ({
    ...one,
    at: { ...one.at, path: `${state.title}: ${one.at.path}` },
  }));
}

/** A state as a plan, and what any plan's checks say of it. */
function judge(
  state: WireState,
  { area, about }: { readonly area: Area; readonly about: Suggesting & { readonly llm: Llm } },
): Judged {
  const view = area.views.find(({ scenario }) => scenario.id === state.ending);
  const known = area.views.map(({ scenario }) => scenario.id);
  if (!view) {
    const facts = { ending: state.ending, known };
    const findings = [finding('plan.unknownEnding', { severity: 'error', path: 'ending', facts })];
    return { state, plan: null, findings };
  }
  const planner = { kind: 'llm' as const, version: about.llm.model };
  const plan = planOfState(state, view, (rows) => {
    const { evidence, digests } = groundsOf(about.model, view.scenario, rows) ?? view.draft;
    return { evidence, planner, digests: { ...digests, prompt: area.digest } };
  });
  const findings = [
    ...checkPlan(plan, about.model),
    ...checkEnding(plan, view.scenario, about.model),
  ];
  return { state, plan, findings };
}

async function observe(plans: readonly Plan[], fire: Fire): Promise<Map<string, Finding>> {
  const proofs = await fire(plans);
  return new Map(
    proofs.flatMap((proof): [string, Finding][] => {
      const seen = observationOf(proof);
      return seen ? [[proof.plan, seen]] : [];
    }),
  );
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}
