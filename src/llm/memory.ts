import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { digest } from '../kernel/digest.ts';
import { type Answer, type Llm, type Question, readAnswer } from './llm.ts';

/**
 * Keeps every answer that was paid for in a folder under its question's digest, a refusal and one that was cut
 * too, so that a question is paid for once: a run that was killed goes on where it stopped, and an unchanged
 * repo asks nothing.
 */
export function withMemory(llm: Llm, folder: string): Llm {
  return {
    provider: llm.provider,
    model: llm.model,
    ask: async (question, options) => {
      const path = join(folder, `${memoryKey(llm, question)}.json`);
      const kept = recall(path);
      if (kept) return replay(kept, (text) => readAnswer(question.schema, text, NOTHING));
      const answer = await llm.ask(question, options);
      if (answer.kind !== 'unreachable')
        keep(folder, path, { kind: answer.kind, text: answer.text });
      return answer;
    },
  };
}

const NOTHING = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };

/** How an answer ended, and its words. */
const Kept = z.object({
  kind: z.enum(['ok', 'invalid', 'refused', 'truncated']),
  text: z.string(),
});
type Kept = z.infer<typeof Kept>;

function replay<Value>({ kind, text }: Kept, read: (text: string) => Answer<Value>): Answer<Value> {
  return kind === 'refused' || kind === 'truncated' ? { kind, text, usage: NOTHING } : read(text);
}

function memoryKey({ provider, model }: Llm, question: Question<z.ZodType>): string {
  const { system, prompt, name, maxTokens } = question;
  return digest([provider, model, system, prompt, name, maxTokens]).slice(0, 32);
}

function recall(path: string): Kept | null {
  try {
    return Kept.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function keep(folder: string, path: string, answer: Kept): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, JSON.stringify(answer), { mode: 0o600 });
  renameSync(draft, path);
}
