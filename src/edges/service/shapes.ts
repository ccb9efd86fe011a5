import * as z from 'zod';
import { Model } from '../../model/model.ts';
import { Planned } from '../../operations/plan.ts';
import { Proof, Verdict } from '../../proof/proof.ts';
import { Run } from '../../run/run.ts';
import { Scenario } from '../../scenarios/scenarios.ts';

/** What the service takes and gives over HTTP: the contract of /openapi.json and of the typed client. */

export const Scope = z.enum(['plan', 'run', 'admin']);
export type Scope = z.infer<typeof Scope>;

/** An RFC 9457 problem; `code` is permanent, `hint` says what to do next. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  hint: z.string(),
  /** The request's id, as in the `X-Request-Id` header and the log. */
  instance: z.string().optional(),
});
export type Problem = Readonly<z.infer<typeof Problem>>;

const asked = {
  /** Ask the service's language model about endings the solver leaves open. */
  llm: z.boolean().default(false),
  /** Ask it only about endings whose id contains this. */
  only: z.string().max(500).default(''),
};

/** One of: a model, source files by path (never run), the path of a repo under an allowed root. */
export const PlanRequest = z.union([
  z.strictObject({ model: Model, ...asked }),
  z.strictObject({ files: z.record(z.string(), z.string()), ...asked }),
  z.strictObject({ repo: z.string(), ...asked }),
]);
export type PlanRequest = Readonly<z.infer<typeof PlanRequest>>;

/** Scenarios and plans of one model. The same model asked the same way gives the same id. */
export const Planning = Planned.extend({
  id: z.string(),
  model: z.string(),
  repo: Model.shape.repo,
  createdAt: z.string(),
});
export type Planning = Readonly<z.infer<typeof Planning>>;

/** A planning in short: each way each route can end, with what is known of it. */
export const Endings = z.object({
  id: z.string(),
  repo: Model.shape.repo,
  endings: z.array(
    z.object({
      /** Of the scenario, or of the variant's plan. */
      id: z.string(),
      route: z.string(),
      title: z.string(),
      variantOf: z.string().nullable(),
      /** What is expected; null where there is no plan. */
      status: z.number().int().nullable(),
      /** Why there is no plan; null where there is one. */
      unplanned: z.string().nullable(),
      /** What came of firing it; null where that was not done. */
      verdict: Verdict.nullable(),
    }),
  ),
});
export type Endings = Readonly<z.infer<typeof Endings>>;

export const ProofRequest = z.strictObject({
  /** Ids of plans of the planning. */
  plans: z.array(z.string().max(1_000)).min(1).max(50),
  /** The path of its repo under an allowed root: its app is what is asked. */
  repo: z.string().max(1_000),
});
export type ProofRequest = Readonly<z.infer<typeof ProofRequest>>;

export const Proofs = z.object({ proofs: z.array(Proof) });
export type Proofs = Readonly<z.infer<typeof Proofs>>;

const summary = {
  id: z.string(),
  repo: Model.shape.repo,
  createdAt: z.string(),
};

export const PlanningSummary = z.object({
  ...summary,
  model: z.string(),
  scenarios: z.number().int(),
  plans: z.number().int(),
  unsolved: z.number().int(),
});
export type PlanningSummary = Readonly<z.infer<typeof PlanningSummary>>;

export const ModelSummary = z.object({ ...summary, routes: z.number().int() });
export type ModelSummary = Readonly<z.infer<typeof ModelSummary>>;

/** `next` is the `cursor` of the page that follows; null on the last one. */
function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export const PlanningPage = pageOf(PlanningSummary);
export const ModelPage = pageOf(ModelSummary);
export const ScenarioPage = pageOf(Scenario);

