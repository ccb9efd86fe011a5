import * as z from 'zod';
import type { Needs } from '../../kernel/operation.ts';
import { Model } from '../../model/model.ts';
import * as shapes from './shapes.ts';

/** One HTTP route of the service, as documented and as served. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  /** The scope its key must have, `any` for whichever; null where no key is asked for. */
  readonly scope: shapes.Scope | 'any' | null;
  readonly needs: Needs;
  readonly query?: z.ZodObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: z.ZodType;
  /** The body of each good status; null for none, a media type for what isn't JSON. */
  readonly answers: Readonly<Record<number, z.ZodType | string | null>>;
}

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});

export const ScenarioQuery = PageQuery.extend({
  planning: z.string().max(100),
  route: z.string().max(1_000).optional(),
});

const idempotent = {
  'Idempotency-Key': 'A value of yours: the same request with the same key is done once.',
};
const conditional = { 'If-None-Match': 'The ETag you have: 304 while it still holds.' };

export const ENDPOINTS = {
  plan: {
    method: 'POST',
    path: '/v1/plans',
    summary: 'Plan the data state each ending needs, of a model, source files, a tarball or a repo',
    scope: 'plan',
    needs: 'none',
    headers: {
      ...idempotent,
      ...conditional,
      Prefer: '`wait=10` waits so many seconds before it answers 202, `respond-async` not at all.',
    },
    body: shapes.PlanRequest,
    answers: { 200: shapes.Planning, 202: shapes.Job, 304: null },
  },
  plannings: {
    method: 'GET',
    path: '/v1/plans',
    summary: 'What has been planned, latest first',
    scope: 'plan',
    needs: 'database',
    query: PageQuery,
    answers: { 200: shapes.PlanningPage },
  },
  planning: {
    method: 'GET',
    path: '/v1/plans/:id',
    summary: 'The scenarios and plans of one planning',
    scope: 'plan',
    needs: 'database',
    headers: conditional,
    answers: { 200: shapes.Planning, 304: null },
  },
  ending: {
    method: 'GET',
    path: '/v1/plans/:id/ending',
    summary: 'One ending of a planning for people: its rows as a graph, its request, its reasons',
    scope: 'plan',
    needs: 'database',
    query: z.object({ id: z.string().max(2_000) }),
    answers: { 200: 'text/html' },
  },
  endings: {
    method: 'GET',
    path: '/v1/plans/:id/endings',
    summary:
      'Every ending of a planning in short: its route, status, whether it is planned and proven',
    scope: 'plan',
    needs: 'database',
    answers: { 200: shapes.Endings },
  },
  proofs: {
    method: 'GET',
    path: '/v1/plans/:id/proofs',
    summary: 'What came of firing a planning’s plans, the last time each',
    scope: 'plan',
    needs: 'database',
    answers: { 200: shapes.Proofs },
  },
  prove: {
    method: 'POST',
    path: '/v1/plans/:id/proofs',
    summary: 'Fire plans at the repo’s app as it is now, each on a clone, and keep what came back',
    scope: 'run',
    needs: 'checkout',
    headers: idempotent,
    body: shapes.ProofRequest,
    answers: { 200: shapes.Proofs },
  },
  models: {
    method: 'GET',
    path: '/v1/models',
    summary: 'The models that were posted or read, latest first',
    scope: 'plan',
    needs: 'database',
    query: PageQuery,
    answers: { 200: shapes.ModelPage },
  },
  model: {
    method: 'GET',
    path: '/v1/models/:id',
    summary: 'One model: routes, pages, tables and every way each route can end',
    scope: 'plan',
    needs: 'database',
    headers: conditional,
    answers: { 200: Model, 304: null },
  },
  scenarios: {
    method: 'GET',
    path: '/v1/scenarios',
    summary: 'The scenarios of a planning, by id; of one route where it is named',
    scope: 'plan',
    needs: 'database',
    query: ScenarioQuery,
    answers: { 200: shapes.ScenarioPage },
  },
  job: {
    method: 'GET',
    path: '/v1/jobs/:id',
    summary: 'How far a job is',
    scope: 'plan',
    needs: 'database',
    answers: { 200: shapes.Job },
  },
  jobEvents: {
    method: 'GET',
    path: '/v1/jobs/:id/events',
    summary: 'A job’s progress as Server-Sent Events, from `Last-Event-ID` on',
    scope: 'plan',
    needs: 'database',
    headers: { 'Last-Event-ID': 'The id of the last event you have.' },
    answers: { 200: 'text/event-stream' },
  },
  cancelJob: {
    method: 'DELETE',
    path: '/v1/jobs/:id',
    summary: 'Cancel a job that has not ended',
    scope: 'plan',
    needs: 'database',
    answers: { 200: shapes.Job },
  },
  up: {
    method: 'POST',
    path: '/v1/runs',
    summary: 'Set a planned state up: on a clone with its app, or on the enrolled database',
    scope: 'run',
    needs: 'checkout',
    headers: idempotent,
    body: shapes.RunRequest,
    answers: { 201: shapes.RunUp },
  },
  runs: {
    method: 'GET',
    path: '/v1/runs',
    summary: 'The runs of your tenant, latest first',
    scope: 'run',
    needs: 'checkout',
    query: PageQuery,
    answers: { 200: shapes.RunPage },
  },
  run: {
    method: 'GET',
    path: '/v1/runs/:id',
    summary: 'Whether a run stands, and how long it will',
    scope: 'run',
    needs: 'checkout',
    answers: { 200: shapes.RunStatus },
  },
  down: {
    method: 'DELETE',
    path: '/v1/runs/:id',
    summary: 'Take a run down: exactly what it made, nothing else. Again is no error',
    scope: 'run',
    needs: 'checkout',
    headers: { 'Statewright-Handle': 'The handle that setting it up gave.' },
    answers: { 200: shapes.RunDown },
  },
  keys: {
    method: 'GET',
    path: '/v1/keys',
    summary: 'All keys with their usage',
    scope: 'admin',
    needs: 'database',
    answers: { 200: shapes.KeyPage },
  },
  createKey: {
    method: 'POST',
    path: '/v1/keys',
    summary: 'Make a key; it is shown this once',
    scope: 'admin',
    needs: 'database',
    body: shapes.KeyRequest,
    answers: { 201: shapes.NewKey },
  },
  revokeKey: {
    method: 'DELETE',
    path: '/v1/keys/:id',
    summary: 'Revoke a key, at once here and within seconds at other instances',
    scope: 'admin',
    needs: 'database',
    answers: { 200: shapes.Key },
  },
  me: {
    method: 'GET',
    path: '/v1/key',
    summary: 'The key this request carries: its tenant, scopes, limits and usage',
    scope: 'any',
    needs: 'database',
    answers: { 200: shapes.Key },
  },
  health: {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the service and its storage answer',
    scope: null,
    needs: 'none',
    answers: { 200: shapes.Health },
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Counters and timings for Prometheus',
    scope: 'admin',
    needs: 'database',
    answers: { 200: 'text/plain' },
  },
} as const satisfies Record<string, Endpoint>;
