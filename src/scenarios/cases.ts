import type { Condition } from '../condition/condition.ts';
import { conditionKey, examplesOf } from '../condition/logic.ts';
import type { App, Case, Outcome, Route } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import { leftNoWay } from './decided.ts';
import { contradictionIn } from './feasibility.ts';
import type { Variant } from './scenarios.ts';
import { short } from './slugs.ts';
import { words } from './words.ts';

/** The cases of an ending, as far as data and a request alone tell one from another. */
export function casesOf(of: {
  app: App;
  route: Route;
  outcome: Outcome;
  when: Conjunction;
}): Variant[] {
  const { app, route, outcome, when } = of;
  const held = new Set(when.map(conditionKey));
  return (outcome.cases ?? []).flatMap((one): Variant[] => {
    const fresh = one.when.filter((condition) => !held.has(conditionKey(condition)));
    const whole = [...when, ...fresh];
    if (fresh.length === 0 || !fresh.every(isOfData)) return [];
    if (contradictionIn(app, route, whole) !== null || leftNoWay(whole) !== null) return [];
    return [variantOf(outcome, one, fresh)];
  });
}

function variantOf(outcome: Outcome, { rows }: Case, fresh: readonly Condition[]): Variant {
  const told = short(fresh.map(words).sort().join(' and '));
  return {
    slug: `case: ${told}`,
    title: `The same where ${told.replaceAll('#found', ' to be found')}`,
    outcome: outcome.id,
    when: [...fresh],
    reads: [...rows],
  };
}

/** Whether neither another environment, nor a third party, nor code that could not be read has a say in it. */
function isOfData(condition: Condition): boolean {
  if (condition.kind === 'any') return condition.of.some((way) => way.every(isOfData));
  if (condition.kind === 'external' || condition.kind === 'environment') return false;
  if (condition.kind === 'opaque') return examplesOf(condition).length > 0;
  const sides = 'left' in condition ? [condition.left, condition.right] : [];
  return sides.every(({ kind }) => kind !== 'external' && kind !== 'opaque');
}
