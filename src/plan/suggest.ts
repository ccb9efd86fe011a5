import * as z from 'zod';
import { canonicalJson, digest } from '../kernel/digest.ts';
import type { Answer, Llm } from '../llm/llm.ts';
import type { Outcome } from '../model/model.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import type { Plan } from './plan.ts';
import { statusOf } from './solve/expectation.ts';
import { contentOf, type Identity, toWire, type WireState, WireSubject } from './wire.ts';

/** Above about 21,000 Anthropic's SDK asks for streaming. */
const MAX_TOKENS = 20_000;

export const WireSubjects = z.object({ subjects: z.array(WireSubject) });

/** One round with the model: the subjects it names, or how its answer ended otherwise. */
export async function suggestSubjects(
  question: { readonly system: string; readonly prompt: string },
  { llm, signal }: { readonly llm: Llm; readonly signal: AbortSignal },
): Promise<
  | { readonly subjects: readonly WireSubject[]; readonly text: string }
  | { readonly failed: Exclude<Answer<unknown>, { kind: 'ok' }> }
> {
  const answer = await llm.ask(
    {
      ...{ ...question, schema: WireSubjects, name: 'subjects' },
      ...{ maxTokens: MAX_TOKENS, about: 'business states' },
    },
    { signal },
  );
  if (answer.kind !== 'ok') return { failed: answer };
  return { subjects: answer.value.subjects, text: answer.text };
}

/**
 * A suggested state as a plan that is seen at an ending: its rows are the model's, what the request must
 * give back is the ending's own. Its id comes from what it holds.
 */
export function planOfState(
  state: WireState,
  at: { readonly scenario: Scenario; readonly outcome: Outcome },
  identityOf: (rows: Plan['given']['rows']) => Omit<Identity, 'id'>,
): Plan {
  const { scenario, outcome } = at;
  const request = { ...state.request, headers: [], cookies: [], body: [] };
  const expect = { status: statusOf(outcome), body: [], textPresent: [], textAbsent: [] };
  const said = contentOf({ ...state, request, expect, env: [] });
  const mark = digest(canonicalJson([said.given, said.when])).slice(0, 6);
  const id = `${scenario.id} › state ${mark}`;
  return { ...said, ...identityOf(said.given.rows), id, variantOf: scenario.id };
}

/** A plan in the shape a state is suggested in, to show a model how an ending is come to. */
export function stateOfPlan(plan: Plan): WireState {
  const { title, rows, absent, personas, request } = toWire(plan);
  const { as, method, path, query } = request;
  return { title, rows, absent, personas, ending: plan.id, request: { as, method, path, query } };
}
