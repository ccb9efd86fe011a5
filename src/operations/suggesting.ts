import { type Finding, finding } from '../kernel/finding.ts';
import type { Llm } from '../llm/llm.ts';
import type { Plan } from '../plan/plan.ts';
import { ROUNDS, unusable } from '../plan/repair.ts';
import { suggestSubjects } from '../plan/suggest.ts';
import { sideBySide } from '../proof/side-by-side.ts';
import { type Area, askStates, FIRST, type Suggesting } from './areas.ts';
import { type Fire, judgeSubjects, type Suggested } from './judging-states.ts';
import type { ProposeOptions } from './proposing.ts';

/** As many combinations that can't stand are named. */
const MOST_APART = 20;

/**
 * Asks the model for the business states of each area: it names subjects and how they can differ, and their
 * combinations are checked and fired like anyone's plans. What was wrong with a subject goes back to it; what
 * stays wrong is a finding, and the rest is kept.
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
  const told = new Map<number, Told>();
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

/** One after the other: each time an app is started. */
function inTurn(fire: Fire): Fire {
  let last: Promise<unknown> = Promise.resolve();
  return (plans) => {
    const proofs = last.then(() => fire(plans));
    last = proofs.catch(() => undefined);
    return proofs;
  };
}

interface Told {
  /** Whether it named states that stand, or none at all. */
  readonly answered: boolean;
  readonly plans: readonly Plan[];
  readonly findings: readonly Finding[];
}

async function askArea(
  area: Area,
  about: Suggesting & { readonly llm: Llm },
  { signal, fire }: { readonly signal: AbortSignal; readonly fire: Fire | undefined },
): Promise<Told> {
  const { llm, wording } = about;
  const most = Number(area.inputs['most']);
  const suggested: Suggested[] = [];
  const unasked: Finding[] = [];
  const apart = new Set<string>();
  let before = FIRST;
  let none = false;
  for (let round = 1; round <= ROUNDS && suggested.length < most; round++) {
    const answer = await suggestSubjects(askStates(area, wording, before), { llm, signal });
    if ('failed' in answer) {
      const failed = unusable('business states', answer.failed);
      const ends = answer.failed.kind === 'refused' || answer.failed.kind === 'unreachable';
      before = { answer: before.answer, findings: [...before.findings, failed] };
      if (ends) break;
      continue;
    }
    const judged = await judgeSubjects(answer.subjects, {
      ...{ area, about: { ...about, planner: llm.model }, fire },
      ...{ room: most - suggested.length, earlier: suggested },
    });
    suggested.push(...judged.sound);
    unasked.push(...judged.unasked);
    for (const one of judged.apart) apart.add(one);
    before = { answer: answer.text, findings: judged.wrong };
    none = answer.subjects.length === 0;
    if (judged.wrong.length === 0) break;
  }
  return {
    plans: suggested.map(({ plan }) => plan),
    findings: [
      ...before.findings,
      ...unasked,
      ...(apart.size > 0 ? [notTogether([...apart])] : []),
    ],
    answered: none || suggested.length > 0,
  };
}

function notTogether(apart: readonly string[]): Finding {
  const facts = { count: apart.length, combinations: apart.slice(0, MOST_APART) };
  return finding('plan.levelsApart', { severity: 'note', facts });
}
