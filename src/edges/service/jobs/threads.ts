import { Worker } from 'node:worker_threads';
import { StatewrightError } from '../../../kernel/errors.ts';
import { parsePrompt } from '../../../llm/prompt.ts';
import type { Prepared } from '../../../operations/plan-job.ts';
import { readPrompt } from '../../../operations/subject.ts';
import type { Said } from './thread.ts';
import type { Planner, PlanSource } from './work.ts';

export interface ThreadLimits {
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

/**
 * Reads and solves in a thread of its own: the service goes on answering, and what needs too much time
 * or memory ends alone. Nothing that was posted is run.
 */
export function prepareInThread(limits: ThreadLimits): Planner['prepare'] {
  const prompt = readPrompt();
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = new URL(`./thread.${extension}`, import.meta.url);
  return (source, { emit, signal }) =>
    new Promise<Prepared>((resolve, reject) => {
      signal.throwIfAborted();
      const worker = new Worker(script, {
        workerData: { source, prompt },
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
      const timer = setTimeout(() => stop(tooMuch(source, 'time')), limits.timeoutMs);
      signal.addEventListener('abort', onAbort);
      worker.on('message', (said: Said) => {
        if (said.kind === 'event') return emit(said.event);
        if (said.kind === 'failed') {
          return stop(new StatewrightError(said.code, said.message, { hint: said.hint }));
        }
        const { code, ...rest } = said.handed;
        const codeOf = (scenario: { readonly id: string }) => code[scenario.id] ?? '';
        resolve({ ...rest, subject: { model: rest.model, wording: parsePrompt(prompt), codeOf } });
        stop(null);
      });
      worker.on('error', (error) => stop(isOutOfMemory(error) ? tooMuch(source, 'memory') : error));
      worker.on('exit', () => stop(new Error('the planning thread ended without an answer')));
    });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooMuch({ kind }: PlanSource, what: string): StatewrightError {
  return new StatewrightError(
    'service.tooCostly',
    `Planning these ${kind} needs too much ${what}.`,
    {
      hint: 'Send one app of the repo at a time, or plan it with the command line: npx statewright plan.',
    },
  );
}
