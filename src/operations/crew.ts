import module from 'node:module';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import type { Emit } from '../kernel/events.ts';
import type { Crew, Helped } from '../model/crew.ts';
import type { Files, Repo } from '../repo/repo.ts';

/** What a thread is given to follow endpoints with. */
export interface Given {
  readonly repo: Repo;
  readonly texts: ReadonlyMap<string, string>;
  readonly root: string;
  readonly places: readonly number[];
  /** The folder where our own modules are kept compiled. */
  readonly compiled: string | undefined;
  /** One number, of all threads: how many of the places are taken. */
  readonly taken: Int32Array;
  /** `Helped`, one by one. */
  readonly port: MessagePort;
}

interface Reading {
  readonly repo: Repo;
  readonly files: Files;
  /** How many threads may be at work, this one included. */
  readonly threads: number;
  readonly emit: Emit;
}

const MOST = 8;
/** What reading a large app takes of memory. */
const EACH_BYTES = 1_500_000_000;
const LEAST_PLACES = 6;
const ALONE_MS = 1_500;
/** The thread that reads, and one core for what the engine does beside: on two cores others only stand in the way. */
const ALONE = 2;

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const SCRIPT = new URL(`./crew-thread.${extension}`, import.meta.url);

/**
 * Threads that read the same texts again, as many as there may be and memory has room for; undefined where
 * this one is alone. A thread that ends early takes nothing with it but its time.
 */
export function openCrew({ repo, files, threads, emit }: Reading): Crew | undefined {
  const room = Math.floor(process.availableMemory() / EACH_BYTES);
  const most = Math.min(MOST, threads, room) - ALONE;
  if (most < 1) return undefined;
  return {
    afterMs: ALONE_MS,
    share: (root, places) => {
      const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      const texts = new Map(repo.files.map(({ path }) => [path, files.read(path)]));
      const compiled = module.getCompileCacheDir?.();
      const given = { compiled, repo, texts, root, places, taken };
      const count = Math.min(most, Math.floor(places.length / LEAST_PLACES));
      const threads = Array.from({ length: count }, () => startThread(given, emit));
      return {
        next: () => takeNext(given),
        arrived: () => threads.flatMap(({ port }) => messagesOf(port)),
        end: () => {
          for (const { worker, port } of threads) {
            port.close();
            void worker.terminate();
          }
        },
      };
    },
  };
}

/** The next place that no thread has taken. */
export function takeNext({ places, taken }: Pick<Given, 'places' | 'taken'>): number | undefined {
  return places[Atomics.add(taken, 0, 1)];
}

function startThread(
  given: Omit<Given, 'port'>,
  emit: Emit,
): { worker: Worker; port: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(SCRIPT, {
    workerData: { ...given, port: port2 } satisfies Given,
    transferList: [port2],
    env: {},
    execArgv: ['--no-warnings'],
    resourceLimits: { maxOldGenerationSizeMb: EACH_BYTES / 1_000_000, stackSizeMb: MAIN_STACK_MB },
  });
  worker.on('error', (error) =>
    emit({ kind: 'note', note: `A thread that helped to read ended: ${error}` }),
  );
  worker.unref();
  return { worker, port: port1 };
}

/** As much as Node's main thread has, so that code nests too deeply for both or for none. */
const MAIN_STACK_MB = 1.15;

/** What has come on a port meanwhile, without a turn of the event loop. */
function messagesOf(port: MessagePort): Helped[] {
  const all: Helped[] = [];
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
    all.push(next.message);
  return all;
}
