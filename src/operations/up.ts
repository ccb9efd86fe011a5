import { resolve } from 'node:path';
import * as z from 'zod';
import { ISOLATIONS, type Isolation } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { defineOperation } from '../kernel/operation.ts';
import { Run } from '../run/run.ts';
import { compareRoute } from './comparing.ts';
import { isolationFor } from './isolating.ts';
import { leaseState } from './leasing.ts';
import { openPlans } from './one-plan.ts';
import type { Place } from './place.ts';
import { readModel } from './reading.ts';
import type { Target } from './setting-up.ts';

const HOUR_MS = 3_600_000;

export const setUp = defineOperation({
  name: 'up',
  summary: 'Set a planned state up and leave it standing until `down`, or for a time',
  needs: 'checkout',
  input: z.object({
    id: z
      .string()
      .meta({ positional: true, description: 'The plan: "POST /checkout › coupon_expired"' }),
    path: z.string().default('.').describe('The repo the plan belongs to'),
    db: z.string().optional().describe('URL of your own enrolled database; a clone if absent'),
    app: z.string().optional().describe('Where your app runs on that database, to sign people in'),
    start: z.boolean().default(false).describe('Start the app of the config for the set-up'),
    isolation: z
      .enum(['auto', ...ISOLATIONS])
      .optional()
      .describe('`rollback` tries the state on your database in a transaction that is taken back'),
    compare: z
      .boolean()
      .default(false)
      .describe('Ask the app too, and tell what its route writes beyond the row; nothing stands'),
    hours: z.number().positive().max(168).default(2).describe('How long it stands'),
  }),
  output: Run,
  run: async ({ id, path, db, app, start, compare, hours, isolation }, place: Place) => {
    const root = resolve(path);
    const loaded = await loadConfig(root);
    const config = { ...loaded, isolation: isolation ?? 'auto' };
    const reading = await readModel(root, place, config);
    const plans = openPlans(reading, config);
    const { scenarios } = plans;
    const plan = await plans.current(id);
    if (app && !db) {
      throw new StatewrightError('up.appWithoutDatabase', '--app was given without --db.', {
        hint: 'Name the database that app uses with --db, or use --start.',
      });
    }
    const candidates: readonly Isolation[] = db ? ['shared', 'rollback'] : ['embedded'];
    const isolated = await isolationFor({ config, db: db !== undefined, candidates }, place);
    const target: Target = {
      isolated,
      db: db ?? null,
      app: app ?? null,
      start,
      ttlMs: hours * HOUR_MS,
    };
    const leasing = { plan, scenarios, reading, config, target };
    if (!compare) return leaseState(leasing, place);
    if (db) throw comparesOnClone();
    return compareRoute({ ...leasing, target: { ...target, start: true } }, place);
  },
});

function comparesOnClone(): StatewrightError {
  return new StatewrightError('up.compareWithDatabase', '--compare was given with --db.', {
    hint: 'Leave --db out: the app is asked on a clone of its own.',
  });
}
