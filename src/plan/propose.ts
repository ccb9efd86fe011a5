import type { Finding } from '../kernel/finding.ts';
import type { Answer, Llm } from '../llm/llm.ts';
import type { Plan } from './plan.ts';
import { fromWire, type Identity, WirePlan } from './wire.ts';

const MAX_TOKENS = 8_000;

/** Renders the question for one round; `findings` are about the answer before. */
export type RenderQuestion = (findings: readonly Finding[]) => {
  readonly system: string;
  readonly prompt: string;
};

/** One round with the model: its answer as a plan, or how the answer ended otherwise. */
export async function proposePlan(
  identity: Identity,
  question: { readonly system: string; readonly prompt: string },
  options: { readonly llm: Llm; readonly signal: AbortSignal },
): Promise<
  { readonly plan: Plan } | { readonly failed: Exclude<Answer<unknown>, { kind: 'ok' }> }
> {
  const { llm, signal } = options;
  const answer = await llm.ask(
    { ...question, schema: WirePlan, name: 'plan', maxTokens: MAX_TOKENS },
    { signal },
  );
  return answer.kind === 'ok' ? { plan: fromWire(answer.value, identity) } : { failed: answer };
}
