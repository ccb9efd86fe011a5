import type { Condition } from '../condition/condition.ts';
import { canonicalJson } from '../kernel/digest.ts';
import type { Finding } from '../kernel/finding.ts';
import { type Prompt, renderPrompt } from '../llm/prompt.ts';
import { redact } from '../llm/redact.ts';
import { type App, findRoute, type Model, type Route } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import type { Round } from '../plan/propose.ts';
import { toWire } from '../plan/wire.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import type { OpenScenario } from './open-scenarios.ts';
import { tableDigest } from './table-digest.ts';

/** What questions are asked about, and in which words. */
export interface Subject {
  readonly model: Model;
  readonly wording: Prompt;
  /** The code a scenario rests on, as text; empty where the code is not at hand. */
  readonly codeOf: (scenario: Scenario, route: Route | undefined) => string;
  /** All that is open: the endings of one route are asked about with the same tables. */
  readonly open?: readonly OpenScenario[];
  /** What a scenario was asked about with before, where that is to be asked again word for word. */
  readonly asked?: ReadonlyMap<string, Inputs>;
}

/** What the prompt is filled with for a scenario, but for an earlier answer. */
export type Inputs = Readonly<Record<string, string>>;

/** One round's question about a scenario, rendered, with no secret in it. */
export function questionFor(
  item: OpenScenario,
  subject: Subject,
  before: Round = FIRST,
): { readonly system: string; readonly prompt: string } {
  const inputs = subject.asked?.get(item.scenario.id) ?? inputsFor(item, subject);
  const { system, prompt } = renderPrompt(subject.wording, {
    ...inputs,
    answer: before.answer ?? 'none',
    findings: before.findings.map(findingText).join('\n') || 'none',
  });
  return { system, prompt: redact(prompt) };
}

/** What a scenario is asked about with, as its app is read now. */
export function inputsFor(item: OpenScenario, { model, codeOf, open = [item] }: Subject): Inputs {
  const { scenario, draft } = item;
  const { route, app } = findRoute(model, scenario.route) ?? {};
  const together = open.filter((one) => one.scenario.route === scenario.route);
  return {
    scenario: canonicalJson(endingOf(scenario, route), 2),
    conditions: scenario.when
      .map((condition) => canonicalJson(plainCondition(condition)))
      .join('\n'),
    code: codeOf(scenario, route),
    tables: app && route ? tablesOf(app, route, together) : '',
    request: canonicalJson(route?.input ?? {}, 2),
    draft: draft ? canonicalJson(toWire(inOrder(draft))) : 'none',
  };
}

/** The order of a draft's rows says nothing. */
export function inOrder(draft: Plan): Plan {
  return JSON.parse(canonicalJson(draft));
}

const FIRST: Round = { answer: null, findings: [] };

export function findingText({ code, at, facts }: Finding): string {
  return canonicalJson({ code, path: at.path, ...facts });
}

function endingOf(scenario: Scenario, route: Route | undefined): object {
  const outcome = route?.outcomes.find(({ id }) => id === scenario.outcome);
  return {
    id: scenario.id,
    title: scenario.title,
    method: route?.method,
    path: route?.path,
    status: outcome?.status,
    code: outcome?.code,
  };
}

/** A condition without its places; what was not read is told by its text alone. */
export function plainCondition(condition: Condition): object {
  const { at: _, ...rest } = condition;
  if (rest.kind === 'any') return { ...rest, of: rest.of.map((all) => all.map(plainCondition)) };
  if (rest.kind === 'opaque') return { kind: rest.kind, text: rest.text, holds: rest.holds };
  return rest;
}

/** The tables a plan may need: those the route and the drafts touch, and all they refer to. */
function tablesOf(app: App, route: Route, together: readonly OpenScenario[]): string {
  return tableDigest(app, [
    ...route.reads.flatMap(({ table, joins }) => [table, ...joins.map((join) => join.table)]),
    ...route.writes.map(({ table }) => table),
    ...together.flatMap(({ draft }) =>
      Object.values(draft?.given.rows ?? {}).map(({ table }) => table),
    ),
  ]);
}
