import { onTestFinished } from 'vitest';
import { frozenGiftCard, type GiftCard, giftCardAnswers } from './gift-card.ts';
import { startProvider } from './provider.ts';
import { freshStore } from './service.ts';

/** What a job that hangs at its second question is made with. */
interface HangingJob {
  readonly provider: Awaited<ReturnType<typeof startProvider>>;
  readonly gifts: GiftCard;
  /** The URL of a storage of its own. */
  readonly store: string;
  /** The body that asks for it. */
  readonly body: string;
  /** The endings that the model was asked about, in order. */
  readonly scenarios: () => (string | undefined)[];
}

/** A provider that answers the first question, hangs at the second and answers it when it is asked again. */
export async function hangingJob(): Promise<HangingJob> {
  const gifts = frozenGiftCard();
  const [first = '', second = ''] = giftCardAnswers(gifts);
  const provider = await startProvider([{ text: first }, { broken: 'hang' }, { text: second }]);
  const { url: store, drop } = await freshStore();
  onTestFinished(async () => {
    await provider.close();
    await drop();
  });
  return {
    provider,
    gifts,
    store,
    body: giftJob(gifts),
    scenarios: () => askedAbout(provider.asked),
  };
}

/** The body that asks for a job of the endings that a model is asked about. */
export function giftJob({ model }: GiftCard): string {
  return JSON.stringify({ model, llm: true, only: 'gift' });
}

/** The endings that a provider was asked about, in order. */
export function askedAbout(asked: readonly { readonly body: unknown }[]): (string | undefined)[] {
  return asked.map(
    ({ body }) => /"id": "([^"]+)"/.exec(JSON.stringify(body).replaceAll('\\"', '"'))?.[1],
  );
}
