import { canonicalJson, digest } from '../kernel/digest.ts';
import { type Prompt, renderPrompt } from '../llm/prompt.ts';
import { redact } from '../llm/redact.ts';
import type { Model } from '../model/model.ts';
import type { Round } from '../plan/propose.ts';
import { stateOfPlan } from '../plan/suggest.ts';
import type { Planned } from './plan.ts';
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

export const FIRST: Round = { answer: null, findings: [] };

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
