import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { StatewrightError } from '../../../kernel/errors.ts';
import { isRunning, ownProcess } from '../../../kernel/process.ts';
import type { Staged } from '../../../operations/staging.ts';
import type { Runner, Started } from '../service.ts';
import type { RunDown, RunRequest } from '../shapes.ts';
import type { Storage } from '../store/db.ts';
import { randomText } from '../store/keys.ts';
import {
  askDown,
  endRunsOf,
  holdersOf,
  type RunRow,
  runState,
  runsAskedDown,
} from '../store/runs.ts';
import { openEnds } from './ends.ts';
import { type Entered, type EntryOptions, openEntry } from './entry.ts';
import { requestsOf } from './requests.ts';

/** Runs on clones that this process holds, each with its app; they end with it. */
export interface CloneRuns {
  up(request: RunRequest & { readonly repo: string }, signal: AbortSignal): Promise<Started>;
  down(row: Pick<RunRow, 'id' | 'holder'>): Promise<RunDown>;
  /** Fires plans at a repo's app, each on a clone; nothing of it stands afterwards. */
  prove: Runner['prove'];
  close(): Promise<void>;
}

interface Options extends EntryOptions {
  readonly storage: Storage;
  readonly warn: (error: unknown) => void;
}

const HOUR_MS = 3_600_000;
const PULSE_MS = 1_000;
const ELSEWHERE_MS = 15_000;

interface Standing extends Entered {
  readonly staged: Staged;
  readonly timer: NodeJS.Timeout;
}

export function openCloneRuns(options: Options): CloneRuns {
  const { storage, warn } = options;
  const holder = holderOf();
  const { enter, close: closeHouses } = openEntry(options);
  const standing = new Map<string, Standing>();
  const settingUp = new Set<Promise<unknown>>();
  const ends = openEnds(storage);
  const atWork = <T>(work: Promise<T>): Promise<T> => {
    settingUp.add(work);
    return work.finally(() => settingUp.delete(work));
  };

  const takeDown = async (id: string): Promise<boolean> => {
    const found = standing.get(id);
    if (!found) return false;
    standing.delete(id);
    clearTimeout(found.timer);
    // Where its server has died, its database died with it.
    await found.staged.end().catch((error: unknown) => {
      if (found.house.alive()) warn(error);
    });
    await found.house.leave();
    found.give();
    return true;
  };
  const end = async (id: string, state: 'down' | 'gone'): Promise<void> => {
    await takeDown(id);
    await ends.write(id, state);
  };
  const setUp = async (request: RunRequest & { repo: string }, signal: AbortSignal) => {
    const { house, give } = await enter(request.repo, signal);
    try {
      const staged = await house.setUp(request.plan);
      const { id } = staged.run;
      const ms = request.hours * HOUR_MS;
      const started = await startedOn(staged, { holder, until: new Date(Date.now() + ms) });
      const timer = setTimeout(() => void end(id, 'gone').catch(warn), ms).unref();
      standing.set(id, { staged, house, timer, give });
      return started;
    } catch (error) {
      await house.leave();
      give();
      throw error;
    }
  };
  const prove: Runner['prove'] = async ({ repo, plans }, signal) => {
    const { house, give } = await enter(repo, signal);
    return house.prove(plans, signal).finally(() => house.leave().finally(give));
  };
  /** What other instances were asked to take down of ours, and what died here. */
  const pulse = async (): Promise<void> => {
    await ends.writeRest();
    for (const [id, { house }] of standing) if (!house.alive()) await end(id, 'gone');
    if (standing.size === 0) return;
    for (const id of await storage.with((db) => runsAskedDown(db, holder))) await end(id, 'down');
  };
  const pulsing = setInterval(() => void pulse().catch(warn), PULSE_MS).unref();
  void endOfDead(storage).catch(warn);
  return {
    up: (request, signal) => atWork(setUp(request, signal)),
    prove: (request, signal) => atWork(prove(request, signal)),
    async down({ id, holder: held }) {
      const done = { run: id, removed: 0, restored: 0 };
      if (await takeDown(id)) return { ...done, already: false };
      if (held === holder || !isHeld(held)) return { ...done, already: true };
      await downElsewhere(id, storage);
      return { ...done, already: false };
    },
    async close() {
      clearInterval(pulsing);
      await Promise.allSettled(settingUp);
      await Promise.allSettled([...standing.keys()].map(takeDown));
      await closeHouses();
      await storage.with((db) => endRunsOf(db, holder)).catch(warn);
    },
  };
}

async function startedOn(
  { run, when, seed, url, folder }: Staged,
  { holder, until }: { readonly holder: string; readonly until: Date },
): Promise<Started> {
  const expiresAt = until.toISOString();
  const handle = `${run.id}.${randomText(32)}`;
  return {
    run: { ...run, handle, hold: 'held', expiresAt },
    ...{ place: 'clone', holder, app: url, expiresAt, when: [...when], seed },
    requests: await requestsOf(when, { url, personas: run.personas, folder }),
  };
}

/** Asks the instance that holds a run to take it down, and waits until it has. */
async function downElsewhere(id: string, storage: Storage): Promise<void> {
  await storage.with((db) => askDown(db, id));
  const until = performance.now() + ELSEWHERE_MS;
  while ((await storage.with((db) => runState(db, id))) === 'up') {
    if (performance.now() > until) throw notAnswered(id);
    await sleep(PULSE_MS / 5);
  }
}

/** Runs of instances that were killed on this machine are gone: their clones ended with them. */
async function endOfDead(storage: Storage): Promise<void> {
  const holders = await storage.with(holdersOf);
  for (const holder of holders.filter((item) => !isHeld(item)))
    await storage.with((db) => endRunsOf(db, holder));
}

function holderOf(): string {
  const { pid, start } = ownProcess();
  return `${hostname()}/${pid}/${start}`;
}

/** Of a process on another machine nothing is known but that it may live. */
function isHeld(holder: string): boolean {
  const [host, pid, start = ''] = holder.split('/');
  return host !== hostname() || isRunning({ pid: Number(pid), start });
}

function notAnswered(id: string): StatewrightError {
  return new StatewrightError('run.held', `The instance that holds run ${id} does not answer.`, {
    hint: 'It is asked to take it down; its time ends by itself. Look again with GET.',
    ending: 'refused',
  });
}
