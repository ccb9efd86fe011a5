import { join, resolve } from 'node:path';
import * as z from 'zod';
import { Finding, finding } from '../kernel/finding.ts';
import { defineOperation } from '../kernel/operation.ts';
import { checkPlan } from '../plan/check.ts';
import { openPlanFolder } from '../plan/store.ts';
import { configOf } from './explain.ts';
import { openPlans } from './one-plan.ts';
import { type Reader, readModel } from './reading.ts';

export const checkPlans = defineOperation({
  name: 'check',
  summary: 'Check that the plans beside the code are sound and still fit it; writes nothing',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to read' }),
    only: z.string().default('').describe('Only plans whose id contains this text'),
  }),
  output: z.object({
    plans: z.number().int(),
    stale: z.number().int(),
    findings: z.array(Finding),
  }),
  run: async ({ path, only }, place: Reader) => {
    const root = resolve(path);
    const config = await configOf(path);
    const reading = await readModel(root, place, config);
    const plans = openPlans(reading, config);
    const all = await openPlanFolder(join(root, config.plans)).list();
    const asked = all.filter(({ id }) => id.includes(only));
    const stale = asked.flatMap((plan) => {
      const { file, stale: changed } = plans.judge(plan);
      if (changed.length === 0) return [];
      const facts = { changed: [...changed] };
      return [finding('plan.stale', { severity: 'error', file, path: plan.id, facts })];
    });
    const unsound = asked.flatMap((plan) => checkPlan(plan, reading.model));
    return { plans: asked.length, stale: stale.length, findings: [...stale, ...unsound] };
  },
});
