import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { loadConfig } from '../config/load.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { defineOperation } from '../kernel/operation.ts';
import type { Place } from './place.ts';
import { Proved, proveReading } from './prove-repo.ts';
import { readModel } from './reading.ts';

const STOREFRONT = fileURLToPath(new URL('../../fixtures/apps/storefront', import.meta.url));

export const runDemo = defineOperation({
  name: 'demo',
  summary: 'Read, plan and prove the storefront that ships with the repository',
  needs: 'checkout',
  input: z.object({
    only: z.string().default('').describe('Only plans whose id contains this text'),
    variants: z.boolean().default(false).describe('Fire the near misses and boundaries as well'),
    coverage: z
      .boolean()
      .default(false)
      .describe('Count which sides of the branches the requests take'),
    report: z.string().default('.statewright/report.html').describe('Where the HTML report goes'),
  }),
  output: Proved,
  run: async ({ only, report, variants, coverage }, place: Place) => {
    if (!existsSync(STOREFRONT)) {
      throw new StatewrightError(
        'demo.noStorefront',
        'The storefront is not part of the package.',
        {
          hint: 'Clone the repository and run "npm ci && npm run demo" there.',
        },
      );
    }
    const config = await loadConfig(STOREFRONT);
    const reading = await readModel(STOREFRONT, place);
    return proveReading(
      reading,
      { config, only, variants, coverage, files: { html: resolve(report), junit: null } },
      place,
    );
  },
});
