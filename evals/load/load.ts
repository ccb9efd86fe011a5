import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../src/config/load.ts';
import { forgetBaseline } from '../../src/db/baseline.ts';
import { probesOf } from '../../src/operations/probes.ts';
import { readModel } from '../../src/operations/reading.ts';
import { readShape } from '../../src/operations/shape.ts';
import { solvePlans } from '../../src/plan/solve.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import { compileState } from '../../src/state/compile.ts';
import { openAsker } from './ask.ts';
import { type Ground, openGround } from './ground.ts';
import { type Left, leftIn } from './left.ts';
import type { Ask, Asked, Task, Word } from './task.ts';

export interface LoadOptions {
  /** A fixture app by name. */
  readonly app: string;
  readonly states: number;
  readonly workers: number;
  readonly say: (line: string) => void;
}

export interface Loaded {
  readonly asked: readonly Asked[];
  /** Plans that don't fit a shared database, and why. */
  readonly unfit: readonly { readonly plan: string; readonly why: string }[];
  readonly plans: number;
  readonly seconds: number;
  /** Each worker's memory, word by word, with the number of states it had done. */
  readonly memory: readonly (readonly Sample[])[];
  readonly left: Left;
  readonly appMB: readonly [before: number, after: number];
}

export interface Sample extends Omit<Word, 'asked'> {
  readonly states: number;
}

const ROOT = fileURLToPath(new URL('../../fixtures/apps', import.meta.url));
const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Sets up, asks and takes down that many states of an app's plans in one database, by several processes at once. */
export async function loadStates({ app, states, workers, say }: LoadOptions): Promise<Loaded> {
  const root = join(ROOT, app);
  const reading = await readModel(root, { emit: () => undefined });
  const scenarios = deriveScenarios(reading.model);
  const { plans } = solvePlans(reading.model, scenarios);
  const config = await loadConfig(root);
  const about = { model: reading.model, scenarios, plans, config };
  const probes = probesOf(about, { env: {}, now: new Date() });
  const home = await mkdtemp(join(tmpdir(), 'statewright-load-'));
  try {
    await using ground = await openGround(root, { home, probes });
    await ground.database.baseline();
    const { fit, unfit } = await fitting(about, ground);
    await ground.database.session(forgetBaseline);
    say(`${fit.length} of ${plans.length} plans fit a shared database`);
    const before = await ground.database.checksums();
    const appBefore = memoryOf(ground.app.pid);
    const begun = performance.now();
    const { asked, memory } = await spread({ ground, asks: fit, states, workers, say });
    const seconds = (performance.now() - begun) / 1_000;
    const left = await leftIn(ground, before);
    const appMB = [appBefore, memoryOf(ground.app.pid)] as const;
    return { asked, unfit, plans: fit.length, seconds, memory, left, appMB };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

interface About {
  readonly model: Awaited<ReturnType<typeof readModel>>['model'];
  readonly plans: readonly Ask['plan'][];
}

/**
 * Each plan asked once, alone: it fits where it can be compiled, answers as planned and leaves nothing.
 * What the app makes of its own accord and ties to no row of ours needs a database of its own.
 */
async function fitting({ model, plans }: About, ground: Ground) {
  const fit: Ask[] = [];
  const unfit: { plan: string; why: string }[] = [];
  const shape = await ground.database.session(readShape);
  const before = JSON.stringify(await ground.database.checksums());
  const [app] = model.apps;
  await using asker = await openAsker(addresses(ground));
  for (const plan of plans) {
    const why = await unfitness(plan);
    if (why !== null) unfit.push({ plan: plan.id, why });
  }
  return { fit, unfit };

  async function unfitness(plan: Ask['plan']): Promise<string | null> {
    if (!app || Object.keys(plan.given.env).length > 0) return 'it needs an app of its own';
    if (plan.given.absent.length > 0) return 'it is about a whole table';
    const { state, findings } = compileState(plan, { app, ...shape, seed: '1' });
    const [wrong] = findings.filter(({ severity }) => severity === 'error');
    if (wrong) return wrong.code;
    const problem = await asker.ask({ plan, state }).then(
      (asked) => asked.problem,
      (error: unknown) => String(error),
    );
    if (problem) return problem;
    if (JSON.stringify(await ground.database.checksums()) !== before) {
      await ground.database.reset();
      return 'the app writes rows that refer to nothing of the plan';
    }
    fit.push({ plan, state });
    return null;
  }
}

function addresses({ url, database, twin, app }: Ground) {
  return { url, database: database.url, twin, app: app.url };
}

interface Spreading {
  readonly ground: Ground;
  readonly asks: readonly Ask[];
  readonly states: number;
  readonly workers: number;
  readonly say: LoadOptions['say'];
}

async function spread({ ground, asks, states, workers, say }: Spreading) {
  const asked: Asked[] = [];
  const memory: Sample[][] = [];
  const share = Math.ceil(states / workers);
  const each = Array.from({ length: workers }, (_, first) => {
    const count = Math.min(share, states - first * share);
    const task = { ...addresses(ground), asks, count, first, step: workers };
    const samples: Sample[] = [];
    memory.push(samples);
    return worker(task, (word) => {
      asked.push(...word.asked);
      const { asked: some, ...memory } = word;
      samples.push({ ...memory, states: (samples.at(-1)?.states ?? 0) + some.length });
      if (asked.length % 1_000 < word.asked.length) say(`${asked.length} of ${states}`);
    });
  });
  await Promise.all(each);
  return { asked, memory };
}

function worker(task: Task, told: (word: Word) => void): Promise<void> {
  const child = fork(WORKER, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('message', (word) => told(word as Word));
  child.send(task);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`A worker ended with code ${code}.`));
    });
  });
}

/** What the process holds for itself, in MB; 0 where the system doesn't say. */
function memoryOf(pid: number): number {
  try {
    const [, kb = '0'] = /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb) / 1024;
  } catch {
    return 0;
  }
}
