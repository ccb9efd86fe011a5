import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LlmConfig } from '../../src/config/config.ts';
import { analyze } from '../../src/model/analyze.ts';
import { openLlm } from '../../src/operations/asking.ts';
import { openScenarios } from '../../src/operations/open-scenarios.ts';
import { planModel } from '../../src/operations/plan.ts';
import { proposePlans } from '../../src/operations/proposing.ts';
import { subjectOf } from '../../src/operations/subject.ts';
import type { WirePlan } from '../../src/plan/wire.ts';
import { APP, answer, FOUND, REFUSED, refusal } from '../setup/checksum.ts';
import { programOf } from '../setup/code.ts';
import { type Reply, startProvider } from '../setup/provider.ts';

/*
 * Every way that asking can fail, through both SDKs over HTTP, streamed and not: two endings are asked about one after
 * the other, and what befalls the first must not cost more than it has to.
 */
const opened: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of opened) await close();
});

const ways = (['anthropic', 'openai', 'chat'] as const).flatMap((name) =>
  [false, true].map((stream) => ({ name, stream })),
);
const KEY = 'key-that-is-never-shown';
const env = { ANTHROPIC_API_KEY: KEY, OPENAI_API_KEY: KEY };

const program = programOf({
  'package.json': JSON.stringify({ dependencies: { hono: '4', 'drizzle-orm': '0.45' } }),
  'app.ts': APP,
});
const model = analyze(program, { emit: () => undefined });
const open = openScenarios(model, planModel(model)).filter(({ scenario: { id } }) =>
  [FOUND, REFUSED].includes(id),
);
const subject = subjectOf({ model, program }, { open });

const found = answer('vouchers');
const [voucher] = found.rows;
const cents = (value: string | number) => ({
  name: 'cents',
  value: { kind: 'literal' as const, value },
});
const says = (wire: WirePlan): Reply => ({ text: JSON.stringify(wire) });
const [good, next] = [says(found), says(refusal())];
const changed = (change: Partial<WirePlan>): Reply => says({ ...found, ...change });
const asking = (request: Partial<WirePlan['request']>): Reply =>
  changed({ request: { ...found.request, ...request } });

/** What is sent back with its finding, and mended. */
const MENDED: Record<string, [Reply, string]> = {
  'malformed JSON': [{ text: '{"title": "A vou' }, 'llm.invalid'],
  'JSON of another shape': [{ text: '{"plan": null}' }, 'llm.invalid'],
  'an answer cut by length': [{ text: '{"title": "A vou', cut: true }, 'llm.truncated'],
  'an unknown table': [says(answer('coupons')), 'plan.unknownTable'],
  'a value of the wrong type': [
    changed({ rows: [{ ...voucher!, columns: [...voucher!.columns, cents('many')] }] }),
    'plan.wrongType',
  ],
  'an invented route': [asking({ path: '/coupons/{voucher.code}' }), 'plan.unknownPath'],
  'a request elsewhere': [asking({ path: 'https://elsewhere.dev/x' }), 'plan.absoluteUrl'],
  'rows of one key': [
    changed({ rows: [voucher!, { ...voucher!, name: 'again' }] }),
    'plan.duplicateKey',
  ],
  'rows that must not be there': [
    changed({ absent: [{ table: 'vouchers', where: voucher!.columns }] }),
    'plan.plannedAndAbsent',
  ],
  'another ending': [changed({ expect: { ...found.expect, status: 500 } }), 'plan.otherEnding'],
};

/** What ends the first ending alone, with the calls it takes. */
const LEFT: Record<string, [Reply[], number, string]> = {
  'a refusal': [[{ refusal: 'I would rather not.' }], 1, 'llm.refused'],
  'a repair without end': [
    ['a', 'b', 'c', 'd', 'e'].map((table) => says(answer(table))),
    3,
    'plan.unknownTable',
  ],
  'the same wrong answer again': [[says(answer('a')), says(answer('a'))], 2, 'llm.repeated'],
  'a request the provider does not take': [[{ status: 400 }], 1, 'llm.unreachable'],
};

/** What makes asking on pointless, with the tries it takes to know. */
const GONE: Record<string, [Reply, number, string]> = {
  'a provider that is down': [{ status: 503 }, 2, 'down'],
  'a connection that breaks': [{ broken: 'cut-body' }, 2, 'down'],
  'a page of some proxy': [{ broken: 'html' }, 2, 'down'],
  'a key that is wrong': [{ status: 401 }, 1, 'key'],
  'a provider too busy for long': [{ status: 429, retryAfter: '3600' }, 1, 'busy'],
  'no answer in time': [{ broken: 'hang' }, 2, 'timeout'],
};

