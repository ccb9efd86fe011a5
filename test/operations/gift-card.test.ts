import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { openCassettes } from '../../src/llm/cassette.ts';
import type { Place } from '../../src/operations/place.ts';
import { proposePlans } from '../../src/operations/proposing.ts';
import { provePlans } from '../../src/operations/proving.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { readRepo } from '../../src/repo/read.ts';
import { frozenGiftCard, STOREFRONT } from '../setup/gift-card.ts';

const CASSETTES = new URL('../../fixtures/cassettes', import.meta.url).pathname;

const mistype = (code: string) => `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;

test('the running storefront ends as a replayed answer says, on both sides of the check digit', async () => {
  const home = await mkdtemp(join(tmpdir(), 'statewright-gift-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const place: Place = {
    clock: { now: () => new Date() },
    home,
    env: process.env,
    terminal: { colour: false, width: 100 },
    emit: () => undefined,
    signal: new AbortController().signal,
  };
  const { open, ...subject } = frozenGiftCard();
  const answers = { ...subject, llm: openCassettes(CASSETTES, '') };
  const { plans } = await proposePlans(open, answers, place);
  const { repo } = await readRepo(STOREFRONT, place);
  const config = { ...(await loadConfig(STOREFRONT)), workers: 1 };
  const scenarios = open.map(({ scenario }) => scenario);
  const { model } = subject;
  const proving = { root: STOREFRONT, config, repo, model, scenarios };
  const [found] = plans;
  const mistyped: Plan = {
    ...JSON.parse(JSON.stringify(found).replaceAll(/GC-[\d-]+/g, mistype)),
    id: `${found?.id} › mistyped`,
    variantOf: found?.id,
  };

  const proofs = await provePlans({ ...proving, plans: [...plans, mistyped], known: plans }, place);
  expect(proofs.map(({ verdict, observed }) => [verdict, observed?.status])).toEqual([
    ['proven', 200],
    ['proven', 400],
    ['diverted', 400],
  ]);
  for (const { observed } of proofs.slice(1)) {
    expect(observed?.body).toMatchObject({ error: 'gift_card_code_invalid' });
  }
  expect(proofs.flatMap(({ residue }) => residue)).toEqual([]);
}, 120_000);
