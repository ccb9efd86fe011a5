import * as z from 'zod';
import { defineOperation } from '../kernel/operation.ts';
import { elsewhere } from './isolating.ts';
import type { Place } from './place.ts';
import { openOwnLedger, openWorkshop, sweepLedger } from './workshop.ts';

export const collectGarbage = defineOperation({
  name: 'gc',
  summary: 'Take away what runs that died or expired left behind',
  needs: 'database',
  input: z.object({
    db: z
      .string()
      .optional()
      .describe('URL of a database of your own; the embedded server if absent'),
    dryRun: z.boolean().default(false).describe('Only say what would be taken away'),
  }),
  output: z.object({
    swept: z.array(
      z.object({
        run: z.string(),
        kind: z.string(),
        name: z.string(),
        outcome: z.enum(['due', 'gone', 'failed']),
        problem: z.string().nullable(),
      }),
    ),
  }),
  run: async ({ db, dryRun }, { home, emit, env }: Place) => {
    const drop = elsewhere(env);
    if (db !== undefined) {
      await using ledger = await openOwnLedger(db);
      return { swept: await sweepLedger(ledger, { dryRun, drop }) };
    }
    await using workshop = await openWorkshop(home, { emit, dryRun, drop });
    return { swept: [...workshop.swept] };
  },
});
