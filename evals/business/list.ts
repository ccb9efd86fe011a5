import * as z from 'zod';

/** What a cell of a row is: a literal, another row's column, or within bounds. */
const Fact = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.strictObject({ gt: z.number() }),
  z.strictObject({ lt: z.number() }),
  z.strictObject({ null: z.boolean() }),
  z.strictObject({ before: z.literal('now') }),
  z.strictObject({ after: z.literal('now') }),
  z.strictObject({ ref: z.string().regex(/^[a-z_-]+\.[a-z_]+$/) }),
]);
export type Fact = z.infer<typeof Fact>;

/** It stands for `count` rows, one unless said; all rows of a state are different ones. */
const StateRow = z.strictObject({
  table: z.string(),
  name: z.string().optional(),
  where: z.record(z.string(), Fact),
  count: z.number().int().min(2).optional(),
});
export type StateRow = z.infer<typeof StateRow>;

/**
 * Business states of an app that a person wrote down: what matters to its testers and what no single
 * branch of its code names, as the rows that make it. What facts can't say is in `relations`.
 */
export const BusinessStates = z.strictObject({
  version: z.literal(1),
  states: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
      title: z.string(),
      rows: z.array(StateRow).min(1),
      relations: z.array(z.string()).optional(),
    }),
  ),
});
export type BusinessStates = z.infer<typeof BusinessStates>;
export type BusinessState = BusinessStates['states'][number];