export const RunRequest = z.strictObject({
  /** The plan's id: `POST /checkout › coupon_expired`. */
  plan: z.string().max(1_000),
  /** The planning it is taken from (on the enrolled database). */
  planning: z.string().max(100).optional(),
  /** The path of its repo under an allowed root: a clone of its own, with the app of its config running. */
  repo: z.string().max(1_000).optional(),
  /** Where the app answers; one of those the service was started with. */
  app: z.url().max(1_000).optional(),
  /** How long it stands unless it is taken down before. */
  hours: z.number().positive().max(168).default(2),
});
export type RunRequest = Readonly<z.infer<typeof RunRequest>>;

export const RunState = z.enum(['up', 'down', 'gone']);

/** A run without what only its maker may see. */
export const RunStatus = z.object({
  id: z.string(),
  plan: z.string(),
  place: z.enum(['clone', 'database']),
  /** `gone`: its time ran out, or the service that held it ended. */
  state: RunState,
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  app: z.string().nullable(),
});
export type RunStatus = Readonly<z.infer<typeof RunStatus>>;

/** One HTTP request, whole: sent as it is, it asks the app what the plan asks, as whom the plan asks it. */
export const Sendable = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
  /** Of the body; `base64` where it is no text. */
  encoding: z.enum(['utf8', 'base64']),
});

/** A run as its maker gets it, once: `handle` takes it down, `when` are the plan's requests with their values. */
export const RunUp = Run.extend({
  status: RunStatus,
  when: z.array(z.json()),
  /** The same, ready to be sent; empty where no app is known, or its build would have to be read. */
  requests: z.array(Sendable),
  seed: z.string(),
});
export type RunUp = Readonly<z.infer<typeof RunUp>>;

export const RunPage = pageOf(RunStatus);

export const RunDown = z.object({
  run: z.string(),
  already: z.boolean(),
  removed: z.number().int(),
  restored: z.number().int(),
});
export type RunDown = Readonly<z.infer<typeof RunDown>>;

export const Job = z.object({
  id: z.string(),
  kind: z.enum(['plan']),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  /** Where the result is, once `done`. */
  result: z.string().nullable(),
  /** Why it failed. */
  problem: Problem.nullable(),
  /** Follow it here, as Server-Sent Events. */
  events: z.string(),
});
export type Job = Readonly<z.infer<typeof Job>>;

/** What an event of a job carries: progress, or (last) the job as it ended. */
export const JobEvent = z.object({
  kind: z.enum(['stage', 'progress', 'done', 'note', 'end']),
  stage: z.string().optional(),
  total: z.number().nullable().optional(),
  done: z.number().optional(),
  note: z.string().optional(),
  state: Job.shape.state.optional(),
});
export type JobEvent = Readonly<z.infer<typeof JobEvent>>;

export const KeyRequest = z.strictObject({
  name: z.string().min(1).max(100),
  tenant: z
    .string()
    .min(1)
    .max(100)
    .regex(/^[\w.-]+$/)
    .default('default'),
  scopes: z.array(Scope).min(1).default(['plan', 'run']),
  perMinute: z.number().int().positive().max(1_000_000).default(600),
  perDay: z.number().int().positive().max(1_000_000_000).default(100_000),
  /** How many runs may stand at once. */
  standing: z.number().int().nonnegative().max(1_000).default(20),
  days: z.number().positive().max(3_650).optional(),
});
export type KeyRequest = Readonly<z.infer<typeof KeyRequest>>;

/** A key as it is shown; the key itself is shown once, when it is made. */
export const Key = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string(),
  scopes: z.array(Scope),
  /** Its last four characters. */
  ends: z.string(),
  perMinute: z.number().int(),
  perDay: z.number().int(),
  standing: z.number().int(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  /** Requests and plannings since it was made, and the model tokens they cost. */
  usage: z.object({
    requests: z.number().int(),
    plannings: z.number().int(),
    runs: z.number().int(),
    tokens: z.number().int(),
  }),
});
export type Key = Readonly<z.infer<typeof Key>>;

export const NewKey = Key.extend({ key: z.string() });
export type NewKey = Readonly<z.infer<typeof NewKey>>;
export const KeyPage = pageOf(Key);

export const Health = z.object({ ok: z.boolean(), serves: z.string(), version: z.string() });
