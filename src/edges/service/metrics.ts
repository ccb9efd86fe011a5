/** Counts and timings of the service, as Prometheus reads them. */
export interface Metrics {
  count(name: string, labels: Readonly<Record<string, string>>): void;
  time(endpoint: string, seconds: number): void;
  gauge(name: string, read: () => number): void;
  text(): string;
}

const BOUNDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 30];

export function openMetrics(): Metrics {
  const counters = new Map<string, number>();
  const timings = new Map<string, { buckets: number[]; sum: number; count: number }>();
  const gauges = new Map<string, () => number>();
  return {
    count(name, labels) {
      const list = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const line = `statewright_${name}_total{${list.join(',')}}`;
      counters.set(line, (counters.get(line) ?? 0) + 1);
    },
    time(endpoint, seconds) {
      const found = timings.get(endpoint) ?? { buckets: BOUNDS.map(() => 0), sum: 0, count: 0 };
      for (const [at, bound] of BOUNDS.entries()) {
        if (seconds <= bound) found.buckets[at] = (found.buckets[at] ?? 0) + 1;
      }
      found.sum += seconds;
      found.count += 1;
      timings.set(endpoint, found);
    },
    gauge: (name, read) => void gauges.set(name, read),
    text() {
      const names = new Set([...counters.keys()].map((line) => line.split('{')[0] ?? ''));
      const lines = [...names].flatMap((name) => [
        `# TYPE ${name} counter`,
        ...[...counters].flatMap(([line, value]) =>
          line.startsWith(`${name}{`) ? [`${line} ${value}`] : [],
        ),
      ]);
      lines.push('# TYPE statewright_request_seconds histogram');
      for (const [endpoint, { buckets, sum, count }] of timings) {
        const name = `statewright_request_seconds`;
        for (const [at, bound] of BOUNDS.entries()) {
          lines.push(`${name}_bucket{endpoint="${endpoint}",le="${bound}"} ${buckets[at]}`);
        }
        lines.push(`${name}_bucket{endpoint="${endpoint}",le="+Inf"} ${count}`);
        lines.push(`${name}_sum{endpoint="${endpoint}"} ${sum.toFixed(6)}`);
        lines.push(`${name}_count{endpoint="${endpoint}"} ${count}`);
      }
      for (const [name, read] of gauges) {
        lines.push(`# TYPE statewright_${name} gauge`, `statewright_${name} ${read()}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}
