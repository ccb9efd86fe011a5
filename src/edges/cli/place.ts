import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Checkout } from '../../operations/place.ts';

/** What this machine gives the operations. STATEWRIGHT_HOME moves the home folder. */
export function openPlace(): Checkout {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return {
    clock: { now: () => new Date() },
    home: process.env['STATEWRIGHT_HOME'] ?? join(cache, 'statewright'),
    env: process.env,
    terminal: {
      colour: process.stdout.isTTY === true && !process.env['NO_COLOR'],
      width: Math.min(process.stdout.columns ?? 100, 120),
    },
  };
}
