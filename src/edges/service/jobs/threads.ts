import { Worker } from 'node:worker_threads';
import { StatewrightError } from '../../../kernel/errors.ts';
import type { Event } from '../../../kernel/events.ts';
import { parsePrompt } from '../../../llm/prompt.ts';
import { readPrompt } from '../../../operations/prompts.ts';
import { type Posted, parsePosted } from '../posted.ts';
import { allowWork } from './allowance.ts';
import type { Handed } from './prepare.ts';
import type { Planner, PlanSource } from './work.ts';

export interface ThreadLimits {
  /** Of CPU time. */
  readonly workMs: number;
  readonly memoryMb: number;
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** What is planned in a thread; `cache` is the folder that keeps what was read of checkouts. */
export interface Task {
  readonly source: PlanSource;
  readonly prompt: string;
  readonly cache: string | null;
  /** Folders outside of which no code is read. */
  readonly roots: readonly string[];
}

/** What a thread says: an event, then how it ended. */
export type Said<Result> =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'done'; readonly result: Result }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };

/**
 * Reads and solves in threads of their own: the service goes on answering, and what needs too much time
 * or memory ends alone. Nothing that was posted is run.
 */
export function prepareInThread(
  limits: ThreadLimits,
  { cache, roots }: Pick<Task, 'cache' | 'roots'>,
): Planner['prepare'] {
  const prompt = readPrompt();
  const inThread = openThreads(new URL(`./thread.${extension}`, import.meta.url), limits);
  return async (source, { emit, signal }) => {
    const task: Task = { source, prompt, cache, roots };
    const what = `Planning these ${source.kind}`;
    const { code, ...rest } = await inThread<Handed>(task, { signal, emit, what });
    const codeOf = (scenario: { readonly id: string }) => code[scenario.id] ?? '';
    return { ...rest, subject: { model: rest.model, wording: parsePrompt(prompt), codeOf } };
  };
}

/** Smaller bodies are parsed at once. */
const SMALL = 256 * 1024;

/** Parses what may take long in a thread: a body made for it blocks a process for half a minute. */
export function parseInThread(limits: ThreadLimits): Planner['parse'] {
  const inThread = openThreads(new URL(`./parse-thread.${extension}`, import.meta.url), limits);
  return (sent, signal) => {
    if (sent.type === 'application/json' && sent.bytes.length <= SMALL) return parsePosted(sent);
    return inThread<Posted>(sent, { signal, what: 'Reading this body' });
  };
}

interface Asking {
  readonly signal: AbortSignal;
  readonly what: string;
  readonly emit?: (event: Event) => void;
}

/** A thread that has loaded what it needs is used again, so often; what it may have gathered goes with it. */
const MOST_TASKS = 50;
const MOST_IDLE = 4;

function openThreads(script: URL, limits: ThreadLimits) {
  const idle: { readonly worker: Worker; tasks: number }[] = [];
  const start = () => {
    const worker = new Worker(script, {
      env: {},
      execArgv: ['--no-warnings'],
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, stackSizeMb: 8 },
    });
    const thread = { worker, tasks: 0 };
    worker.on('exit', () => {
      if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
    });
    return thread;
  };
  return <Result>(task: unknown, { signal, what, emit }: Asking): Promise<Result> =>
    new Promise<Result>((resolve, reject) => {
      signal.throwIfAborted();
      const thread = idle.pop() ?? start();
      const { worker } = thread;
      const over = new AbortController();
      const release = (reusable: boolean): void => {
        over.abort();
        worker.removeAllListeners('message').removeAllListeners('error');
        worker.removeListener('exit', onExit);
        thread.tasks += 1;
        if (!reusable || thread.tasks >= MOST_TASKS || idle.length >= MOST_IDLE) {
          void worker.terminate();
        } else {
          worker.unref();
          idle.push(thread);
        }
      };
      const stop = (error: unknown): void => {
        release(false);
        reject(error);
      };
      const onExit = () => stop(new Error(`the thread ended without an answer: ${what}`));
      const unwatch = allowWork(worker, limits.workMs, () => stop(tooMuch(what, 'time')));
      over.signal.addEventListener('abort', unwatch);
      signal.addEventListener('abort', () => stop(signal.reason), { signal: over.signal });
      worker.on('message', (said: Said<Result>) => {
        if (said.kind === 'event') return emit?.(said.event);
        release(true);
        if (said.kind === 'done') return resolve(said.result);
        reject(new StatewrightError(said.code, said.message, { hint: said.hint }));
      });
      worker.on('error', (error) => stop(isOutOfMemory(error) ? tooMuch(what, 'memory') : error));
      worker.on('exit', onExit);
      worker.ref();
      worker.postMessage(task);
    });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooMuch(what: string, of: string): StatewrightError {
  return new StatewrightError('service.tooCostly', `${what} needs too much ${of}.`, {
    hint: 'Send one app of the repo at a time, or plan it with the command line: npx statewright plan.',
  });
}
