import { Worker } from 'node:worker_threads';
import { StatewrightError } from '../../../kernel/errors.ts';
import type { Event } from '../../../kernel/events.ts';
import { parsePrompt } from '../../../llm/prompt.ts';
import { readPrompt } from '../../../operations/subject.ts';
import { type Posted, parsePosted } from '../posted.ts';
import type { Handed } from './prepare.ts';
import type { Planner } from './work.ts';

export interface ThreadLimits {
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

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
 * Reads and solves in a thread of its own: the service goes on answering, and what needs too much time
 * or memory ends alone. Nothing that was posted is run.
 */
export function prepareInThread(limits: ThreadLimits): Planner['prepare'] {
  const prompt = readPrompt();
  return async (source, { emit, signal }) => {
    const what = `Planning these ${source.kind}`;
    const { code, ...rest } = await inThread<Handed>(
      new URL(`./thread.${extension}`, import.meta.url),
      {
        ...{ data: { source, prompt }, limits, signal, emit, what },
      },
    );
    const codeOf = (scenario: { readonly id: string }) => code[scenario.id] ?? '';
    return { ...rest, subject: { model: rest.model, wording: parsePrompt(prompt), codeOf } };
  };
}

/** Smaller bodies are parsed at once. */
const SMALL = 256 * 1024;

/** Parses what may take long in a thread of its own: a body made for it blocks a process for half a minute. */
export function parseInThread(limits: ThreadLimits): Planner['parse'] {
  return (sent, signal) => {
    if (sent.type === 'application/json' && sent.bytes.length <= SMALL) return parsePosted(sent);
    const what = 'Reading this body';
    return inThread<Posted>(new URL(`./parse-thread.${extension}`, import.meta.url), {
      ...{ data: sent, limits, signal, what },
    });
  };
}

interface Threading {
  readonly data: unknown;
  readonly limits: ThreadLimits;
  readonly signal: AbortSignal;
  readonly what: string;
  readonly emit?: (event: Event) => void;
}

function inThread<Result>(
  script: URL,
  { data, limits, signal, what, emit }: Threading,
): Promise<Result> {
  return new Promise<Result>((resolve, reject) => {
    signal.throwIfAborted();
    const worker = new Worker(script, {
      workerData: data,
      env: {},
      execArgv: ['--no-warnings'],
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, stackSizeMb: 8 },
    });
    const stop = (error: unknown): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      void worker.terminate();
      reject(error);
    };
    const onAbort = (): void => stop(signal.reason);
    const timer = setTimeout(() => stop(tooMuch(what, 'time')), limits.timeoutMs);
    signal.addEventListener('abort', onAbort);
    worker.on('message', (said: Said<Result>) => {
      if (said.kind === 'event') return emit?.(said.event);
      if (said.kind === 'failed') {
        return stop(new StatewrightError(said.code, said.message, { hint: said.hint }));
      }
      resolve(said.result);
      stop(null);
    });
    worker.on('error', (error) => stop(isOutOfMemory(error) ? tooMuch(what, 'memory') : error));
    worker.on('exit', () => stop(new Error(`the thread ended without an answer: ${what}`)));
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
