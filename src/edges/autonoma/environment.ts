import { loadConfig } from '../../config/load.ts';
import type { Json } from '../../kernel/digest.ts';
import { StatewrightError } from '../../kernel/errors.ts';
import type { Model } from '../../model/model.ts';
import { tearDown } from '../../operations/down.ts';
import { leaseState } from '../../operations/leasing.ts';
import { openPlans } from '../../operations/one-plan.ts';
import type { Place } from '../../operations/place.ts';
import { readModel } from '../../operations/reading.ts';
import { checkPlan } from '../../plan/check.ts';
import type { Plan } from '../../plan/plan.ts';
import { openPlanFolder } from '../../plan/store.ts';
import type { Credentials, Run } from '../../run/run.ts';
import { type Create, planOf } from './create.ts';
import { badBody } from './refusal.ts';
import { PLANNED } from './schema.ts';

/** A state that stands until its handle is given back. */
export interface Standing {
  readonly run: string;
  readonly handle: string;
  readonly expiresInSeconds: number;
  /** The rows that were made, by the name of their model. */
  readonly records: Readonly<Record<string, readonly Readonly<Record<string, Json>>[]>>;
  /** What acting as the state's person takes; null where it has none. */
  readonly credentials: Credentials | null;
}

/** States of one repo on one enrolled database. */
export interface Environment {
  readonly model: Model;
  readonly scenarios: readonly { readonly name: string; readonly description: string }[];
  up(id: string): Promise<Standing>;
  create(create: Create, testRunId: string): Promise<Standing>;
  down(handle: string): Promise<void>;
}

export interface EnvironmentOptions {
  readonly root: string;
  readonly db: string;
  /** Where the app answers on it; null: nobody is signed in. */
  readonly app: string | null;
  readonly hours: number;
}

/** Reads the repo and its kept plans once. */
export async function openEnvironment(
  options: EnvironmentOptions,
  place: Place,
): Promise<Environment> {
  const { root, db, app, hours } = options;
  const config = await loadConfig(root);
  const reading = await readModel(root, place, config);
  const plans = openPlans(reading, config);
  const kept = await openPlanFolder(`${root}/${config.plans}`).list();
  const ttlMs = hours * 3_600_000;
  const { scenarios } = plans;
  const stand = async (plan: Plan): Promise<Run> => {
    const target = { db, app, start: false, ttlMs };
    return leaseState({ plan, scenarios, reading, config, target }, place);
  };
  return {
    model: reading.model,
    scenarios: kept.map(({ id, title }) => ({ name: id, description: title })),
    async up(id) {
      const plan = await plans.current(id);
      const run = await stand(plan);
      const state = { id: run.id, ending: id };
      return standing(plan, run, {
        hours,
        records: { [PLANNED]: [state], ...recordsOf(plan, run) },
      });
    },
    async create(create, testRunId) {
      const plan = planOf(create, { model: reading.model, testRunId });
      refuseUnsound(plan, reading.model);
      const run = await stand(plan);
      return standing(plan, run, { hours, records: recordsOf(plan, run) });
    },
    down: async (handle) => void (await tearDown.run({ handle, db }, place)),
  };
}

function standing(
  plan: Plan,
  run: Run,
  { hours, records }: { hours: number; records: Standing['records'] },
): Standing {
  const who = plan.when.at(-1)?.as ?? Object.keys(run.personas)[0];
  const credentials = who === undefined ? null : (run.personas[who] ?? null);
  return { run: run.id, handle: run.handle, expiresInSeconds: hours * 3_600, records, credentials };
}

function recordsOf({ given }: Plan, { refs }: Run): Standing['records'] {
  const made = Object.entries(given.rows).flatMap(([name, { table }]) => {
    const row = refs[name];
    return row ? [{ table, row: row as Readonly<Record<string, Json>> }] : [];
  });
  const byTable = Map.groupBy(made, ({ table }) => table);
  return Object.fromEntries([...byTable].map(([name, rows]) => [name, rows.map(({ row }) => row)]));
}

function refuseUnsound(plan: Plan, model: Model): void {
  const wrong = checkPlan(plan, model).filter(
    ({ severity, at }) => severity === 'error' && !at.path?.startsWith('when'),
  );
  if (wrong.length === 0) return;
  throw badBody(wrong.map(({ code, facts }) => `${code} ${JSON.stringify(facts)}`).join('; '));
}

/** Both secrets, from the environment. Throws `autonoma.secrets` where one is missing or both are the same. */
export function secretsFrom(env: Place['env']): { shared: string; signing: string } {
  const [shared, signing] = [env['AUTONOMA_SHARED_SECRET'], env['AUTONOMA_SIGNING_SECRET']];
  if (shared && signing && shared !== signing) return { shared, signing };
  const same = shared && shared === signing;
  const what = same ? 'Both secrets are the same.' : 'A secret of the endpoint is missing.';
  throw new StatewrightError('autonoma.secrets', what, {
    hint: 'Set AUTONOMA_SHARED_SECRET and AUTONOMA_SIGNING_SECRET, each of: openssl rand -hex 32',
    ending: 'refused',
  });
}
