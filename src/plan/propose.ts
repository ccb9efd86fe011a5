import type { Finding } from '../kernel/finding.ts';
import type { Answer, Llm } from '../llm/llm.ts';
import type { Plan } from './plan.ts';
import { fromWire, type Identity, WirePlan } from './wire.ts';

const MAX_TOKENS = 8_000;

/** The round before: what was answered, if anything was, and what is wrong with it. */
export interface Round {
  readonly answer: string | null;
  readonly findings: readonly Finding[];
}

/** Renders the question for one round, given the one before. */
export type RenderQuestion = (before: Round) => {
  readonly system: string;
  readonly prompt: string;
};

/** One round with the model: its answer as a plan, or how the answer ended otherwise. */
export async function proposePlan(
  identity: Identity,
  question: { readonly system: string; readonly prompt: string },
  options: { readonly llm: Llm; readonly signal: AbortSignal },
): Promise<
  | { readonly plan: Plan; readonly text: string }
  | { readonly failed: Exclude<Answer<unknown>, { kind: 'ok' }> }
> {
  const { llm, signal } = options;
  const answer = await llm.ask(
    { ...question, schema: WirePlan, name: 'plan', maxTokens: MAX_TOKENS, about: identity.id },
    { signal },
  );
  if (answer.kind !== 'ok') return { failed: answer };
  return { plan: fromWire(answer.value, identity), text: answer.text };
}