describe.concurrent.each(ways)('$name, streamed: $stream', ({ name, stream }) => {
  async function propose(replies: Reply[], options: Options = {}) {
    const provider = await startProvider(replies);
    opened.push(provider.close);
    const config = LlmConfig.parse({
      ...{ provider: name === 'chat' ? 'openai' : name, model: 'm-1', stream, tries: 2 },
      ...(name === 'chat' && { api: 'chat' }),
      baseUrl: name === 'anthropic' ? provider.url : `${provider.url}/v1`,
      timeoutMs: options.timeoutMs ?? 20_000,
      budget: { tokens: options.tokens ?? null, usd: null },
    });
    const { home = null, signal = new AbortController().signal } = options;
    const { llm, spend } = await openLlm(config, { env: options.env ?? env, home, cassettes: '' });
    const told = proposePlans(open, { ...subject, llm }, { signal, emit: () => undefined });
    return { asked: provider.asked, spend, told };
  }
  const idsOf = ({ plans }: Awaited<ReturnType<typeof proposePlans>>) => plans.map(({ id }) => id);

  test.each(Object.entries(MENDED))('%s is sent back and mended', async (_, [bad, code]) => {
    const { asked, told } = await propose([bad, good, next]);
    expect(idsOf(await told)).toEqual([FOUND, REFUSED]);
    expect((await told).findings).toEqual([]);
    expect(asked).toHaveLength(3);
    expect(JSON.stringify(asked[1]?.body)).toContain(code);
  });

  test.each(Object.entries(LEFT))('%s leaves one ending, the next is settled', async (_, left) => {
    const [replies, calls, code] = left;
    const { asked, told } = await propose([...replies.slice(0, calls), next]);
    const { plans, findings } = await told;
    expect(plans.map(({ id }) => id)).toEqual([REFUSED]);
    expect(asked).toHaveLength(calls + 1);
    expect(findings).toMatchObject([{ at: { path: FOUND }, facts: { rounds: calls } }]);
    expect(JSON.stringify(findings)).toContain(code);
  });

  test.each(Object.entries(GONE))('%s ends the asking and says what is left', async (_, gone) => {
    const [reply, tries, cause] = gone;
    const { asked, told } = await propose(
      [reply],
      reply.broken === 'hang' ? { timeoutMs: 300 } : {},
    );
    const { plans, findings } = await told;
    expect(plans).toEqual([]);
    expect(asked).toHaveLength(tries);
    expect(findings).toMatchObject([
      { code: 'llm.unreachable', severity: 'error', at: { path: FOUND }, facts: { cause } },
      { code: 'plan.notAsked', severity: 'warning', facts: { scenarios: [REFUSED] } },
    ]);
    expect(JSON.stringify(findings)).not.toContain(KEY);
  });

  test('waits as long as a busy provider asks', async () => {
    const began = performance.now();
    const { asked, told } = await propose([{ status: 429, retryAfter: '1' }, good, next]);
    expect(idsOf(await told)).toEqual([FOUND, REFUSED]);
    expect(asked).toHaveLength(3);
    expect(performance.now() - began).toBeGreaterThan(990);
  });

  test('without a key nothing is asked', async () => {
    const asking = propose([good], { env: {} });
    await expect(asking).rejects.toMatchObject({ code: 'llm.noKey' });
  });

  test('is called off in the middle of an answer, and asks no more', async () => {
    const off = new AbortController();
    const { asked, told } = await propose([{ broken: 'hang' }], { signal: off.signal });
    await expect.poll(() => asked.length).toBe(1);
    off.abort(new Error('called off'));
    await expect(told).rejects.toThrow('called off');
    expect(asked).toHaveLength(1);
  });

  test('never passes its budget: what it has no room for is not sent', async () => {
    const dear = await propose([good, next]);
    await dear.told;
    const { inputTokens, outputTokens } = dear.spend();
    const all = inputTokens + outputTokens;
    const { asked, spend, told } = await propose([good, next], { tokens: all / 2 });
    const { plans, findings } = await told;
    expect([asked, plans]).toEqual([[], []]);
    expect(spend().inputTokens).toBe(0);
    expect(findings.map(({ facts }) => facts['cause'])).toEqual(['unpaid', 'unpaid']);
  });

  test('goes on where it stopped, and paid answers cost nothing again', async () => {
    const home = mkdtempSync(join(tmpdir(), 'statewright-home-'));
    opened.push(() => rmSync(home, { recursive: true, force: true }));
    const off = new AbortController();
    const first = await propose([good, { broken: 'hang' }], { home, signal: off.signal });
    await expect.poll(() => first.asked.length).toBe(2);
    off.abort(new Error('stopped'));
    await expect(first.told).rejects.toThrow('stopped');
    const second = await propose([next], { home });
    expect(idsOf(await second.told)).toEqual([FOUND, REFUSED]);
    expect(second.asked).toHaveLength(1);
    const third = await propose([next], { home });
    expect(idsOf(await third.told)).toEqual([FOUND, REFUSED]);
    expect(third.asked).toEqual([]);
    expect(third.spend()).toMatchObject({ calls: 0, inputTokens: 0, outputTokens: 0 });
  });
});

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly home?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly tokens?: number;
}
