import type { Clock } from '../kernel/clock.ts';

/** What an edge with a checkout gives its operations. */
export interface Checkout {
  readonly clock: Clock;
  /** The folder Statewright keeps its embedded server, caches and secrets in. */
  readonly home: string;
  /** The process's environment, for the app's own variables; never logged. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How results are shown as text. */
  readonly terminal: { readonly colour: boolean; readonly width: number };
}
