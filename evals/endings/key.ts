import * as z from 'zod';

/** One ending of the answer key, written from the app alone. */
export const KeyEnding = z.strictObject({
  /** `POST /checkout`, or `PAGE /cart` for what a page shows. */
  route: z.string(),
  status: z.number().int(),
  /** The machine code in the body; null where there is none. */
  code: z.string().nullable(),
  /** What a page shows in this ending and in no sibling. */
  text: z.array(z.string()).default([]),
  /** The condition in words. */
  condition: z.string(),
  /** What decides it. */
  decidedBy: z.enum(['data', 'input', 'actor', 'environment', 'success', 'external']),
  tables: z.array(z.string()),
  /** `coupons.expires_at` */
  columns: z.array(z.string()),
  feasible: z.boolean().default(true),
  /** Why it cannot be reached, where it cannot. */
  why: z.string().nullable().default(null),
});
export type KeyEnding = z.infer<typeof KeyEnding>;

/** What may be answered without being an ending of the key: `*` stands for every route. */
const Ungraded = z.object({
  route: z.string(),
  status: z.number().int().nullable(),
  code: z.string().nullable(),
});

export const Key = z.object({
  app: z.string(),
  endings: z.array(KeyEnding),
  ungraded: z.array(Ungraded).default([]),
});
export type Key = z.infer<typeof Key>;
