import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Checkout } from './place.ts';

/** What this machine gives operations that no terminal watches. STATEWRIGHT_HOME moves the home folder. */
export function quietPlace(env: Checkout['env']): Checkout {
  const caches = env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const home = env['STATEWRIGHT_HOME'] ?? join(caches, 'statewright');
  return {
    clock: { now: () => new Date() },
    home,
    cache: join(home, 'read'),
    env,
    terminal: { colour: false, width: 100 },
  };
}
