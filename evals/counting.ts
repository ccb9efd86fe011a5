import { existsSync, readFileSync } from 'node:fs';
import type { Origin } from '../src/eval/eval.ts';
import { Cassette } from '../src/llm/cassette.ts';
import { estimateTokens, type Llm } from '../src/llm/llm.ts';

/** A model that counts what it is asked: a cassette bills nothing, so tokens are estimated from the texts. */
export interface Counting extends Llm {
  readonly counted: { calls: number; tokens: number };
}

export function counting(llm: Llm): Counting {
  const counted = { calls: 0, tokens: 0 };
  return {
    ...llm,
    counted,
    ask: async (question, options) => {
      const answer = await llm.ask(question, options);
      counted.calls += 1;
      counted.tokens += estimateTokens(
        question.system + question.prompt + ('text' in answer ? answer.text : ''),
      );
      return answer;
    },
  };
}

/** Where the recorded answers at these paths come from: the least certain of them. */
export function originOf(paths: readonly string[]): Origin {
  const origins = paths
    .filter(existsSync)
    .map((path) => Cassette.parse(JSON.parse(readFileSync(path, 'utf8'))).origin);
  const ranked: Origin[] = ['authored', 'transcribed', 'recorded'];
  return ranked.find((origin) => origins.some((one) => one === origin)) ?? 'authored';
}
