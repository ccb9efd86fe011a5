import type { Serving } from './serving.ts';
import { slope } from './slope.ts';

/** What a service held over a while, in MB, at seconds. */
export interface Watched {
  /** Of the machine's memory, garbage and all. */
  readonly resident: readonly Sample[];
  /** Its heap after a garbage collection. */
  readonly heap: readonly Sample[];
}

type Sample = readonly [seconds: number, mb: number];

const EVERY_MS = 30_000;

/** Looks at a service's memory until it is told to end. */
export function watch(serving: Serving, say: (words: string) => void) {
  const begun = performance.now();
  const [resident, heap]: [Sample[], Sample[]] = [[], []];
  const look = async (): Promise<void> => {
    const seconds = (performance.now() - begun) / 1_000;
    resident.push([seconds, serving.residentMB()]);
    heap.push([seconds, await serving.heapMB()]);
    say(`${resident.at(-1)?.[1].toFixed(0)} MB, of which ${heap.at(-1)?.[1].toFixed(1)} in use`);
  };
  const looking = setInterval(() => void look(), EVERY_MS);
  return {
    end(): Watched {
      clearInterval(looking);
      return { resident, heap };
    },
  };
}

/** MB a minute; the first third, in which code is compiled and caches fill, is left out. */
export function gained(samples: readonly Sample[]): number {
  return 60 * slope(samples.slice(Math.floor(samples.length / 3)));
}

export function course(samples: readonly Sample[]): string {
  const all = samples.map(([, mb]) => mb.toFixed(0)).join(' ');
  return `${all} MB; ${gained(samples).toFixed(1)} MB a minute`;
}
