import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { digest } from '../kernel/digest.ts';
import { type Llm, type Question, readAnswer } from './llm.ts';

/**
 * Keeps every answer in a folder under its question's digest, so that a question is paid for once: a run
 * that was killed goes on where it stopped, and an unchanged repo asks nothing.
 */
export function withMemory(llm: Llm, folder: string): Llm {
  return {
    provider: llm.provider,
    model: llm.model,
    ask: async (question, options) => {
      const path = join(folder, `${memoryKey(llm, question)}.json`);
      const text = recall(path);
      if (text !== null) return readAnswer(question.schema, text, NOTHING);
      const answer = await llm.ask(question, options);
      if (answer.kind === 'ok' || answer.kind === 'invalid') keep(folder, path, answer.text);
      return answer;
    },
  };
}

const NOTHING = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };

function memoryKey({ provider, model }: Llm, question: Question<z.ZodType>): string {
  const { system, prompt, name, maxTokens } = question;
  return digest([provider, model, system, prompt, name, maxTokens]).slice(0, 32);
}

function recall(path: string): string | null {
  try {
    const kept: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof kept === 'string' ? kept : null;
  } catch {
    return null;
  }
}

function keep(folder: string, path: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, JSON.stringify(text), { mode: 0o600 });
  renameSync(draft, path);
}
