import { type Finding, finding, isError } from '../kernel/finding.ts';
import type { Llm } from '../llm/llm.ts';
import type { Plan } from './plan.ts';
import { proposePlan, type RenderQuestion, type Round } from './propose.ts';
import type { Identity } from './wire.ts';

/** How often one scenario is asked about, all repairs together. */
export const ROUNDS = 3;

/** What asking came to: a sound plan with the answer it was, or what stood against the best answer. */
export interface Proposed {
  readonly plan: Plan | null;
  readonly text: string | null;
  readonly rounds: number;
  readonly findings: readonly Finding[];
}

/**
 * Asks for a plan until one passes `check`, sending back the best answer so far and what was wrong with
 * it, at most three rounds. The same answer twice ends it. What still fails is reported and never becomes
 * a plan.
 */
export async function proposeUntilSound(
  identity: Identity,
  render: RenderQuestion,
  options: {
    readonly llm: Llm;
    readonly signal: AbortSignal;
    readonly check: (plan: Plan) => readonly Finding[];
    /** What an earlier answer came to, and the rounds it took. */
    readonly before?: Round;
    readonly used?: number;
  },
): Promise<Proposed> {
  let best: Round = options.before ?? { answer: null, findings: [] };
  const seen = new Set<string>(best.answer === null ? [] : [best.answer]);
  for (let round = (options.used ?? 0) + 1; round <= ROUNDS; round++) {
    const answer = await proposePlan(identity, render(best), options);
    if (
      'failed' in answer &&
      (answer.failed.kind === 'refused' || answer.failed.kind === 'unreachable')
    ) {
      return {
        plan: null,
        text: null,
        rounds: round,
        findings: [unusable(identity.id, answer.failed)],
      };
    }
    const now = readRound(identity.id, answer, options.check);
    if ('plan' in answer && !now.findings.some(isError)) {
      return { plan: answer.plan, text: answer.text, rounds: round, findings: now.findings };
    }
    const repeated = now.answer !== null && seen.has(now.answer);
    if (repeated)
      return {
        plan: null,
        text: null,
        rounds: round,
        findings: [...best.findings, stuck(identity.id)],
      };
    if (now.answer !== null) seen.add(now.answer);
    if (best.answer === null || errors(now) <= errors(best)) best = now;
  }
  return { plan: null, text: null, rounds: ROUNDS, findings: best.findings };
}

type Asked = Awaited<ReturnType<typeof proposePlan>>;

function readRound(id: string, answer: Asked, check: (plan: Plan) => readonly Finding[]): Round {
  if ('plan' in answer) return { answer: answer.text, findings: check(answer.plan) };
  const { failed } = answer;
  return { answer: 'text' in failed ? failed.text : null, findings: [unusable(id, failed)] };
}

/** An answer that could not be read is worse than any that could. */
function errors({ findings }: Round): number {
  const unread = findings.some(({ code }) => code.startsWith('llm.'));
  return unread ? Number.POSITIVE_INFINITY : findings.filter(isError).length;
}

function stuck(id: string): Finding {
  return finding('llm.repeated', { severity: 'error', path: id });
}

export function unusable(
  id: string,
  failed: {
    readonly kind: string;
    readonly issues?: readonly string[];
    readonly message?: string;
    readonly because?: string;
  },
): Finding {
  const detail = failed.issues?.slice(0, 5).join('; ') ?? failed.message ?? '';
  const facts = failed.because === undefined ? { detail } : { detail, because: failed.because };
  return finding(`llm.${failed.kind}`, { severity: 'error', path: id, facts });
}
