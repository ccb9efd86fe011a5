import { parseArgs } from 'node:util';
import { COMPARED, COMPARED_APP } from './by-hand.ts';
import { type Loaded, loadStates, type Sample } from './load.ts';
import { slope } from './slope.ts';

/** `node evals/load/states.ts --states 10000 --workers 8`; `--json` for a machine. Exits with 1 where anything differed or was left. */
const { values } = parseArgs({
  options: {
    app: { type: 'string', default: COMPARED_APP },
    states: { type: 'string', default: '10000' },
    workers: { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
  },
});
const loaded = await loadStates({
  app: values.app,
  states: Number(values.states),
  workers: Number(values.workers),
  say: (line) => console.error(line),
});
const summary = summed(loaded);
console.log(values.json ? JSON.stringify(summary, null, 2) : text(summary));
const { left, wrong } = summary;
const clean = left.tables.length + left.made + left.runs.length + left.databases.length === 0;
process.exitCode = clean && wrong.length === 0 ? 0 : 1;

function summed({ asked, memory, plans, seconds, left, unfit, appMB }: Loaded) {
  const compared = asked.filter(({ plan }) => plan === COMPARED);
  const of = (samples: readonly number[]) => ({ p50: at(samples, 0.5), p99: at(samples, 0.99) });
  return {
    states: asked.length,
    plans,
    seconds,
    wrong: asked.filter(({ problem }) => problem !== null),
    setUpMs: of(asked.map(({ upMs }) => upMs)),
    takeDownMs: of(asked.map(({ downMs }) => downMs)),
    compared: {
      plan: COMPARED,
      states: compared.length,
      oursMs: of(compared.map(({ upMs }) => upMs)),
      byHandMs: of(compared.flatMap(({ handMs }) => (handMs === null ? [] : [handMs]))),
    },
    rows: asked.reduce((sum, { removed }) => sum + removed, 0),
    heapKBperThousandStates: memory.map((samples) => 1024 * 1_000 * growth(samples, 'heapMB')),
    rssKBperThousandStates: memory.map((samples) => 1024 * 1_000 * growth(samples, 'rssMB')),
    memory,
    appMB,
    left,
    unfit,
  };
}

function text(summary: ReturnType<typeof summed>): string {
  const { p50, p99 } = summary.setUpMs;
  const { compared, takeDownMs, left, wrong, unfit } = summary;
  const ms = (of: { p50: number; p99: number }) => `${of.p50.toFixed(2)} / ${of.p99.toFixed(2)} ms`;
  const kb = (list: readonly number[]) => list.map((n) => n.toFixed(0)).join(', ');
  return [
    `${summary.states} states of ${summary.plans} plans in ${summary.seconds.toFixed(0)} s; ${wrong.length} answered otherwise`,
    `set-up p50 / p99: ${p50.toFixed(2)} / ${p99.toFixed(2)} ms; teardown ${ms(takeDownMs)}; ${summary.rows} rows taken away`,
    `"${compared.plan}" (${compared.states} times): ${ms(compared.oursMs)}; by hand ${ms(compared.byHandMs)}`,
    `heap a thousand states, each worker, after a garbage collection: ${kb(summary.heapKBperThousandStates)} KB`,
    `resident: ${kb(summary.rssKBperThousandStates)} KB; the app ${summary.appMB.map((mb) => mb.toFixed(0)).join(' → ')} MB`,
    `left: ${JSON.stringify(left)}`,
    ...wrong.slice(0, 5).map(({ plan, problem }) => `  ${plan}: ${problem}`),
    `not asked, for they need a database of their own:`,
    ...unfit.map(({ plan, why }) => `  ${plan}: ${why}`),
  ].join('\n');
}

function at(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

/** MB a state over the last third: before, code is compiled and caches fill. */
function growth(samples: readonly Sample[], what: 'heapMB' | 'rssMB'): number {
  const steady = samples.slice(Math.floor((2 * samples.length) / 3));
  return slope(steady.map((sample) => [sample.states, sample[what]]));
}
