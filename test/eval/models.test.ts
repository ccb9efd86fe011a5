import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runEval } from '../../src/operations/eval.ts';
import { frozenGiftCard, giftCardAnswers } from '../setup/gift-card.ts';
import { placeWith } from '../setup/plan-checkout.ts';
import { startProvider } from '../setup/provider.ts';

test.each(['responses', 'chat'] as const)(
  'two models stand side by side in one run over %s',
  async (api) => {
    const { open } = frozenGiftCard();
    const answers = giftCardAnswers(frozenGiftCard());
    const provider = await startProvider((raw) => {
      const { model } = JSON.parse(raw);
      const asked = open.findIndex(({ scenario: { id } }) =>
        raw.includes(JSON.stringify(id).slice(1, -1)),
      );
      return { text: model === 'm-good' ? (answers[asked] ?? '') : 'I can not.' };
    });
    const folder = mkdtempSync(join(tmpdir(), 'statewright-eval-'));
    onTestFinished(async () => {
      rmSync(folder, { recursive: true, force: true });
      await provider.close();
    });
    const { cases, beside, text } = await runEval.run(
      runEval.input.parse({
        ...{ case: 'model/gift-card', llm: 'openai', api, baseUrl: `${provider.url}/v1` },
        ...{ model: 'm-good', besideModel: 'm-bad', runs: 2, report: join(folder, 'page.html') },
      }),
      placeWith({ OPENAI_API_KEY: 'key' }, folder),
    );
    expect(cases).toMatchObject([{ origin: 'live', runs: 2, scores: { settled: 1 } }]);
    expect(beside?.cases).toMatchObject([{ origin: 'live', scores: { settled: 0 } }]);
    expect(text).toContain('m-bad, over the one case that both could run:');
    expect(text).toMatch(/settled +100.0 % +0.0 % +−100.0 %/);
    const models = new Set(provider.asked.map(({ body }) => body['model']));
    expect([...models]).toEqual(['m-good', 'm-bad']);
  },
);
