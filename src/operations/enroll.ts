import * as z from 'zod';
import { defineOperation } from '../kernel/operation.ts';
import { addressOf, enroll } from '../run/guard.ts';
import { driver } from './workshop.ts';

export const enrollDatabase = defineOperation({
  name: 'enroll',
  summary: 'Allow Statewright to write to a database, by putting its stamp there',
  needs: 'database',
  input: z.object({
    db: z.string().describe('URL of the database'),
    as: z.string().describe('What you call this environment: test, staging, …'),
    days: z.number().int().positive().optional().describe('Days until it must be enrolled again'),
  }),
  output: z.object({
    database: z.string(),
    environment: z.string(),
    expiresAt: z.string().nullable(),
  }),
  run: async ({ db, as, days }) => {
    await using sql = await driver.open(db);
    const stamp = { environment: as, address: addressOf(db), days: days ?? null };
    return { ...(await enroll(sql, stamp)) };
  },
});
