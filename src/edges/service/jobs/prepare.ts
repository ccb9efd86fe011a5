import type { Emit } from '../../../kernel/events.ts';
import { parsePrompt } from '../../../llm/prompt.ts';
import type { Model } from '../../../model/model.ts';
import { type OpenScenario, openScenarios } from '../../../operations/open-scenarios.ts';
import { planModel } from '../../../operations/plan.ts';
import type { Prepared } from '../../../operations/plan-job.ts';

/** Plans a posted model here and now: its code is not at hand, so a language model sees none. */
export function prepareModel(model: Model, prompt: string, { emit }: { emit: Emit }): Prepared {
  emit({ kind: 'stage', stage: 'solve', total: null });
  const planned = planModel(model);
  emit({ kind: 'done', stage: 'solve', note: `${planned.plans.length} plans` });
  const subject = { model, wording: parsePrompt(prompt), codeOf: () => '' };
  return { model, planned, open: openScenarios(model, planned), subject };
}

/** What a thread hands back: the code of each open scenario in the place of what can't be sent. */
export interface Handed extends Omit<Prepared, 'subject'> {
  readonly open: readonly OpenScenario[];
  readonly code: Readonly<Record<string, string>>;
}
