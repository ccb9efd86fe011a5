import * as z from 'zod';
import { Isolated } from '../config/config.ts';

/** What a test needs to act as somebody. `storageState` is Playwright's shape. */
export const Credentials = z.object({
  headers: z.record(z.string(), z.string()),
  cookies: z.record(z.string(), z.string()),
  storageState: z.json(),
});
export type Credentials = Readonly<z.infer<typeof Credentials>>;

/**
 * What happened when a state was applied, and how it is undone. `held` lives as long as the process that
 * made it (an advisory lock is its pulse), `leased` until `expiresAt` by the database's clock.
 */
export const Run = z.object({
  id: z.string(),
  plan: z.string(),
  environment: z.string(),
  /** The columns of every row of the plan, by the plan's names. */
  refs: z.record(z.string(), z.record(z.string(), z.json())),
  personas: z.record(z.string(), Credentials),
  hold: z.enum(['held', 'leased']),
  expiresAt: z.string().nullable(),
  /** Signed: only who holds it can tear the run down. */
  handle: z.string(),
  database: z.object({ name: z.string(), url: z.string() }),
  app: z.object({ url: z.string(), pid: z.number().int() }).nullable(),
  isolation: Isolated.optional(),
});
export type Run = Readonly<z.infer<typeof Run>>;
