import * as z from 'zod';
import { Isolated } from '../config/config.ts';

/** What a test needs to act as somebody. `storageState` is Playwright's shape. */
export const Credentials = z.object({
  headers: z.record(z.string(), z.string()),
  cookies: z.record(z.string(), z.string()),
  storageState: z.json(),
});
export type Credentials = Readonly<z.infer<typeof Credentials>>;

const Event = z.object({
  table: z.string(),
  does: z.enum(['insert', 'adjust', 'delete']),
  row: z.record(z.string(), z.json()),
  /** Of a change, the columns that differ. */
  columns: z.array(z.string()).optional(),
});

/** What an app's route does beyond the plain insert of the row it makes. */
export const Compared = z.object({
  route: z.string(),
  status: z.number().int(),
  row: z.object({ table: z.string(), values: z.record(z.string(), z.json()) }),
  /** Columns whose value the request did not say: the app's or the database's own. */
  untold: z.array(z.string()),
  /** What else the app wrote. */
  beyond: z.array(Event),
  /** What the plain insert brings with it. */
  triggers: z.array(Event),
  /** Why the row can't be put in by itself; null where it can. */
  refused: z.string().nullable(),
});
export type Compared = Readonly<z.infer<typeof Compared>>;

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
  /** How each row came about: asked of the app, put in by SQL, or there already; and why. */
  origins: z
    .record(z.string(), z.object({ via: z.enum(['api', 'sql', 'there']), because: z.string() }))
    .optional(),
  personas: z.record(z.string(), Credentials),
  hold: z.enum(['held', 'leased']),
  expiresAt: z.string().nullable(),
  /** Signed: only who holds it can tear the run down. */
  handle: z.string(),
  database: z.object({ name: z.string(), url: z.string() }),
  app: z.object({ url: z.string(), pid: z.number().int() }).nullable(),
  isolation: Isolated.optional(),
  /** Where it was asked for; nothing stands then. */
  compared: Compared.optional(),
});
export type Run = Readonly<z.infer<typeof Run>>;
