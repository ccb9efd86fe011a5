import type { Sources } from './place.ts';
import type { ScriptRun } from './take.ts';
import { openTally, type Reached, type Tally } from './tally.ts';

/** Gathers what ran: at the boot of an app, for a plan's requests, and for plain ones. */
export interface Covering {
  booted(runs: readonly ScriptRun[]): void;
  fired(runs: readonly ScriptRun[]): void;
  asked(runs: readonly ScriptRun[]): void;
  /** What all runs of a kind reached together. */
  readonly boot: Reached;
  readonly plans: Reached;
  readonly plain: Reached;
  readonly tally: Tally;
}

export function openCovering(sources: Sources): Covering {
  const tally = openTally(sources);
  const [boot, plans, plain] = [nothing(), nothing(), nothing()];
  const into = (whole: Growing, runs: readonly ScriptRun[]) => {
    const { taken, decided } = tally.reach(runs);
    for (const id of taken) whole.taken.add(id);
    for (const id of decided) whole.decided.add(id);
  };
  return {
    tally,
    boot,
    plans,
    plain,
    booted: (runs) => into(boot, runs),
    fired: (runs) => into(plans, runs),
    asked: (runs) => into(plain, runs),
  };
}

interface Growing {
  readonly taken: Set<string>;
  readonly decided: Set<string>;
}

function nothing(): Growing {
  return { taken: new Set(), decided: new Set() };
}
