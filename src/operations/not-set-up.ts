import { StatewrightError } from '../kernel/errors.ts';
import type { Finding } from '../kernel/finding.ts';
import type { Plan } from '../plan/plan.ts';
import { findingWords } from '../report/words/finding.ts';

/** Why a plan can't be set up on a database, before anything was written. */
export function notSetUp(plan: Plan, error: Finding): StatewrightError {
  const { says, do: advice } = findingWords(error);
  return new StatewrightError(
    error.code,
    `"${plan.id}" can't be set up here: ${says} Nothing was written.`,
    { hint: advice || '`statewright prove` tells which plans can be.', facts: error.facts },
  );
}
