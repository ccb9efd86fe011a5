import type { Clock } from '../kernel/clock.ts';
import type { Emit } from '../kernel/events.ts';

/** What an edge with a checkout gives its operations. */
export interface Checkout {
  readonly clock: Clock;
  /** The folder Statewright keeps its embedded server, caches and secrets in. */
  readonly home: string;
  /** The folder that keeps what was read of checkouts for the next time; without one nothing is kept. */
  readonly cache?: string;
  /** The process's environment, for the app's own variables; never logged. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How results are shown as text. */
  readonly terminal: { readonly colour: boolean; readonly width: number };
}

/** A checkout as an operation gets it, with where to tell progress and when to stop. */
export interface Place extends Checkout {
  readonly emit: Emit;
  readonly signal: AbortSignal;
}
