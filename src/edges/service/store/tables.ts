import {
  bigint,
  boolean,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { Verdict } from '../../../proof/proof.ts';
import type { Problem, Scope } from '../shapes.ts';

/** What the service keeps, in a schema of its own. `migrations.ts` makes it. */
const service = pgSchema('statewright_service');

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' });

export const keys = service.table('key', {
  id: text().primaryKey(),
  tenant: text().notNull(),
  name: text().notNull(),
  /** SHA-256 of the key; the key itself is kept nowhere. */
  hash: text().notNull().unique(),
  ends: text().notNull(),
  scopes: text().array().$type<Scope[]>().notNull(),
  perMinute: integer('per_minute').notNull(),
  perDay: integer('per_day').notNull(),
  standing: integer().notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  expiresAt: at('expires_at'),
  revokedAt: at('revoked_at'),
});

export const usage = service.table(
  'usage',
  {
    key: text().notNull(),
    day: text().notNull(),
    requests: bigint({ mode: 'number' }).notNull().default(0),
    plannings: bigint({ mode: 'number' }).notNull().default(0),
    runs: bigint({ mode: 'number' }).notNull().default(0),
    tokens: bigint({ mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.key, table.day] })],
);

export const models = service.table(
  'model',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    seq: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
    repo: jsonb().$type<{ name: string; commit: string | null; files: number }>().notNull(),
    routes: integer().notNull(),
    body: text().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);

export const plannings = service.table(
  'planning',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    seq: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
    model: text().notNull(),
    repo: jsonb().$type<{ name: string; commit: string | null; files: number }>().notNull(),
    scenarios: integer().notNull(),
    plans: integer().notNull(),
    unsolved: integer().notNull(),
    body: text().notNull(),
    /** Of the body's bytes; its ETag. */
    digest: text().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);

/** What came of firing a planning's plans, the last time. */
export const proofs = service.table(
  'proof',
  {
    tenant: text().notNull(),
    planning: text().notNull(),
    plan: text().notNull(),
    verdict: text().$type<Verdict>().notNull(),
    body: text().notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.planning, table.plan] })],
);

export const jobs = service.table('job', {
  id: text().primaryKey(),
  tenant: text().notNull(),
  key: text().notNull(),
  kind: text().$type<'plan'>().notNull(),
  state: text().$type<'queued' | 'running' | 'done' | 'failed' | 'cancelled'>().notNull(),
  /** What was posted; dropped once the job has ended. */
  input: text(),
  result: text(),
  problem: jsonb().$type<Problem>(),
  createdAt: at('created_at').notNull().defaultNow(),
  /** When it last showed that it is worked on. */
  seenAt: at('seen_at').notNull().defaultNow(),
  endedAt: at('ended_at'),
});

export const jobEvents = service.table(
  'job_event',
  { job: text().notNull(), seq: integer().notNull(), body: text().notNull() },
  (table) => [primaryKey({ columns: [table.job, table.seq] })],
);

export const jobSteps = service.table(
  'job_step',
  { job: text().notNull(), name: text().notNull(), result: text().notNull() },
  (table) => [primaryKey({ columns: [table.job, table.name] })],
);

export const runs = service.table('run', {
  id: text().primaryKey(),
  seq: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
  tenant: text().notNull(),
  key: text().notNull(),
  plan: text().notNull(),
  place: text().$type<'clone' | 'database'>().notNull(),
  /** The process that holds it, for a clone; its instance's id. */
  holder: text().notNull(),
  /** SHA-256 of the handle. */
  handleHash: text('handle_hash').notNull(),
  app: text(),
  state: text().$type<'up' | 'down' | 'gone'>().notNull(),
  /** Another instance was asked to take it down. */
  ending: boolean().notNull().default(false),
  createdAt: at('created_at').notNull().defaultNow(),
  expiresAt: at('expires_at'),
  endedAt: at('ended_at'),
});

/** Answers by idempotency key; `status` is null while the first request is still at work. */
export const answers = service.table(
  'answer',
  {
    key: text().notNull(),
    name: text().notNull(),
    fingerprint: text().notNull(),
    status: integer(),
    headers: jsonb().$type<Record<string, string>>(),
    body: text(),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [uniqueIndex('answer_key_name').on(table.key, table.name)],
);
