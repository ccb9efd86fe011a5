import { StatewrightError } from '../kernel/errors.ts';

/** A prompt file: front-matter, the stable part before `---user---`, and the part with the inputs. */
export interface Prompt {
  readonly version: string;
  readonly inputs: readonly string[];
  /** What its answer's schema is of. */
  readonly output: (typeof OUTPUTS)[number];
  readonly system: string;
  readonly user: string;
}

const OUTPUTS = ['plan', 'subjects', 'grades'] as const;

/** Reads the text of a `prompts/<folder>/<verb>.md`; throws `llm.badPrompt`. */
export function parsePrompt(text: string): Prompt {
  const match = /^---\n([\s\S]*?)\n---\n([\s\S]*?)\n---user---\n([\s\S]*)$/.exec(text);
  const [, head = '', system = '', user = ''] = match ?? [];
  const fields = new Map(
    head.split('\n').map((line) => {
      const [name = '', ...rest] = line.split(':');
      return [name.trim(), rest.join(':').trim()];
    }),
  );
  const version = fields.get('version');
  const output = OUTPUTS.find((known) => known === fields.get('output'));
  if (!match || !version || !output) {
    const lacks = 'A prompt has no front-matter with a version and the output it asks for.';
    throw new StatewrightError('llm.badPrompt', lacks, {
      hint: `Begin it with ---, version, inputs, output (${OUTPUTS.join(', ')}), ---; put ---user--- before the part with the inputs.`,
    });
  }
  const inputs = (fields.get('inputs') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return { version, inputs, output, system: system.trim(), user: user.trim() };
}

/**
 * Puts the inputs into a prompt. Each is data between markers, which it cannot close: a marker inside
 * an input is broken up. Throws `llm.badPrompt` where an input is missing.
 */
export function renderPrompt(
  prompt: Prompt,
  inputs: Readonly<Record<string, string>>,
): { system: string; prompt: string } {
  const user = prompt.user.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = inputs[name];
    if (value === undefined || !prompt.inputs.includes(name)) {
      throw new StatewrightError('llm.badPrompt', `The prompt has no input "${name}".`, {
        hint: 'List it in the front-matter and pass it when rendering.',
      });
    }
    return `<data name="${name}">\n${value.replaceAll('</data', '<\\/data')}\n</data>`;
  });
  return { system: prompt.system, prompt: user };
}
