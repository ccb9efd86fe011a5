import { resolve } from 'node:path';
import * as z from 'zod';
import type { NeonConfig } from '../config/config.ts';
import { findConfig, loadConfig } from '../config/load.ts';
import { defineOperation } from '../kernel/operation.ts';
import type { ControlLedger } from '../run/ledger.ts';
import type { Swept } from '../run/sweep.ts';
import { elsewhere, standingElsewhere } from './isolating.ts';
import type { Place } from './place.ts';
import { openOwnLedger, openWorkshop, sweepLedger } from './workshop.ts';

export const collectGarbage = defineOperation({
  name: 'gc',
  summary: 'Take away what runs that died or expired left behind, and what no ledger knows',
  needs: 'database',
  input: z.object({
    db: z
      .string()
      .optional()
      .describe('URL of a database of your own; the embedded server if absent'),
    path: z.string().default('.').describe('The repo whose config says where branches are'),
    dryRun: z.boolean().default(false).describe('Only say what would be taken away'),
  }),
  output: z.object({
    swept: z.array(
      z.object({
        run: z.string(),
        kind: z.string(),
        name: z.string(),
        outcome: z.enum(['due', 'gone', 'failed', 'unknown']),
        problem: z.string().nullable(),
      }),
    ),
  }),
  run: async ({ db, path, dryRun }, { home, emit, env }: Place) => {
    const neon = await neonIn(resolve(path));
    const drop = elsewhere(env, neon);
    if (db !== undefined) {
      await using ledger = await openOwnLedger(db);
      return { swept: await sweepLedger(ledger, { dryRun, drop }) };
    }
    await using workshop = await openWorkshop(home, { emit, dryRun, drop });
    const unknown = await unknownIn(workshop.ledger, await standingElsewhere(env, neon));
    return { swept: [...workshop.swept, ...unknown] };
  },
});

/** Where the branches of this repo are; null where it has no config or names none. */
async function neonIn(root: string): Promise<NeonConfig | null> {
  return findConfig(root) ? (await loadConfig(root)).neon : null;
}

/** Another machine's ledger may know them: they are told and left. */
async function unknownIn(
  { sql }: ControlLedger,
  standing: Awaited<ReturnType<typeof standingElsewhere>>,
): Promise<Swept[]> {
  if (standing.length === 0) return [];
  const rows = await sql.query('select kind, name from statewright.resource');
  const known = new Set(rows.map(({ kind, name }) => `${kind} ${name}`));
  return standing
    .filter(({ kind, name }) => !known.has(`${kind} ${name}`))
    .map(({ kind, name }) => ({
      ...{ run: '', kind, name, outcome: 'unknown' },
      problem: 'no ledger here knows it; another machine may be at work with it',
    }));
}
