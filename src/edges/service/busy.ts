import { openSlots } from './slots.ts';

/** What is under way at this instance, so that no key can have all of it. */
export interface Busy {
  /** Enters under a name; says how many were there before. */
  enter(name: string): { readonly before: number; readonly leave: () => void };
  /** Does a key's heavy work in its turn: a few pieces at once, the others wait. */
  inTurn<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Large bodies of one key that are taken in at once. */
const LARGE_AT_ONCE = 4;
const WAIT_MS = 60_000;

export function openBusy(): Busy {
  const inside = new Map<string, number>();
  const turns = new Map<string, ReturnType<typeof openSlots>>();
  const enter: Busy['enter'] = (name) => {
    const before = inside.get(name) ?? 0;
    inside.set(name, before + 1);
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      const now = (inside.get(name) ?? 1) - 1;
      if (now > 0) inside.set(name, now);
      else inside.delete(name);
    };
    return { before, leave };
  };
  return {
    enter,
    async inTurn(key, work, signal) {
      const slots =
        turns.get(key) ??
        openSlots(LARGE_AT_ONCE, { waitMs: WAIT_MS, what: 'uploads of this key' });
      turns.set(key, slots);
      const { leave } = enter(`turn ${key}`);
      try {
        const give = await slots.take(signal);
        return await work().finally(give);
      } finally {
        leave();
        if (!inside.has(`turn ${key}`)) turns.delete(key);
      }
    },
  };
}
