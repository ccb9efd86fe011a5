import type { Model } from '../../src/model/model.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type Solved, solvePlans } from '../../src/plan/solve.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';

/** The model's scenarios solved, and a way to ask for a plan by id. */
export function planned(model: Model): Solved & { plan: (id: string) => Plan } {
  const solved = solvePlans(model, deriveScenarios(model));
  return {
    ...solved,
    plan: (id) => {
      const found = solved.plans.find((plan) => plan.id === id);
      if (found) return found;
      const why = solved.unsolved.find((item) => item.scenario === id)?.reason;
      throw new Error(`no plan ${id}: ${why ?? 'no such scenario'}`);
    },
  };
}

/** The model with every list in another order, decided by `pick`. */
export function shuffled<T>(value: T, pick: (length: number) => number): T {
  if (Array.isArray(value)) {
    const items = value.map((item) => shuffled(item, pick));
    if (items.some((item) => typeof item !== 'object' || item === null)) return items as T;
    const mixed: unknown[] = [];
    while (items.length > 0) mixed.push(...items.splice(pick(items.length), 1));
    return mixed as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    ORDERED.has(key) ? item : shuffled(item, pick),
  ]);
  return Object.fromEntries(entries) as T;
}

/** Lists whose order says something. */
const ORDERED = new Set([
  'args',
  'path',
  'columns',
  'references',
  'values',
  'enum',
  'required',
  'text',
]);
