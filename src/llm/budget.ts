import * as z from 'zod';
import type { Answer, Llm, Question, Usage } from './llm.ts';
import { mostTokens } from './llm.ts';

/** What may be spent, null for no limit; prices are in dollars for a million tokens. */
export interface Budget {
  readonly tokens: number | null;
  readonly usd: number | null;
  readonly prices: { readonly input: number; readonly output: number } | null;
}

export interface Spend {
  readonly calls: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** Null where the model's prices are not known. */
  readonly usd: number | null;
}

/** A model that can't be made to spend more than its budget, and what it has spent. */
export interface Metered extends Llm {
  spend(): Spend;
}

/**
 * Reserves the most a call can cost before it is made, and books what it did cost after; a call that might
 * pass the budget is not made, and ends as `unpaid`. A call that broke off is booked at what was reserved.
 */
export function withBudget(llm: Llm, { tokens, usd, prices }: Budget): Metered {
  const spent = { calls: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  const held = { input: 0, output: 0 };
  const cost = (input: number, output: number): number =>
    prices ? (input * prices.input + output * prices.output) / 1e6 : 0;
  const fits = (input: number, output: number): boolean => {
    const [all, out] = [
      spent.inputTokens + held.input + input,
      spent.outputTokens + held.output + output,
    ];
    return (tokens === null || all + out <= tokens) && (usd === null || cost(all, out) <= usd);
  };
  return {
    provider: llm.provider,
    model: llm.model,
    spend: () => ({ ...spent, usd: prices && cost(spent.inputTokens, spent.outputTokens) }),
    ask: async <Schema extends z.ZodType>(
      question: Question<Schema>,
      options: { signal: AbortSignal },
    ) => {
      const most = { input: inputBound(question), output: question.maxTokens };
      if (!fits(most.input, most.output)) return unpaid(most.input + most.output);
      held.input += most.input;
      held.output += most.output;
      let used: Usage | null = {
        inputTokens: most.input,
        cachedTokens: 0,
        outputTokens: most.output,
      };
      try {
        const answer = await llm.ask(question, options);
        used = usageOf(answer, used);
        return answer;
      } finally {
        held.input -= most.input;
        held.output -= most.output;
        spent.calls += 1;
        spent.inputTokens += used.inputTokens;
        spent.cachedTokens += used.cachedTokens;
        spent.outputTokens += used.outputTokens;
      }
    },
  };
}

/** What was turned away cost nothing; what broke off after it was sent may have cost all. */
function usageOf(answer: Answer<unknown>, most: Usage): Usage {
  if (answer.kind !== 'unreachable') return answer.usage;
  const turnedAway = ['key', 'busy', 'request', 'unpaid'].includes(answer.because);
  return turnedAway ? { inputTokens: 0, cachedTokens: 0, outputTokens: 0 } : most;
}

function inputBound({ system, prompt, schema }: Question<z.ZodType>): number {
  return mostTokens([system, prompt, JSON.stringify(z.toJSONSchema(schema))]);
}

function unpaid(most: number): Extract<Answer<never>, { kind: 'unreachable' }> {
  const message = `The budget has no room for a call of up to ${most} tokens.`;
  return { kind: 'unreachable', because: 'unpaid', message, retryAfterMs: null };
}
