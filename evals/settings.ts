import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Llm } from '../src/llm/llm.ts';
import { parsePrompt } from '../src/llm/prompt.ts';
import type { Model } from '../src/model/model.ts';
import type { Place } from '../src/operations/place.ts';
import type { Planned } from '../src/operations/plan.ts';
import type { Program } from '../src/repo/repo.ts';

/** The recorded answers that are committed. */
export const CASSETTES = fileURLToPath(new URL('../fixtures/cassettes', import.meta.url));

/** How cases are to be run. */
export interface Settings {
  readonly place: Place;
  /** The steps that are judged; a test of the harness plants faults here. */
  readonly steps: {
    readonly read: (texts: Readonly<Record<string, string>>) => {
      readonly model: Model;
      readonly program: Program;
    };
    readonly plan: (model: Model) => Planned;
  };
  /** The model asked, null for the cassettes. */
  readonly llm: Llm | null;
  /** The folder of recorded answers; by default the one that is committed. */
  readonly cassettes?: string;
  /** Whether what that model answers is kept as recorded answers. */
  readonly record?: boolean;
  /** The folder that questions without a recorded answer are written into; null for none. */
  readonly questions?: string | null;
  /** The text of a prompt instead of the one that ships and asks for the same output. */
  readonly prompt: string | null;
  /** The file that text was read from, as it was named. */
  readonly promptFile?: string | null;
  /** Who grades titles and plans, null for the cassettes; nobody does where it is left out. */
  readonly judge?: { readonly llm: Llm | null };
  /** Whether plans are set up and fired as well. */
  readonly prove: boolean;
}

const PROMPTS = new URL('../prompts/', import.meta.url);

/** The text of a prompt: the one under trial where it asks for the same output, else the one that ships. */
export function promptText(
  name: 'plan/propose' | 'plan/suggest' | 'eval/judge',
  { prompt }: Pick<Settings, 'prompt'>,
): string {
  const shipped = readFileSync(new URL(`${name}.md`, PROMPTS), 'utf8');
  if (prompt === null) return shipped;
  return parsePrompt(prompt).output === parsePrompt(shipped).output ? prompt : shipped;
}
