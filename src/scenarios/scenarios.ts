import * as z from 'zod';
import { Condition } from '../condition/condition.ts';
import { Query } from '../model/model.ts';

/** A near miss, boundary, mix, case or refused field of a scenario: the same route with these conditions beside its own. */
export const Variant = z.object({
  slug: z.string(),
  title: z.string(),
  /** The outcome the route takes under it. */
  outcome: z.string(),
  when: z.array(Condition),
  /** Rows that only the variant needs (the other owner's row, the soft-deleted one). */
  reads: z.array(Query),
});
export type Variant = Readonly<z.infer<typeof Variant>>;

/**
 * One way one route can end, and the conditions that lead there: a conjunction, in which an `any` is what
 * earlier exits left open; whichever of its sides holds, it is the same ending.
 */
export const Scenario = z.object({
  id: z.string(),
  title: z.string(),
  route: z.string(),
  outcome: z.string(),
  when: z.array(Condition),
  feasibility: z.enum(['solvable', 'opaque', 'external', 'infeasible']),
  reason: z.string().nullable(),
  priority: z.enum(['high', 'medium', 'low']),
  variants: z.array(Variant),
});
export type Scenario = Readonly<z.infer<typeof Scenario>>;

/** `POST /checkout › coupon_expired` */
export function scenarioId(route: string, slug: string): string {
  return `${route} › ${slug}`;
}

/** `POST /checkout › coupon_expired › code_missing` */
export function variantId(scenario: string, slug: string): string {
  return `${scenario} › ${slug}`;
}

/** The route in the id of a scenario, a variant or a plan. */
export function routeOf(id: string): string {
  return id.split(' › ', 1)[0] ?? id;
}
