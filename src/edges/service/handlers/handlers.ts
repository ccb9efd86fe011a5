import type { Context } from 'hono';
import type { ENDPOINTS } from '../contract.ts';
import type { Reply } from '../reply.ts';
import type { Place } from '../service.ts';
import type { Key } from '../shapes.ts';
import { listEndingsOf, showEnding } from './endings.ts';
import { cancelJob, followJob, showJob } from './jobs.ts';
import { addKey, listAllKeys, removeKey, showOwnKey } from './keys.ts';
import {
  listModelsOf,
  listPlanningsOf,
  listScenariosOf,
  showModel,
  showPlanning,
} from './lists.ts';
import { plan } from './plans.ts';
import { listProofsOf, provePlans } from './proofs.ts';
import { listRunsOf, setUpRun, showRun, takeRunDown } from './runs.ts';

/** A request with the key it carries; null where none is asked for. */
export interface Asked {
  readonly c: Context;
  readonly key: Key | null;
  readonly place: Place;
}

export type Handler = (asked: Asked) => Promise<Reply | Response>;

export const HANDLERS: Readonly<Record<keyof typeof ENDPOINTS, Handler>> = {
  plan,
  plannings: listPlanningsOf,
  planning: showPlanning,
  ending: showEnding,
  endings: listEndingsOf,
  proofs: listProofsOf,
  prove: provePlans,
  models: listModelsOf,
  model: showModel,
  scenarios: listScenariosOf,
  job: showJob,
  jobEvents: followJob,
  cancelJob,
  up: setUpRun,
  runs: listRunsOf,
  run: showRun,
  down: takeRunDown,
  keys: listAllKeys,
  createKey: addKey,
  revokeKey: removeKey,
  me: showOwnKey,
  async health({ c, place }) {
    const { serves, version, storage } = place;
    if (storage) await storage.with((db) => db.execute('select 1'));
    return c.json({ ok: true, serves, version });
  },
  async metrics({ c, place }) {
    return c.body(place.metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4' });
  },
};
