import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../../src/kernel/digest.ts';
import type { Model } from '../../src/model/model.ts';
import { planModel } from '../../src/operations/plan.ts';

/** The nouns of the line that need no world, in their order. */
export const NOUNS = ['model', 'scenarios', 'plans'] as const;
export type Line = Readonly<Record<(typeof NOUNS)[number], string>>;

/** A model's line as the files of `fixtures/lines/<app>/` hold it. */
export function lineOf(model: Model): Line {
  const { scenarios, plans } = planModel(model);
  return { model: textOf(model), scenarios: textOf(scenarios), plans: textOf(plans) };
}

/** A copy of a fixture app outside any checkout, so that it has no commit. */
export async function copyOfApp(app: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'statewright-line-'));
  const root = join(folder, `${app} elsewhere`);
  await cp(new URL(`../../fixtures/apps/${app}`, import.meta.url), root, { recursive: true });
  return root;
}

export function textOf(value: unknown): string {
  return `${canonicalJson(value, 2)}\n`;
}
