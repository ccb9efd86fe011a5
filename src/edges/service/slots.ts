import { StatewrightError } from '../../kernel/errors.ts';

/** So many places; whoever finds none free waits for a while, in order. */
export interface Slots {
  /** What it returns gives the place back. Throws `service.full` where none came free in time. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function openSlots(
  size: number,
  { waitMs, what }: { readonly waitMs: number; readonly what: string },
): Slots {
  let free = size;
  const waiting: (() => void)[] = [];
  const give = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  const once = () => {
    let given = false;
    return () => {
      if (!given) give();
      given = true;
    };
  };
  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free -= 1;
        return once();
      }
      await new Promise<void>((resolve, reject) => {
        const leave = (error: unknown): void => {
          waiting.splice(waiting.indexOf(enter), 1);
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          reject(error);
        };
        const enter = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        const onAbort = (): void => leave(signal.reason);
        const timer = setTimeout(() => leave(full(size, what)), waitMs);
        signal.addEventListener('abort', onAbort);
        waiting.push(enter);
      });
      return once();
    },
  };
}

function full(size: number, what: string): StatewrightError {
  return new StatewrightError('service.full', `All ${size} ${what} are taken. Nothing was made.`, {
    hint: 'Take a run down and ask again in a moment.',
  });
}
