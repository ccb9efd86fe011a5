import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cassettePath, openCassettes, questionText, recordCassettes } from '../src/llm/cassette.ts';
import type { Answer, Llm } from '../src/llm/llm.ts';
import { CASSETTES, type Settings } from './settings.ts';

/**
 * Who answers a case: the model that was chosen, or the recorded answers. A repair that nobody was asked for
 * ends as a refusal does; with `questions`, so does every question without an answer, written down there.
 */
export function answering(
  { llm, cassettes = CASSETTES, questions, record = false, promptFile }: Settings,
  {
    id,
    take,
    judge = false,
  }: { readonly id: string; readonly take: number; readonly judge?: boolean },
): Llm {
  if (llm) return record ? recordCassettes(llm, cassettes, take) : llm;
  const recorded = openCassettes(cassettes, recordingOf(id, { take, promptFile, judge }), take);
  return {
    ...recorded,
    ask: async (question, options) => {
      if (existsSync(cassettePath(cassettes, question, take)))
        return recorded.ask(question, options);
      if (questions) {
        mkdirSync(questions, { recursive: true });
        const name = basename(cassettePath(cassettes, question, take), '.json');
        writeFileSync(join(questions, `${name}.txt`), questionText(question));
        return UNANSWERED;
      }
      return isRepair(question.prompt) ? UNANSWERED : recorded.ask(question, options);
    },
  };
}

/** The command that records the answers to a case, given a key. */
function recordingOf(
  id: string,
  {
    take,
    promptFile,
    judge,
  }: {
    readonly take: number;
    readonly promptFile: string | null | undefined;
    readonly judge: boolean;
  },
): string {
  const judging = judge ? ' --judge' : '';
  const prompt = promptFile ? ` --prompt ${promptFile}` : '';
  const runs = take > 1 ? ` --runs ${take}` : '';
  return `npm run eval -- --case ${id}${prompt}${judging} --llm anthropic --record${runs}`;
}

const UNANSWERED: Answer<never> = {
  kind: 'refused',
  text: '',
  usage: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
};

/** Whether an answer was given before and found wanting. */
function isRepair(prompt: string): boolean {
  const answer = /<data name="answer">\n(.*)/.exec(prompt);
  return answer !== null && answer[1] !== 'none';
}
