import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPlanFolder } from '../../src/plan/store.ts';
import { clinic } from '../setup/clinic-model.ts';
import { planned } from '../setup/planning.ts';

const { plans } = planned(clinic);
const [first, second] = plans;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plans-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('openPlanFolder', () => {
  it('keeps plans as canonical JSON and gives them back', async () => {
    const store = openPlanFolder(join(folder, 'deep', 'er'));
    const stored = await store.write(plans);
    expect(stored).toEqual({ written: plans.map((plan) => plan.id), removed: [], unchanged: 0 });
    expect(await store.list()).toEqual(plans);
    const names = await readdir(join(folder, 'deep', 'er'));
    expect(names).toHaveLength(plans.length);
    expect(names.every((name) => /^[a-z0-9-]+-[0-9a-f]{6}\.json$/.test(name))).toBe(true);
    const text = await readFile(join(folder, 'deep', 'er', names[0]!), 'utf8');
    expect(text.startsWith('{\n  "digests"')).toBe(true);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('is whole when several runs write and read it at once', async () => {
    const some = plans.slice(0, 5);
    const runs = Array.from({ length: 24 }, async (_, run) => {
      const store = openPlanFolder(folder);
      await store.write(run % 2 === 0 ? plans : some);
      await store.list();
    });
    await Promise.all(runs);
    await openPlanFolder(folder).write(plans);
    expect(await openPlanFolder(folder).list()).toEqual(plans);
    expect((await readdir(folder)).filter((name) => !name.endsWith('.json'))).toEqual([]);
  });

  it('changes nothing the second time', async () => {
    const store = openPlanFolder(folder);
    await store.write(plans);
    expect(await store.write(plans.toReversed())).toEqual({
      written: [],
      removed: [],
      unchanged: plans.length,
    });
  });

  it('removes plans that are gone, but neither those by hand nor those to keep', async () => {
    const store = openPlanFolder(folder);
    const byHand = { ...first!, planner: { kind: 'hand' as const, version: '1' } };
    await store.write([byHand, ...plans.slice(1)]);
    const kept = new Set([second!.id]);
    const { removed } = await store.write([], { keep: kept });
    const left = plans.filter((plan) => [plan.id, plan.variantOf].includes(second!.id));
    expect((await store.list()).map((plan) => plan.id)).toEqual(
      [first!, ...left].map((plan) => plan.id),
    );
    expect(removed).toHaveLength(plans.length - 1 - left.length);
  });

  it('never writes over a plan by hand', async () => {
    const store = openPlanFolder(folder);
    const byHand = { ...first!, title: 'Mine', planner: { kind: 'hand' as const, version: '1' } };
    await store.write([byHand]);
    expect(await store.write([first!])).toEqual({ written: [], removed: [], unchanged: 1 });
    expect((await store.list())[0]?.title).toBe('Mine');
  });

  it('says in a dry run what it would do', async () => {
    const dry = openPlanFolder(folder, { dryRun: true });
    expect((await dry.write([first!])).written).toEqual([first!.id]);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['not json', 'it is not JSON'],
    ['{"version":2}', 'at version'],
  ])('names the file that holds no plan: %s', async (text, problem) => {
    await writeFile(join(folder, 'broken.json'), text);
    await expect(openPlanFolder(folder).list()).rejects.toMatchObject({
      code: 'plan.unreadable',
      message: expect.stringContaining(problem),
      facts: { path: join(folder, 'broken.json') },
    });
  });
});
