import { type Finding, finding } from '../kernel/finding.ts';
import type { Llm } from '../llm/llm.ts';
import type { Plan } from './plan.ts';
import { proposePlan, type RenderQuestion } from './propose.ts';
import type { Identity } from './wire.ts';

const ROUNDS = 3;

/**
 * Asks for a plan until one passes `check`, sending back what was wrong, at most three rounds. What
 * still fails is reported and never becomes a plan.
 */
export async function proposeUntilSound(
  identity: Identity,
  render: RenderQuestion,
  options: {
    readonly llm: Llm;
    readonly signal: AbortSignal;
    readonly check: (plan: Plan) => readonly Finding[];
  },
): Promise<{ plan: Plan | null; rounds: number; findings: readonly Finding[] }> {
  let findings: readonly Finding[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const answer = await proposePlan(identity, render(findings), options);
    if ('plan' in answer) {
      findings = options.check(answer.plan);
      if (!findings.some(({ severity }) => severity === 'error')) {
        return { plan: answer.plan, rounds: round, findings };
      }
    } else {
      const { failed } = answer;
      findings = [unusable(identity.id, failed)];
      if (failed.kind === 'refused' || failed.kind === 'unreachable') {
        return { plan: null, rounds: round, findings };
      }
    }
  }
  return { plan: null, rounds: ROUNDS, findings };
}

function unusable(
  id: string,
  failed: { readonly kind: string; readonly issues?: readonly string[]; readonly message?: string },
): Finding {
  const detail = failed.issues?.slice(0, 5).join('; ') ?? failed.message ?? '';
  return finding(`llm.${failed.kind}`, { severity: 'error', path: id, facts: { detail } });
}
