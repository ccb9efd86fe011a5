import { readFileSync } from 'node:fs';
import type { Condition } from '../condition/condition.ts';
import type { Config } from '../config/config.ts';
import { canonicalJson, digest } from '../kernel/digest.ts';
import type { Emit } from '../kernel/events.ts';
import type { Finding } from '../kernel/finding.ts';
import type { Llm } from '../llm/llm.ts';
import { parsePrompt, renderPrompt } from '../llm/prompt.ts';
import { redact } from '../llm/redact.ts';
import { type App, findRoute, type Model, type Route } from '../model/model.ts';
import { checkPlan } from '../plan/check.ts';
import type { Plan } from '../plan/plan.ts';
import { proposeUntilSound } from '../plan/repair.ts';
import { toWire } from '../plan/wire.ts';
import type { Program } from '../repo/repo.ts';
import { sliceAt } from '../repo/slice.ts';
import type { Scenario } from '../scenarios/scenarios.ts';

const PROMPT = new URL('../../prompts/plan/propose.md', import.meta.url);

/** What a proposal is about: a scenario the solver could not settle, with its best draft if it has one. */
export interface OpenScenario {
  readonly scenario: Scenario;
  readonly draft: Plan | null;
}

/** The question about one scenario, rendered; nothing in it is a secret. */
export function questionFor(
  { scenario, draft }: OpenScenario,
  { model, program }: { readonly model: Model; readonly program: Program },
  findings: readonly Finding[],
): { readonly system: string; readonly prompt: string } {
  const found = findRoute(model, scenario.route);
  const { route, app } = found ?? {};
  return renderPrompt(parsePrompt(readFileSync(PROMPT, 'utf8')), {
    scenario: canonicalJson(endingOf(scenario, route), 2),
    conditions: scenario.when.map((condition) => canonicalJson(withoutPlace(condition))).join('\n'),
    code: redact(slices(scenario, route, program).join('\n\n')),
    tables: app && route ? tableDigest(app, route) : '',
    request: canonicalJson(route?.input ?? {}, 2),
    draft: draft ? canonicalJson(toWire(draft), 2) : 'none',
    findings: findings.map((item) => canonicalJson({ code: item.code, ...item.facts })).join('\n'),
  });
}

/** Asks the model about each open scenario in turn; every answer is checked like anyone's plan. */
export async function proposePlans(
  open: readonly OpenScenario[],
  about: { readonly model: Model; readonly program: Program; readonly llm: Llm },
  options: { readonly signal: AbortSignal; readonly emit: Emit },
): Promise<{ plans: Plan[]; findings: Finding[] }> {
  const plans: Plan[] = [];
  const findings: Finding[] = [];
  const { emit, signal } = options;
  emit({ kind: 'stage', stage: 'propose', total: open.length });
  for (const [index, item] of open.entries()) {
    const { scenario, draft } = item;
    const identity = {
      id: scenario.id,
      evidence: evidenceOf(scenario),
      planner: { kind: 'llm' as const, version: about.llm.model },
      digests: { ...digestsOf(draft), prompt: digest(questionFor(item, about, [])).slice(0, 16) },
    };
    const result = await proposeUntilSound(identity, (said) => questionFor(item, about, said), {
      llm: about.llm,
      signal,
      check: (plan) => checkPlan(plan, about.model),
    });
    if (result.plan) plans.push(result.plan);
    findings.push(...result.findings);
    emit({ kind: 'progress', stage: 'propose', done: index + 1, note: scenario.id });
  }
  emit({ kind: 'done', stage: 'propose', note: `${plans.length} of ${open.length} settled` });
  return { plans, findings };
}

export type LlmConfig = NonNullable<Config['llm']>;

function endingOf(scenario: Scenario, route: Route | undefined) {
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

function digestsOf(draft: Plan | null): Pick<Plan['digests'], 'code' | 'schema'> {
  return { code: draft?.digests.code ?? '', schema: draft?.digests.schema ?? '' };
}

function evidenceOf(scenario: Scenario): Plan['evidence'] {
  const seen = new Map(
    scenario.when.map(({ at: { file, symbol, hash } }) => [
      `${file} ${hash}`,
      { file, symbol, hash },
    ]),
  );
  return [...seen.values()].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}

function withoutPlace({ at: _, ...condition }: Condition): object {
  return condition;
}

/** The functions the scenario's conditions stand in, each once, in the order they run. */
function slices(scenario: Scenario, route: Route | undefined, program: Program): string[] {
  const places = [...(route ? [route.at] : []), ...scenario.when.map(({ at }) => at)];
  const texts = places.map(({ file, line }) => {
    const text = sliceAt(program, file, line);
    return text ? `// ${file}\n${text}` : '';
  });
  return [...new Set(texts.filter(Boolean))];
}

/** The tables the route touches: columns with type, enum labels and what must be given. */
function tableDigest(app: App, route: Route): string {
  const touched = new Set([
    ...route.reads.flatMap(({ table, joins }) => [table, ...joins.map((join) => join.table)]),
    ...route.writes.map(({ table }) => table),
  ]);
  return app.tables
    .filter(({ id }) => touched.has(id))
    .map(({ id, columns }) => {
      const list = columns.map(({ name, type, nullable, values }) =>
        [name, values ? values.join('|') : type, nullable ? 'null' : ''].filter(Boolean).join(' '),
      );
      return `${id}(${list.join(', ')})`;
    })
    .join('\n');
}
