import { canonicalJson } from '../kernel/digest.ts';
import { type Finding, finding, isError } from '../kernel/finding.ts';
import { blame } from '../plan/blame.ts';
import { checkPlan } from '../plan/check.ts';
import { coverSubject } from '../plan/cover.ts';
import type { Mix } from '../plan/dimensions.ts';
import { groundsOf } from '../plan/draft.ts';
import { checkEnding } from '../plan/ending.ts';
import type { Plan } from '../plan/plan.ts';
import { planOfState } from '../plan/suggest.ts';
import type { WireState, WireSubject } from '../plan/wire.ts';
import type { Area, Suggesting } from './areas.ts';
import { observationOf } from './observing.ts';
import type { ProposeOptions } from './proposing.ts';

export type Fire = NonNullable<ProposeOptions['fire']>;

/** A plan, and the mix of a subject's levels it came of. */
export interface Suggested {
  readonly plan: Plan;
  readonly subject: WireSubject;
  readonly mix: Mix;
}

/** What an answer came to. */
export interface Judged {
  readonly sound: readonly Suggested[];
  /** What the model can mend. */
  readonly wrong: readonly Finding[];
  /** What was left out all the same. */
  readonly unasked: readonly Finding[];
  /** Levels that stand alone but not together. */
  readonly apart: readonly string[];
}

/**
 * The states of subjects that pass the checks and, where they are fired, show their ending: as many as there
 * is room for, an equal share of each subject. `earlier` are those that stand already.
 */
export async function judgeSubjects(
  subjects: readonly WireSubject[],
  to: {
    readonly area: Area;
    readonly about: Suggesting & { readonly planner: string };
    readonly room: number;
    readonly earlier: readonly Suggested[];
    readonly fire: Fire | undefined;
  },
): Promise<Judged> {
  const { room, earlier, fire } = to;
  const looked = subjects.slice(0, room);
  const covered = looked.map((subject) => {
    const check = (state: WireState) => judge(state, to).findings;
    const before = earlier.filter((one) => isSameBase(one.subject, subject));
    return { subject, ...coverSubject(subject, { check, earlier: before.map(({ mix }) => mix) }) };
  });
  const suggested = covered.map(({ subject, states }) =>
    states.flatMap(({ mix, state }) => {
      const { plan } = judge(state, to);
      return plan ? [{ plan, subject, mix }] : [];
    }),
  );
  const all = distinct(suggested, earlier);
  const chosen = all.slice(0, room);
  const observed = fire ? await observe(chosen, fire) : new Map<string, Finding>();
  const sound = chosen.filter(({ plan }) => !observed.has(plan.id));
  const blamed = looked.map((subject) =>
    blame(subject, [
      ...chosen
        .filter((one) => one.subject === subject)
        .map(({ plan, mix }) => ({ mix, failed: observed.get(plan.id) ?? null })),
      ...earlier
        .filter((one) => isSameBase(one.subject, subject))
        .map(({ mix }) => ({ mix, failed: null })),
    ]),
  );
  const findings = covered.flatMap((one) => one.findings);
  const named = all.length + subjects.length - looked.length;
  return {
    sound,
    wrong: [...findings.filter(isError), ...blamed.flatMap((one) => one.findings)],
    unasked: [
      ...findings.filter((one) => !isError(one)),
      ...(named > room ? [tooMany(named, room)] : []),
    ],
    apart: [...covered, ...blamed].flatMap((one) => one.apart),
  };
}

/** The first of each subject, then the second of each, and so on; what holds the same is one. */
function distinct(
  suggested: readonly (readonly Suggested[])[],
  earlier: readonly Suggested[],
): Suggested[] {
  const known = new Set(earlier.map(({ plan }) => plan.id));
  const longest = Math.max(0, ...suggested.map(({ length }) => length));
  const inTurn = Array.from({ length: longest }, (_, at) =>
    suggested.flatMap((states) => states[at] ?? []),
  ).flat();
  return inTurn.filter(({ plan }) => !known.has(plan.id) && known.add(plan.id));
}

function isSameBase(a: WireSubject, b: WireSubject): boolean {
  return canonicalJson({ ...a, levels: [] }) === canonicalJson({ ...b, levels: [] });
}

/** More than was asked for is not looked at. */
function tooMany(named: number, most: number): Finding {
  return finding('plan.tooManyStates', { severity: 'warning', facts: { named, most } });
}

/** A state as a plan, and what any plan's checks say of it. */
function judge(
  state: WireState,
  {
    area,
    about,
  }: { readonly area: Area; readonly about: Suggesting & { readonly planner: string } },
): { readonly plan: Plan | null; readonly findings: readonly Finding[] } {
  const view = area.views.find(({ scenario }) => scenario.id === state.ending);
  if (!view) {
    const known = area.views.map(({ scenario }) => scenario.id);
    const facts = { ending: state.ending, known };
    const findings = [finding('plan.unknownEnding', { severity: 'error', path: 'ending', facts })];
    return { plan: null, findings };
  }
  const planner = { kind: 'llm' as const, version: about.planner };
  const plan = planOfState(state, view, (rows) => {
    const { evidence, digests } = groundsOf(about.model, view.scenario, rows) ?? view.draft;
    return { evidence, planner, digests: { ...digests, prompt: area.digest } };
  });
  const findings = [
    ...checkPlan(plan, about.model),
    ...checkEnding(plan, view.scenario, about.model),
  ];
  return { plan, findings };
}

async function observe(suggested: readonly Suggested[], fire: Fire): Promise<Map<string, Finding>> {
  const proofs = await fire(suggested.map(({ plan }) => plan));
  return new Map(
    proofs.flatMap((proof): [string, Finding][] => {
      const seen = observationOf(proof);
      return seen ? [[proof.plan, seen]] : [];
    }),
  );
}
