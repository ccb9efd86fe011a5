import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cassetteKey, cassettePath, openCassettes, questionText } from '../src/llm/cassette.ts';
import type { Answer, Llm } from '../src/llm/llm.ts';
import { CASSETTES, type Settings } from './settings.ts';

/**
 * Who answers a case: the model that was chosen, or the recorded answers. A repair that nobody was asked for
 * ends as a refusal does; with `questions`, so does every question without an answer, written down there.
 */
export function answering({ llm, cassettes = CASSETTES, questions }: Settings, take: number): Llm {
  if (llm) return llm;
  const recorded = openCassettes(cassettes, take);
  return {
    ...recorded,
    ask: async (question, options) => {
      if (existsSync(cassettePath(cassettes, question, take)))
        return recorded.ask(question, options);
      if (questions) {
        mkdirSync(questions, { recursive: true });
        writeFileSync(join(questions, `${cassetteKey(question)}.txt`), questionText(question));
        return UNANSWERED;
      }
      return isRepair(question.prompt) ? UNANSWERED : recorded.ask(question, options);
    },
  };
}

const UNANSWERED: Answer<never> = {
  kind: 'refused',
  text: '',
  usage: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
};

/** Whether an answer was given before and found wanting. */
function isRepair(prompt: string): boolean {
  return !prompt.includes('<data name="answer">\nnone\n</data>');
}
