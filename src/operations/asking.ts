import { join } from 'node:path';
import { LlmConfig } from '../config/config.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { type Metered, withBudget } from '../llm/budget.ts';
import { openCassettes, recordCassettes } from '../llm/cassette.ts';
import type { Llm } from '../llm/llm.ts';
import { withMemory } from '../llm/memory.ts';
import { withPatience } from '../llm/patience.ts';

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
  return LlmConfig.parse({ provider, model });
}

const RECORD = 'npx statewright plan PATH --llm anthropic --record';

/** A model ready to be asked, and what it has spent so far. */
export interface Asking {
  readonly llm: Llm;
  readonly spend: Metered['spend'];
}

interface AskingPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of recorded answers, and whether what is answered is to be one. */
  readonly cassettes: string;
  readonly record?: boolean;
  /** The folder answers that were paid for are kept in; null keeps none. */
  readonly home: string | null;
}

/**
 * Connects to a language model that tries again, keeps to its budget and remembers what it answered. Its
 * key comes from the environment alone; throws `llm.noKey` without one, `llm.noPrices` for a budget in
 * dollars without prices.
 */
export async function openLlm(config: LlmConfig, place: AskingPlace): Promise<Asking> {
  const { provider, budget, prices, tries, timeoutMs } = config;
  if (budget.usd !== null && prices === null && provider !== 'cassette') {
    throw new StatewrightError(
      'llm.noPrices',
      `A budget of $${budget.usd} needs the model's prices.`,
      {
        hint: 'Set llm.prices in the config: { input, output } in dollars for a million tokens.',
      },
    );
  }
  const model = withBudget(await openProvider(config, place), { ...budget, prices });
  if (provider === 'cassette') {
    if (place.record) throw nothingToRecord();
    return { llm: model, spend: model.spend };
  }
  const patient = withPatience(model, { tries, timeoutMs });
  const llm = place.home === null ? patient : withMemory(patient, join(place.home, 'answers'));
  return { llm: place.record ? recordCassettes(llm, place.cassettes) : llm, spend: model.spend };
}

/** Recorded answers are there to be recorded of somebody else. */
export function nothingToRecord(): StatewrightError {
  return new StatewrightError('llm.nothingToRecord', 'Recorded answers can not be recorded.', {
    hint: 'Say who is to answer: --llm anthropic or --llm openai, its key in the environment.',
  });
}

async function openProvider(config: LlmConfig, place: AskingPlace): Promise<Llm> {
  const { provider, model, baseUrl, keyEnv, api, stream } = config;
  if (provider === 'cassette') return openCassettes(place.cassettes, RECORD);
  const name = keyEnv ?? DEFAULTS[provider].keyEnv;
  const apiKey = place.env[name];
  if (!apiKey) {
    throw new StatewrightError('llm.noKey', `${name} is not set. Nothing was written.`, {
      hint: `Put the ${provider} key into ${name}, name another variable as llm.keyEnv in the config, or plan without a model: --llm none.`,
      facts: { provider, variable: name },
    });
  }
  const options = { apiKey, model, baseUrl, stream };
  if (provider === 'anthropic') return (await import('../llm/anthropic.ts')).openAnthropic(options);
  if (api === 'chat') return (await import('../llm/openai-chat.ts')).openOpenaiChat(options);
  return (await import('../llm/openai.ts')).openOpenai(options);
}
