import { join } from 'node:path';
import * as z from 'zod';
import { findConfig, loadConfig } from '../config/load.ts';
import { defineOperation } from '../kernel/operation.ts';
import { openPlanFolder } from '../plan/store.ts';
import { Planned, planModel } from './plan.ts';
import { readModel } from './reading.ts';

export const planRepo = defineOperation({
  name: 'plan',
  summary: 'Plan the data state each ending needs and keep the plans beside the code',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to read' }),
    out: z.string().optional().describe('Keep the plans in this folder instead'),
    dryRun: z.boolean().default(false).describe('Write nothing, only say what would change'),
  }),
  output: Planned.extend({
    folder: z.string(),
    written: z.array(z.string()),
    removed: z.array(z.string()),
    unchanged: z.number().int(),
  }),
  run: async ({ path, out, dryRun }, { emit }) => {
    const { root, model } = await readModel(path, emit);
    const planned = planModel(model);
    const folder = join(root, out ?? (await plansFolder(root)));
    const store = openPlanFolder(folder, { dryRun });
    return { ...planned, folder, ...(await store.write(planned.plans)) };
  },
});

async function plansFolder(root: string): Promise<string> {
  return findConfig(root) ? (await loadConfig(root)).plans : 'statewright/plans';
}
