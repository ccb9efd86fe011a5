import { type Finding, finding } from '../kernel/finding.ts';
import type { Llm } from '../llm/llm.ts';
import type { Plan } from './plan.ts';
import { proposePlan, type RenderQuestion, type Round } from './propose.ts';
import type { Identity } from './wire.ts';

const ROUNDS = 3;

/**
 * Asks for a plan until one passes `check`, sending back the answer and what was wrong with it, at most
 * three rounds. What still fails is reported and never becomes a plan.
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
  let before: Round = { answer: null, findings: [] };
  for (let round = 1; round <= ROUNDS; round++) {
    const answer = await proposePlan(identity, render(before), options);
    if ('plan' in answer) {
      const findings = options.check(answer.plan);
      if (!findings.some(({ severity }) => severity === 'error')) {
        return { plan: answer.plan, rounds: round, findings };
      }
      before = { answer: answer.text, findings };
      continue;
    }
    const { failed } = answer;
    before = {
      answer: 'text' in failed ? failed.text : null,
      findings: [unusable(identity.id, failed)],
    };
    if (failed.kind === 'refused' || failed.kind === 'unreachable') {
      return { plan: null, rounds: round, findings: before.findings };
    }
  }
  return { plan: null, rounds: ROUNDS, findings: before.findings };
}

function unusable(
  id: string,
  failed: { readonly kind: string; readonly issues?: readonly string[]; readonly message?: string },
): Finding {
  const detail = failed.issues?.slice(0, 5).join('; ') ?? failed.message ?? '';
  return finding(`llm.${failed.kind}`, { severity: 'error', path: id, facts: { detail } });
}
