import type { State } from '../state/state.ts';
import type { Run } from './run.ts';

/** How the rows of each name of a plan come about, and why so. */
export function originsOf({ steps }: State): NonNullable<Run['origins']> {
  const origins: NonNullable<Run['origins']> = {};
  for (const step of steps) {
    if (step.kind === 'call' && step.made) {
      origins[step.made.name] = { via: 'api', because: step.reason };
    } else if (step.kind === 'statement') {
      for (const { name } of step.rows) origins[name] ??= { via: 'sql', because: PLAIN };
    } else if (step.kind === 'match') {
      origins[step.name] ??= { via: 'there', because: STANDS };
    }
  }
  return origins;
}

const PLAIN = 'nobody signs in as it, and no request is judged by what only the app makes of it';
const STANDS = 'the plan names one that stands, or a trigger makes it';
