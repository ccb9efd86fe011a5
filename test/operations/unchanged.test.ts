import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { planRepo } from '../../src/operations/plan-repo.ts';
import { placeWith } from '../setup/plan-checkout.ts';
import { startProvider } from '../setup/provider.ts';

/*
 * Whole apps, whose open endings and business states a model is asked about: it answers in the words of the recorded
 * answers, and refuses what none is about. What it said once is not asked for again.
 */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
const ANSWERS: readonly { about: string; answer: string }[] = readdirSync(`${FIXTURES}cassettes`)
  .sort()
  .map((file) => JSON.parse(readFileSync(`${FIXTURES}cassettes/${file}`, 'utf8')));

let provider: Awaited<ReturnType<typeof startProvider>>;
let name = '';
beforeAll(async () => {
  provider = await startProvider((raw) => {
    const [, ending] = /\\"id\\": \\"(.*?)\\",/.exec(raw) ?? [];
    const about = ending ? JSON.parse(`"${ending}"`) : `business states of the ${name}`;
    const known = ANSWERS.find((one) => one.about.startsWith(about));
    return known ? { text: known.answer } : { refusal: 'Nothing is known about it.' };
  });
});
afterAll(() => provider.close());

test.each(['academy', 'coworking', 'storefront'])('an unchanged %s costs no call', async (app) => {
  name = app;
  const folder = mkdtempSync(join(tmpdir(), 'statewright-unchanged-'));
  const root = join(folder, 'app');
  try {
    cpSync(`${FIXTURES}apps/${app}`, root, { recursive: true });
    const llm = { provider: 'openai', model: 'm-1', baseUrl: `${provider.url}/v1` };
    const config = `export default ${JSON.stringify({ app: { start: ['node', 'x'] }, llm })};\n`;
    rmSync(join(root, 'statewright.config.ts'));
    writeFileSync(join(root, 'statewright.config.mjs'), config);
    const plan = () =>
      planRepo.run(planRepo.input.parse({ path: root }), {
        ...placeWith({ OPENAI_API_KEY: 'key' }, folder),
        cache: join(folder, 'read'),
      });
    provider.asked.length = 0;
    const first = await plan();
    const said = first.plans.filter(({ planner }) => planner.kind === 'llm');
    expect(provider.asked.length).toBeGreaterThan(3);
    expect(said.filter(({ variantOf }) => variantOf === null).length).toBeGreaterThan(0);
    expect(said.filter(({ variantOf }) => variantOf !== null).length).toBeGreaterThan(10);
    provider.asked.length = 0;
    const second = await plan();
    expect(provider.asked).toEqual([]);
    expect(second.spend).toMatchObject({ calls: 0, inputTokens: 0, outputTokens: 0 });
    expect([second.written, second.removed]).toEqual([[], []]);
    expect(second.plans).toEqual(first.plans);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
