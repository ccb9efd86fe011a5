import * as z from 'zod';

/** What a cell of a row is: a literal, another row's column, or within bounds. */
const Fact = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.strictObject({ gt: z.number() }),
  z.strictObject({ lt: z.number() }),
  z.strictObject({ null: z.boolean() }),
  z.strictObject({ before: z.literal('now') }),
  z.strictObject({ after: z.literal('now') }),
  z.strictObject({ ref: z.string() }),
]);
export type Fact = z.infer<typeof Fact>;

/**
 * Business states of an app that a person wrote down: what matters to its testers and what no single
 * branch of its code names, as the rows that make it.
 */
export const BusinessStates = z.strictObject({
  version: z.literal(1),
  states: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      rows: z.array(
        z.strictObject({
          name: z.string().optional(),
          table: z.string(),
          where: z.record(z.string(), Fact),
          count: z.number().int().min(1).optional(),
        }),
      ),
      /** What else makes it, in words; nothing reads it. */
      relations: z.array(z.string()).optional(),
    }),
  ),
});
export type BusinessStates = z.infer<typeof BusinessStates>;
export type BusinessState = BusinessStates['states'][number];
