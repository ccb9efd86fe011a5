import { constants } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { Place } from '../../operations/place.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** SIGINT and SIGTERM as an abort, so that what was set up can be taken away. */
export interface Stopping {
  readonly signal: AbortSignal;
  readonly killable: NonNullable<Place['killable']>;
  /** How the process ends that was sent one; null while it was not. */
  exitCode(): number | null;
  /** From now on they end the process at once. */
  ignore(): void;
}

export function hearSignals(): Stopping {
  const interrupt = new AbortController();
  const { signal } = interrupt;
  let code: number | null = null;
  const stop = (name: (typeof SIGNALS)[number]): void => {
    code ??= 128 + constants.signals[name];
    interrupt.abort();
  };
  const hear = (): void => {
    for (const name of SIGNALS) process.on(name, stop);
  };
  const ignore = (): void => {
    for (const name of SIGNALS) process.off(name, stop);
  };
  hear();
  return {
    signal,
    exitCode: () => code,
    killable: async (work) => {
      // What was sent before this is only heard once the event loop turns.
      await setImmediate();
      signal.throwIfAborted();
      ignore();
      try {
        return await work();
      } finally {
        hear();
      }
    },
    ignore,
  };
}
