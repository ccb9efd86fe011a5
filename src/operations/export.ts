import { join, resolve } from 'node:path';
import * as z from 'zod';
import { loadConfig } from '../config/load.ts';
import { fileSlug } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { defineOperation } from '../kernel/operation.ts';
import { type App, findRoute, type Model } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { openPlanFolder } from '../plan/store.ts';
import { routeOf } from '../scenarios/scenarios.ts';
import { seedTest, specOf, startPage, testBeside } from './export/agents.ts';
import { playwrightTest } from './export/playwright.ts';
import { readUnproven } from './export/unproven.ts';
import { vitestFile, vitestTest } from './export/vitest.ts';
import { type ExportedFile, type Place, writeExport } from './export/written.ts';
import { type Reader, readModel } from './reading.ts';

const CALLERS = ['playwright-agents', 'playwright', 'vitest'] as const;
type Caller = (typeof CALLERS)[number];

export const exportTests = defineOperation({
  name: 'export',
  summary: 'Write tests of the planned endings, or what Playwright’s agents start from',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to read' }),
    for: z.enum(CALLERS).describe('Who is to use what is written'),
    out: z.string().default('tests/statewright').describe('The folder of the tests, from the repo'),
    only: z.string().default('').describe('Only plans whose id contains this text'),
    variants: z.boolean().default(false).describe('Near misses and boundaries as well'),
    proofs: z
      .string()
      .optional()
      .describe('What `prove --json` gave: tests of endings it could not prove are marked as such'),
    force: z.boolean().default(false).describe('Replace files that were edited, too'),
  }),
  output: z.object({
    folder: z.string(),
    written: z.array(z.string()),
    removed: z.array(z.string()),
    kept: z.array(z.string()),
    unchanged: z.number().int(),
    skipped: z.array(z.object({ id: z.string(), reason: z.string() })),
  }),
  run: async (input, place: Reader) => {
    const root = resolve(input.path);
    const config = await loadConfig(root);
    const stored = await openPlanFolder(join(root, config.plans)).list();
    if (stored.length === 0) throw noPlans(config.plans);
    const unproven = input.proofs ? await readUnproven(resolve(root, input.proofs)) : new Map();
    const { model } = await readModel(root, place);
    const chosen = stored.filter(
      ({ id, variantOf }) => id.includes(input.only) && (input.variants || variantOf === null),
    );
    if (chosen.length === 0) throw noneChosen(input.only);
    const made = chosen.map((plan) => ({
      plan,
      files: filesFor(plan, input, { model, unproven }),
    }));
    const files = merged(
      made.flatMap((item) => item.files),
      input.for,
    );
    const whole = input.only === '';
    const sweep = whole ? placesOf(input) : [];
    const done = await writeExport(root, files, { sweep, force: input.force });
    const skipped = made
      .filter((item) => item.files.length === 0)
      .map(({ plan: { id } }) => ({ id, reason: SKIPPED[input.for] }));
    return { folder: root, ...done, skipped };
  },
});

const SKIPPED: Readonly<Record<Caller, string>> = {
  'playwright-agents': 'no page is known to lead there',
  playwright: 'its route is not in the model any more',
  vitest: 'it takes a browser to see',
};

interface Choice {
  readonly for: Caller;
  readonly out: string;
}

interface Known {
  readonly model: Model;
  /** Why a plan is not proven, by its id. */
  readonly unproven: ReadonlyMap<string, string>;
}

function filesFor(
  plan: Plan,
  { for: caller, out }: Choice,
  { model, unproven }: Known,
): ExportedFile[] {
  const app = appOf(plan, model);
  if (!app) return [];
  const slug = fileSlug(plan.id);
  if (caller === 'playwright-agents') return agentFiles(plan, { app, out, slug });
  const about = { app, unproven: unproven.get(plan.id) ?? null };
  if (caller === 'playwright') {
    return [{ path: join(out, `${slug}.spec.ts`), text: playwrightTest(plan, about) }];
  }
  const text = vitestTest(plan, about);
  const path = join(out, `${fileSlug(routeOf(plan.id))}.test.ts`);
  return text === null ? [] : [{ path, text }];
}

/** Vitest's tests of one route stand in one file. */
function merged(made: readonly ExportedFile[], caller: Caller): ExportedFile[] {
  if (caller !== 'vitest') return [...made];
  const byPath = Map.groupBy(made, ({ path }) => path);
  return [...byPath].map(([path, tests]) => ({
    path,
    text: vitestFile(tests.map(({ text }) => text)),
  }));
}

function agentFiles(
  plan: Plan,
  { app, out, slug }: { app: App; out: string; slug: string },
): ExportedFile[] {
  const page = startPage(plan, app);
  if (page === null) return [];
  const seed = join(out, 'seeds', `${slug}.seed.spec.ts`);
  const spec = join('specs', `${slug}.md`);
  const text = specOf(plan, page, { seed, spec, test: testBeside(seed, slug) });
  return [
    { path: seed, text: seedTest(plan, page) },
    { path: spec, text },
  ];
}

/** What may hold files of ours that are no longer among those to write. */
function placesOf({ for: caller, out }: Choice): Place[] {
  if (caller === 'playwright') return [{ folder: out, ending: '.spec.ts' }];
  if (caller === 'vitest') return [{ folder: out, ending: '.test.ts' }];
  return [
    { folder: join(out, 'seeds'), ending: '.seed.spec.ts' },
    { folder: 'specs', ending: '.md' },
  ];
}

function appOf(plan: Plan, model: Model): App | undefined {
  return findRoute(model, routeOf(plan.id))?.app;
}

function noneChosen(only: string): StatewrightError {
  return new StatewrightError('export.noneChosen', `No plan's id contains "${only}".`, {
    hint: 'Ids are as "statewright scenarios" lists them; near misses need --variants. Nothing was written.',
  });
}

function noPlans(folder: string): StatewrightError {
  return new StatewrightError('export.noPlans', `There are no plans in ${folder}.`, {
    hint: 'Run "statewright plan" first. Nothing was written.',
  });
}
