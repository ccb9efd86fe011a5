import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Checkout } from './place.ts';

/** What this machine gives operations that no terminal watches. STATEWRIGHT_HOME moves the home folder. */
export function quietPlace(env: Checkout['env']): Checkout {
  const cache = env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return {
    clock: { now: () => new Date() },
    home: env['STATEWRIGHT_HOME'] ?? join(cache, 'statewright'),
    env,
    terminal: { colour: false, width: 100 },
  };
}
