/** Counts and timings of the service, as Prometheus reads them. */
export interface Metrics {
  count(name: string, labels: Readonly<Record<string, string>>): void;
  /** A request to an endpoint was answered. */
  answered(endpoint: string, status: number, seconds: number): void;
  gauge(name: string, read: () => number): void;
  text(): string;
}

/** Of one endpoint: how often each status was given, and how long it took. */
interface Answers {
  readonly statuses: Map<number, number>;
  readonly buckets: number[];
  sum: number;
  count: number;
}

const BOUNDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30];

export function openMetrics(): Metrics {
  const counters = new Map<string, number>();
  const endpoints = new Map<string, Answers>();
  const gauges = new Map<string, () => number>();
  return {
    count(name, labels) {
      const list = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const line = `statewright_${name}_total{${list.join(',')}}`;
      counters.set(line, (counters.get(line) ?? 0) + 1);
    },
    answered(endpoint, status, seconds) {
      const found = endpoints.get(endpoint) ?? noAnswers();
      endpoints.set(endpoint, found);
      found.statuses.set(status, (found.statuses.get(status) ?? 0) + 1);
      const within = BOUNDS.findIndex((bound) => seconds <= bound);
      if (within >= 0) found.buckets[within] = (found.buckets[within] ?? 0) + 1;
      found.sum += seconds;
      found.count += 1;
    },
    gauge: (name, read) => void gauges.set(name, read),
    text() {
      const lines = [...counted(counters), ...requests(endpoints)];
      for (const [name, read] of gauges) {
        lines.push(`# TYPE statewright_${name} gauge`, `statewright_${name} ${read()}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}

function noAnswers(): Answers {
  return { statuses: new Map(), buckets: BOUNDS.map(() => 0), sum: 0, count: 0 };
}

function counted(counters: ReadonlyMap<string, number>): string[] {
  const names = new Set([...counters.keys()].map((line) => line.split('{')[0] ?? ''));
  return [...names].flatMap((name) => [
    `# TYPE ${name} counter`,
    ...[...counters].flatMap(([line, value]) =>
      line.startsWith(`${name}{`) ? [`${line} ${value}`] : [],
    ),
  ]);
}

function requests(endpoints: ReadonlyMap<string, Answers>): string[] {
  const all = [...endpoints];
  const total = 'statewright_requests_total';
  const took = 'statewright_request_seconds';
  return [
    `# TYPE ${total} counter`,
    ...all.flatMap(([endpoint, { statuses }]) =>
      [...statuses].map(
        ([status, count]) => `${total}{endpoint="${endpoint}",status="${status}"} ${count}`,
      ),
    ),
    `# TYPE ${took} histogram`,
    ...all.flatMap(([endpoint, { buckets, sum, count }]) => [
      ...BOUNDS.map(
        (bound, at) => `${took}_bucket{endpoint="${endpoint}",le="${bound}"} ${upTo(buckets, at)}`,
      ),
      `${took}_bucket{endpoint="${endpoint}",le="+Inf"} ${count}`,
      `${took}_sum{endpoint="${endpoint}"} ${sum.toFixed(6)}`,
      `${took}_count{endpoint="${endpoint}"} ${count}`,
    ]),
  ];
}

function upTo(buckets: readonly number[], at: number): number {
  return buckets.slice(0, at + 1).reduce((sum, count) => sum + count, 0);
}
