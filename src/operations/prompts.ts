import { readFileSync } from 'node:fs';

const PROMPTS = new URL('../../prompts/plan/', import.meta.url);

/** A prompt as it lies in the package. */
export function readPrompt(name: 'propose' | 'suggest' = 'propose'): string {
  return readFileSync(new URL(`${name}.md`, PROMPTS), 'utf8');
}
