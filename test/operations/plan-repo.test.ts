import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { Place } from '../../src/operations/place.ts';
import { readPlanned } from '../../src/operations/prove-repo.ts';
import { readModel } from '../../src/operations/reading.ts';
import { APP, answer, FOUND, REFUSED, refusal } from '../setup/checksum.ts';
import { checkoutOf, planIn, plansIn } from '../setup/plan-checkout.ts';
import { type Reply, startProvider } from '../setup/provider.ts';

const KEY = 'key-that-is-never-shown';

const [wrong, right] = [JSON.stringify(answer('coupons')), JSON.stringify(answer('vouchers'))];

const checkout = (llm: object | null) => checkoutOf(APP, llm);
const plan = (path: string, options: Parameters<typeof planIn>[1], env: Place['env']) =>
  planIn(path, { only: FOUND, ...options }, env);

const PROVIDERS = {
  anthropic: { keyEnv: 'ANTHROPIC_API_KEY', at: '', path: '/v1/messages' },
  openai: { keyEnv: 'OPENAI_API_KEY', at: '/v1', path: '/v1/responses' },
} as const;

describe.each(['anthropic', 'openai'] as const)('asking %s', (name) => {
  const { keyEnv, at, path } = PROVIDERS[name];
  const env = { [keyEnv]: KEY };

  async function asking(...replies: Reply[]) {
    const provider = await startProvider(replies);
    onTestFinished(async () => void (await provider.close()));
    const llm = { provider: name, model: 'm-1', baseUrl: `${provider.url}${at}` };
    const root = checkout(llm);
    const kept = () => plansIn(root).find(({ id }) => id === FOUND);
    return { ...provider, root, kept };
  }

  test('repairs an answer of no shape, then one that fails its checks, and keeps the plan', async () => {
    const { asked, root, kept } = await asking(
      { text: 'The code is "d".' },
      { text: wrong },
      { text: right },
    );
    const { plans, findings, written } = await plan(root, {}, env);
    expect(asked.map((one) => one.path)).toEqual([path, path, path]);
    const [first = '', second = '', third = ''] = asked.map(({ body }) => JSON.stringify(body));
    expect(first).toContain('sum * 31 + code.charCodeAt(i)');
    expect(second).toContain('llm.invalid');
    expect(second).toContain('The code is');
    expect(third).toContain('plan.unknownTable');
    expect(findings).toEqual([]);
    expect(written).toContain(FOUND);
    expect(kept()).toMatchObject({
      planner: { kind: 'llm', version: 'm-1' },
      given: { rows: { voucher: { table: 'vouchers', set: { code: 'd' } } } },
    });
    expect(plans.find(({ id }) => id === FOUND)).toEqual(kept());
    expect(JSON.stringify([plans, asked.map(({ body }) => body), kept()])).not.toContain(KEY);
  });

  test('asks nothing twice, and keeps an answer when no model is asked', async () => {
    const { asked, root, kept } = await asking({ text: right });
    await plan(root, {}, env);
    const before = kept();
    const again = await plan(root, {}, env);
    const without = await plan(root, { llm: 'none' }, {});
    expect(asked).toHaveLength(1);
    expect([again.written, without.written, without.removed]).toEqual([[], [], []]);
    expect(kept()).toEqual(before);
    writeFileSync(join(root, 'src/app.ts'), APP.replace('sum * 31', 'sum * 33'));
    await plan(root, {}, env);
    expect(asked).toHaveLength(2);
  });

  test('records answers that are replayed without a key', async () => {
    const { asked, root, kept } = await asking({ text: wrong }, { text: right });
    await plan(root, { record: true }, env);
    const before = kept();
    const folder = join(root, 'statewright/cassettes');
    const recorded = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    const about = { origin: 'recorded', model: `${name} m-1`, about: FOUND };
    expect(recorded.map((text) => JSON.parse(text))).toEqual([
      expect.objectContaining(about),
      expect.objectContaining(about),
    ]);
    expect(recorded.join()).not.toContain(KEY);
    const { findings } = await plan(root, { llm: 'cassette' }, {});
    expect([asked.length, findings]).toEqual([2, []]);
    expect(kept()).toMatchObject({ given: before?.given, planner: { version: 'cassette' } });
  });

  test('says what was not settled and keeps the guess', async () => {
    const { asked, root, kept } = await asking({ text: wrong });
    const { findings } = await plan(root, {}, env);
    // The same wrong answer twice: a third would be no other.
    expect(asked).toHaveLength(2);
    expect(findings).toMatchObject([
      { code: 'plan.unsettled', severity: 'warning', at: { path: FOUND }, facts: { rounds: 2 } },
    ]);
    expect(JSON.stringify(findings)).toContain('plan.unknownTable');
    expect(kept()?.planner).toEqual({ kind: 'solver', version: '1+assumed' });
  });

  test('needs a key in the environment before it reads anything', async () => {
    const { asked, root, kept } = await asking({ text: right });
    await expect(plan(root, {}, {})).rejects.toMatchObject({
      code: 'llm.noKey',
      message: expect.stringContaining(keyEnv),
      hint: expect.stringContaining('--llm none'),
    });
    expect(asked).toEqual([]);
    expect(kept()).toBeUndefined();
  });

  test('shows what it would ask, without a key, and neither asks nor writes', async () => {
    const { asked, root, kept } = await asking({ text: right });
    writeFileSync(
      join(root, 'src/app.ts'),
      APP.replace('let sum', "const apiKey = 'abcdef123456';\n  let sum"),
    );
    const { prompts } = await plan(root, { showPrompt: true }, {});
    expect(prompts?.map(({ scenario }) => scenario)).toEqual([FOUND]);
    expect(prompts?.[0]?.prompt).toContain('const checksum');
    expect(prompts?.[0]?.prompt).not.toContain('abcdef123456');
    expect(asked).toEqual([]);
    expect(kept()).toBeUndefined();
  });

  test('stops at a model that can not be reached', async () => {
    const { asked, root } = await asking({ status: 401 });
    const { findings } = await plan(root, { only: '' }, env);
    expect(asked).toHaveLength(1);
    expect(findings).toMatchObject([
      { code: 'llm.unreachable', severity: 'error', facts: { cause: 'key' } },
      { code: 'plan.notAsked', severity: 'warning' },
    ]);
  });
});

test('a kept answer is proven in the place of what the solver could not do', async () => {
  const provider = await startProvider([{ text: JSON.stringify(refusal()) }]);
  onTestFinished(async () => void (await provider.close()));
  const root = checkout({ provider: 'openai', model: 'm-1', baseUrl: `${provider.url}/v1` });
  const told = await plan(root, { only: REFUSED }, { OPENAI_API_KEY: KEY });
  expect(told.findings).toEqual([]);
  const reading = await readModel(root, { emit: () => undefined });
  const { plans, unsolved } = await readPlanned(reading, await loadConfig(root));
  expect(plans.find((one) => one.id === REFUSED)?.planner.kind).toBe('llm');
  expect(unsolved.map(({ scenario }) => scenario)).not.toContain(REFUSED);
});

test('a cassette that is missing fails with how to record it', async () => {
  await expect(plan(checkout(null), { llm: 'cassette' }, {})).rejects.toMatchObject({
    code: 'llm.noCassette',
    hint: expect.stringContaining('plan PATH --llm anthropic --record'),
  });
});
