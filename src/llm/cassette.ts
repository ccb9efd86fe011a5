import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { digest } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { type Llm, type Question, readAnswer } from './llm.ts';

/** A recorded answer. `origin` says who gave it: scores are split by it. */
export const Cassette = z.strictObject({
  version: z.literal(1),
  origin: z.enum(['recorded', 'transcribed', 'authored']),
  model: z.string(),
  about: z.string(),
  answer: z.string(),
});

/** The key of a question's cassette: its whole rendered text, so a changed prompt needs its own answer. */
export function cassetteKey(question: Pick<Question<z.ZodType>, 'system' | 'prompt'>): string {
  return digest([question.system, question.prompt]).slice(0, 24);
}

/**
 * Where the answer to a question is kept: `<key>.json`, and `<key>-2.json` and so on for what was answered
 * when it was asked again.
 */
export function cassettePath(
  folder: string,
  question: Pick<Question<z.ZodType>, 'system' | 'prompt'>,
  take = 1,
): string {
  return join(folder, `${cassetteKey(question)}${take > 1 ? `-${take}` : ''}.json`);
}

/** Replays answers from a folder; throws `llm.noCassette` where one is missing. */
export function openCassettes(folder: string, take = 1): Llm {
  return {
    provider: 'cassette',
    model: 'cassette',
    ask: async ({ system, prompt, schema }) => {
      const { answer } = readCassette(cassettePath(folder, { system, prompt }, take));
      return readAnswer(schema, answer, { inputTokens: 0, cachedTokens: 0, outputTokens: 0 });
    },
  };
}

/** A question in full, to be answered by somebody who has nothing but this text. */
export function questionText({ system, prompt, schema }: Question<z.ZodType>): string {
  const shape = JSON.stringify(z.toJSONSchema(schema));
  const rule = 'The answer is JSON of this schema and nothing else, no text around it:';
  return `${system}\n\n${rule}\n${shape}\n\n${prompt}\n`;
}

function readCassette(path: string): z.infer<typeof Cassette> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new StatewrightError('llm.noCassette', `There is no recorded answer at ${path}.`, {
      hint: 'The question changed since it was answered. "npx statewright plan --llm cassette --show-prompt" prints it, "npm run eval -- --questions FOLDER" writes down those of the evals; keep its answer there.',
      cause,
    });
  }
  return Cassette.parse(JSON.parse(text));
}
