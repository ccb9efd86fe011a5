import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../src/config/load.ts';
import { probesOf } from '../../src/operations/probes.ts';
import { readModel } from '../../src/operations/reading.ts';
import { solvePlans } from '../../src/plan/solve.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import { addresses, fitting } from './fitting.ts';
import { type Ground, openGround } from './ground.ts';
import { type Left, leftIn } from './left.ts';
import { residentOf } from './serving.ts';
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
    const { fit, unfit } = await fitting(about, ground);
    say(`${fit.length} of ${plans.length} plans fit a shared database`);
    const before = await ground.database.checksums();
    const appBefore = residentOf(ground.app.pid);
    const begun = performance.now();
    const { asked, memory } = await spread({ ground, asks: fit, states, workers, say });
    const seconds = (performance.now() - begun) / 1_000;
    const left = await leftIn(ground, before);
    const appMB = [appBefore, residentOf(ground.app.pid)] as const;
    return { asked, unfit, plans: fit.length, seconds, memory, left, appMB };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
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
    // V8's young generation doubles until it is at its limit: small from the start, it is not taken for growth.
    execArgv: ['--expose-gc', '--max-semi-space-size=2'],
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
