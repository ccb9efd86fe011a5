import { canonicalJson } from '../kernel/digest.ts';
import type { Plan } from '../plan/plan.ts';
import { type Attempt, type AttemptPorts, REAL } from './attempt.ts';
import { type HeldStage, holdStage } from './held-stage.ts';
import type { StagePorts } from './stage.ts';

/** What proving knows as it goes on. */
export interface Proving {
  readonly ports: StagePorts;
  readonly attempts: AttemptPorts;
  readonly signal: AbortSignal;
  readonly results: Map<string, Attempt>;
  settle(plan: Plan, result: Attempt): void;
}

/** What did not come back as expected, or could not be set up by a shortcut. */
export function isDoubtful(result: Attempt | undefined): boolean {
  if (result?.verdict === 'unsolved') return result.shortcut;
  return result?.verdict === 'diverted' || result?.verdict === 'crashed';
}

/** Plans that can share a process, in groups small enough to be shared out. */
export function byEnv(plans: readonly Plan[]): (readonly Plan[])[] {
  const groups = Map.groupBy(plans, (plan) => canonicalJson(plan.given.env));
  return [...groups.values()].flatMap((group) => {
    const parts = Math.ceil(group.length / GROUP);
    return Array.from({ length: parts }, (_, part) =>
      group.slice(part * GROUP, (part + 1) * GROUP),
    );
  });
}

const GROUP = 25;

/** Fires plans once more in a process that has never seen them, on a fresh database, by the real way. */
export async function confirm(plans: readonly Plan[], proving: Proving): Promise<void> {
  const held = holdStage(plans[0]?.given.env ?? {}, proving);
  try {
    for (const plan of plans) {
      const first = proving.results.get(plan.id);
      if (first) proving.settle(plan, await confirmed(plan, first, held));
    }
  } finally {
    await held.close();
  }
}

/** Two firings agree, one of them by the real way; where the first was by a shortcut and differs, two by the real way do. */
async function confirmed(plan: Plan, first: Attempt, held: HeldStage): Promise<Attempt> {
  const second = await held.attempt(plan, REAL);
  if (isSame(first, second)) return after(first, second);
  if (!first.shortcut) return unstable(first, second, 'in a fresh process');
  const third = await held.attempt(plan, REAL);
  return isSame(second, third)
    ? after(first, after(second, third))
    : unstable(after(first, second), third, 'fired again');
}

/** The later firing, with what either left. */
function after(earlier: Attempt, later: Attempt): Attempt {
  return { ...later, residue: [...earlier.residue, ...later.residue] };
}

export function isSame(a: Attempt, b: Attempt): boolean {
  return (
    a.verdict === b.verdict &&
    a.observed?.status === b.observed?.status &&
    a.differs.join() === b.differs.join()
  );
}

/** The verdict where two firings differ; `how` says what the second was. */
export function unstable(first: Attempt, second: Attempt, how: string): Attempt {
  const said = ({ verdict, reason }: Attempt) => (reason ? `${verdict} (${reason})` : verdict);
  const reason = `first ${said(first)}, ${how} ${said(second)}`;
  const shown = first.verdict === 'proven' ? second : first;
  return { ...shown, verdict: 'unstable', reason, residue: [...first.residue, ...second.residue] };
}
