import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { canonicalJson, digest } from '../kernel/digest.ts';
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
export type Cassette = Readonly<z.infer<typeof Cassette>>;

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

/**
 * Replays answers from a folder; throws `llm.noCassette` where one is missing, and says that `command` records
 * it.
 */
export function openCassettes(folder: string, command: string, take = 1): Llm {
  return {
    provider: 'cassette',
    model: 'cassette',
    ask: async (question) => {
      const { answer } = readCassette(cassettePath(folder, question, take), { question, command });
      const usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
      return readAnswer(question.schema, answer, usage);
    },
  };
}

/** Keeps what a model answers as recorded answers in a folder, in the place of those that are there. */
export function recordCassettes(llm: Llm, folder: string, take = 1): Llm {
  return {
    ...llm,
    ask: async (question, options) => {
      const answer = await llm.ask(question, options);
      if (answer.kind !== 'ok' && answer.kind !== 'invalid') return answer;
      const cassette: Cassette = {
        version: 1,
        origin: 'recorded',
        model: `${llm.provider} ${llm.model}`,
        about: question.about,
        answer: answer.text,
      };
      mkdirSync(folder, { recursive: true });
      writeFileSync(cassettePath(folder, question, take), `${canonicalJson(cassette, 2)}\n`);
      return answer;
    },
  };
}

/** A question in full, to be answered by somebody who has nothing but this text. */
export function questionText({ system, prompt, schema }: Question<z.ZodType>): string {
  const shape = JSON.stringify(z.toJSONSchema(schema));
  const rule = 'The answer is JSON of this schema and nothing else, no text around it:';
  return `${system}\n\n${rule}\n${shape}\n\n${prompt}\n`;
}

function readCassette(
  path: string,
  { question, command }: { readonly question: Question<z.ZodType>; readonly command: string },
): Cassette {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new StatewrightError(
      'llm.noCassette',
      `There is no recorded answer about ${question.about} at ${path}.`,
      {
        hint: `The question changed since it was answered, or never was. With a key "${command}" records its answer.`,
        cause,
      },
    );
  }
  return Cassette.parse(JSON.parse(text));
}
