import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Llm } from './llm.ts';

const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Asks again where that may help: a busy provider after the time it names, one that is down or slow after a
 * growing pause. Each try has its own time limit.
 */
export function withPatience(
  llm: Llm,
  { tries, timeoutMs }: { readonly tries: number; readonly timeoutMs: number },
): Llm {
  return {
    provider: llm.provider,
    model: llm.model,
    ask: async (question, { signal }) => {
      for (let turn = 1; ; turn++) {
        const limit = AbortSignal.timeout(timeoutMs);
        const answer = await llm
          .ask(question, { signal: AbortSignal.any([signal, limit]) })
          .catch((error: unknown) => {
            signal.throwIfAborted();
            if (limit.aborted) return timedOut(timeoutMs);
            throw error;
          });
        if (turn >= tries || !worthwhile(answer)) return answer;
        const pause = answer.retryAfterMs ?? PAUSE_MS * 2 ** (turn - 1);
        if (pause > LONGEST_PAUSE_MS) return answer;
        await sleep(pause, undefined, { signal });
      }
    },
  };
}

function timedOut(timeoutMs: number): Extract<Answer<never>, { kind: 'unreachable' }> {
  const message = `No answer within ${timeoutMs / 1000} s.`;
  return { kind: 'unreachable', because: 'timeout', message, retryAfterMs: null };
}

function worthwhile(
  answer: Answer<unknown>,
): answer is Extract<Answer<unknown>, { kind: 'unreachable' }> {
  return answer.kind === 'unreachable' && ['busy', 'timeout', 'down'].includes(answer.because);
}
