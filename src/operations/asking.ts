import type { Config } from '../config/config.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { openCassettes } from '../llm/cassette.ts';
import type { Llm } from '../llm/llm.ts';

export type LlmConfig = NonNullable<Config['llm']>;

const DEFAULTS = {
  anthropic: { model: 'claude-sonnet-5-5', keyEnv: 'ANTHROPIC_API_KEY' },
  openai: { model: 'gpt-5.5', keyEnv: 'OPENAI_API_KEY' },
} as const;

/** What to ask: the provider wanted, with the config's settings where they are about the same one. */
export function chooseLlm(
  wanted: LlmConfig['provider'] | 'none' | undefined,
  configured: LlmConfig | null,
): LlmConfig | null {
  const provider = wanted ?? configured?.provider ?? 'none';
  if (provider === 'none') return null;
  if (configured?.provider === provider) return configured;
  const model = provider === 'cassette' ? 'cassette' : DEFAULTS[provider].model;
  return { provider, model, baseUrl: null, keyEnv: null };
}

/** Connects to a language model. Its key comes from the environment alone; throws `llm.noKey` without one. */
export async function openLlm(
  { provider, model, baseUrl, keyEnv }: LlmConfig,
  place: {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The folder of recorded answers. */
    readonly cassettes: string;
  },
): Promise<Llm> {
  if (provider === 'cassette') return openCassettes(place.cassettes);
  const name = keyEnv ?? DEFAULTS[provider].keyEnv;
  const apiKey = place.env[name];
  if (!apiKey) {
    throw new StatewrightError('llm.noKey', `${name} is not set. Nothing was written.`, {
      hint: `Put the ${provider} key into ${name}, name another variable as llm.keyEnv in the config, or plan without a model: --llm none.`,
      facts: { provider, variable: name },
    });
  }
  if (provider === 'openai') {
    const { openOpenai } = await import('../llm/openai.ts');
    return openOpenai({ apiKey, model, baseUrl });
  }
  const { openAnthropic } = await import('../llm/anthropic.ts');
  return openAnthropic({ apiKey, model, baseUrl });
}
