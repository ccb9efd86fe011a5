import { parseArgs } from 'node:util';
import { bulkBench } from './bulk.bench.ts';
import { cloneBench } from './clone.bench.ts';
import type { Comparison } from './measure.ts';
import { readBench } from './read.bench.ts';
import { serviceBench } from './service.bench.ts';
import { stateBench } from './state.bench.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Runs the benches whose name holds this. */
    only: { type: 'string', default: '' },
    /** A folder with checkouts of the apps that are read, by name. */
    apps: { type: 'string' },
    /** Fetches the apps that are read and not in that folder. */
    fetch: { type: 'boolean', default: false },
  },
});

const benches: { readonly [name: string]: () => Promise<readonly Comparison[]> } = {
  clone: cloneBench,
  state: stateBench,
  service: serviceBench,
  bulk: bulkBench,
  read: () => readBench(values),
};

const comparisons: Comparison[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (name.includes(values.only)) comparisons.push(...(await bench()));
}

if (values.json) {
  console.log(JSON.stringify({ comparisons: comparisons.map(withRatio) }, null, 2));
} else {
  console.table(comparisons.map(row));
}

function withRatio(comparison: Comparison) {
  return { ...comparison, ratio: comparison.ours.median / comparison.theirs.median };
}

function row(comparison: Comparison) {
  const { name, beside, unit, ours, theirs, aim } = comparison;
  const ratio = ours.median / theirs.median;
  const most = unit !== '/s';
  const aimed = most ? `≤ ${aim}` : `≥ ${aim}`;
  const met = most ? ratio <= aim : ratio >= aim;
  const figures = (of: Comparison['ours']) => `${of.median.toFixed(2)} (${of.p95.toFixed(2)})`;
  return {
    work: name,
    [`ours: median (p95)`]: `${figures(ours)} ${unit}`,
    beside,
    [`theirs: median (p95)`]: `${figures(theirs)} ${unit}`,
    ratio: `${ratio.toFixed(3)}×`,
    aim: `${aimed}× ${met ? 'met' : 'missed'}`,
  };
}
