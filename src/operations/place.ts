import type { Clock } from '../kernel/clock.ts';
import type { Emit } from '../kernel/events.ts';

/** What an edge with a checkout gives its operations. */
export interface Checkout {
  readonly clock: Clock;
  /** The folder Statewright keeps its embedded server, caches and secrets in. */
  readonly home: string;
  /** The folder that keeps what was read of checkouts for the next time; without one nothing is kept. */
  readonly cache?: string;
  /** Folders outside of which no code is read; absent where whoever asks may read what they like. */
  readonly roots?: readonly string[];
  /** How many threads may read one checkout; one where absent. */
  readonly threads?: number;
  /** The process's environment, for the app's own variables; never logged. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How results are shown as text. */
  readonly terminal: { readonly colour: boolean; readonly width: number };
}

/** A checkout as an operation gets it, with where to tell progress and when to stop. */
export interface Place extends Checkout {
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /**
   * Does work while nothing stands that must be taken away: whoever stops the process meanwhile ends it at once, where
   * `signal` is only heard when the work pauses. Absent where something else stands.
   */
  readonly killable?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
}

/** Does work that sets nothing up. */
export function killable<T>(place: Pick<Place, 'killable'>, work: () => Promise<T>): Promise<T> {
  return place.killable ? place.killable(work) : work();
}
