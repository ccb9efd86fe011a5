import { canonicalJson, digest } from '../kernel/digest.ts';
import { type Finding, finding } from '../kernel/finding.ts';
import type { Llm } from '../llm/llm.ts';
import { type Prompt, renderPrompt } from '../llm/prompt.ts';
import { redact } from '../llm/redact.ts';
import type { Model } from '../model/model.ts';
import { checkPlan } from '../plan/check.ts';
import { groundsOf } from '../plan/draft.ts';
import { checkEnding } from '../plan/ending.ts';
import type { Plan } from '../plan/plan.ts';
import type { Round } from '../plan/propose.ts';
import { ROUNDS, unusable } from '../plan/repair.ts';
import { planOfState, stateOfPlan, suggestStates } from '../plan/suggest.ts';
import type { WireState } from '../plan/wire.ts';
import { sideBySide } from '../proof/side-by-side.ts';
import { observationOf } from './observing.ts';
import type { Planned } from './plan.ts';
import type { ProposeOptions } from './proposing.ts';
import { findingText, type Inputs, inOrder } from './questions.ts';
import { tableDigest } from './table-digest.ts';
import { areasOf, type View } from './views.ts';

/** What business states are asked about, in which words, and how many at most. */
export interface Suggesting {
  readonly model: Model;
  readonly planned: Planned;
  readonly wording: Prompt;
  readonly most: number;
}

/** One question: the views of an area of an app and what is asked about them. */
export interface Area {
  readonly views: readonly View[];
  /** What the prompt is filled with, but for an earlier answer. */
  readonly inputs: Inputs;
  /** What its states depend on beside the code. */
  readonly digest: string;
}

const FIRST: Round = { answer: null, findings: [] };

/** The questions that business states of a model are asked by; none where no states are wanted. */
export function areasToAsk({ model, planned, wording, most }: Suggesting): Area[] {
  if (most === 0) return [];
  const areas = areasOf(model, planned);
  const each = Math.ceil(most / areas.length);
  return areas.map((views) => {
    const inputs = { most: String(each), ...told(views) };
    return { views, inputs, digest: digest(askStates({ inputs }, wording)).slice(0, 16) };
  });
}

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
  let before: Round = FIRST;
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
    const judged = answer.states.map((state) => judge(state, { area, about }));
    const sound = judged.flatMap(({ plan, findings }) =>
      plan && !findings.some(isError) ? [plan] : [],
    );
    const observed = fire ? await observe(sound, fire) : new Map<string, Finding>();
    plans.push(...sound.filter(({ id }) => !observed.has(id)));
    const wrong = judged.flatMap(({ state, findings, plan }) => {
      const seen = plan && observed.get(plan.id);
      const problems = [...findings.filter(isError), ...(seen ? [seen] : [])];
      return problems.map((one) => ({
        ...one,
        at: { ...one.at, path: `${state.title}: ${one.at.path}` },
      }));
    });
    before = { answer: answer.text, findings: wrong };
    none = judged.length === 0;
    if (wrong.length === 0) break;
  }
  return { plans, findings: before.findings, answered: none || plans.length > 0 };
}

/** A state as a plan, and what any plan's checks say of it. */
function judge(
  state: WireState,
  { area, about }: { readonly area: Area; readonly about: Suggesting & { readonly llm: Llm } },
): { state: WireState; plan: Plan | null; findings: Finding[] } {
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

/** One round's question about an area, rendered, with no secret in it. */
export function askStates(
  { inputs }: Pick<Area, 'inputs'>,
  wording: Prompt,
  before: Round = FIRST,
): { readonly system: string; readonly prompt: string } {
  const { system, prompt } = renderPrompt(wording, {
    ...inputs,
    answer: before.answer ?? 'none',
    findings: before.findings.map(findingText).join('\n') || 'none',
  });
  return { system, prompt: redact(prompt) };
}

function told(views: readonly View[]): { tables: string; endings: string } {
  const [first] = views;
  const touched = views.flatMap(({ route, draft }) => [
    ...route.reads.flatMap(({ table, joins }) => [table, ...joins.map((join) => join.table)]),
    ...Object.values(draft.given.rows).map(({ table }) => table),
  ]);
  return {
    tables: first ? tableDigest(first.app, around(first.app.tables, touched)) : '',
    endings: views.map(({ draft }) => canonicalJson(stateOfPlan(inOrder(draft)))).join('\n'),
  };
}

/** The tables that are touched and those that refer to them: a state lies as much in what hangs on a row. */
function around(tables: View['app']['tables'], touched: readonly string[]): string[] {
  const known = new Set(touched);
  const hanging = tables.filter(({ foreignKeys }) =>
    foreignKeys.some(({ table }) => known.has(table)),
  );
  return [...known, ...hanging.map(({ id }) => id)];
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}
