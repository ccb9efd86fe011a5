/** What one benchmark says: the measured thing beside its yardstick, both taken in the same run. */
export interface Comparison {
  readonly name: string;
  readonly beside: string;
  readonly unit: 'ms' | '/s' | 'MB';
  readonly ours: Spread;
  readonly theirs: Spread;
  /** The goal for ours / theirs: at most for times, at least for rates. */
  readonly aim: number;
}

export interface Spread {
  readonly median: number;
  readonly p95: number;
}

/** Median and 95th percentile. */
export function spread(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95) };
}

/** How long `work` takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
