import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { APP, answer, FOUND } from '../../setup/checksum.ts';
import { type Desk, openDesk } from '../../setup/cli.ts';
import { checkoutOf, plansIn } from '../../setup/plan-checkout.ts';
import { startProvider } from '../../setup/provider.ts';

// Each command is a process of its own; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 });

const KEY = 'key-that-is-never-shown';
const env = { ANTHROPIC_API_KEY: KEY, OPENAI_API_KEY: KEY };
const ways = (['anthropic', 'openai'] as const).flatMap((provider) =>
  [false, true].map((stream) => ({ provider, stream })),
);

describe.each(ways)('killed with -9 while it asks $provider, streamed: $stream', (way) => {
  let desk: Desk & { close(): Promise<void> };
  beforeAll(() => {
    desk = openDesk();
  });
  afterAll(() => desk.close());

  test('plan goes on where it stopped: what was answered is not asked again', async () => {
    const good = { text: JSON.stringify(answer('vouchers')) };
    const provider = await startProvider([good, { broken: 'hang' }, { status: 400 }]);
    const baseUrl = way.provider === 'openai' ? `${provider.url}/v1` : provider.url;
    const root = checkoutOf(APP, { ...way, model: 'm-1', baseUrl, states: 0 });
    const timesAsked = () =>
      provider.asked.filter(({ body }) => JSON.stringify(body).includes(`id\\": \\"${FOUND}\\"`))
        .length;
    try {
      const { child, ended } = desk.start(['plan', root], { env });
      await expect.poll(() => provider.asked.length, { timeout: 120_000 }).toBe(2);
      child.kill('SIGKILL');
      await ended;
      expect([timesAsked(), plansIn(root)]).toEqual([1, []]);
      const { code, stderr } = await desk.run(['plan', root], { env });
      expect(code, stderr).toBe(1);
      expect(timesAsked()).toBe(1);
      expect(provider.asked.length).toBeGreaterThan(2);
      const kept = plansIn(root).find(({ id }) => id === FOUND);
      expect(kept?.planner).toEqual({ kind: 'llm', version: 'm-1' });
    } finally {
      await provider.close();
    }
  });
});
