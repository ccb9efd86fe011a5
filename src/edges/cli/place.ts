import { availableParallelism } from 'node:os';
import { quietPlace } from '../../operations/home.ts';
import type { Checkout } from '../../operations/place.ts';

/** What this machine gives the operations, with how the terminal shows their results. */
export function openPlace({ cached }: { readonly cached: boolean }): Checkout {
  const { cache, ...place } = quietPlace(process.env);
  return {
    ...place,
    ...(cached && cache !== undefined ? { cache } : {}),
    threads: availableParallelism(),
    terminal: {
      colour: process.stdout.isTTY === true && !process.env['NO_COLOR'],
      width: Math.min(process.stdout.columns ?? 100, 120),
    },
  };
}
