import { readFileSync } from 'node:fs';
import type { Model } from '../../src/model/model.ts';
import { readModel } from '../../src/operations/reading.ts';
import { isRefused } from './refused.ts';

interface KeyEnding {
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
}

/**
 * A fixture app as analysed, its routes, and its endings beside those of its answer key, which says what the app
 * decides: not what values the database refuses.
 */
export async function readApp(name: string) {
  const root = new URL(`../../fixtures/apps/${name}/`, import.meta.url).pathname;
  const { model } = await readModel(root, { emit: () => undefined });
  const key: { endings: KeyEnding[] } = JSON.parse(readFileSync(`${root}endings.json`, 'utf8'));
  return {
    model,
    routes: routesOf(model),
    found: endingsOf(model),
    expected: unique(key.endings.map(({ route, status, code }) => `${route} › ${status} ${code}`)),
  };
}

export function routesOf(model: Model): string[] {
  return model.apps.flatMap(({ routes }) => routes.map(({ id }) => id)).sort();
}

function endingsOf(model: Model): string[] {
  const all = model.apps.flatMap(({ routes }) =>
    routes.flatMap(({ id, outcomes }) =>
      outcomes
        .filter((each) => each.error !== 'DatabaseError' || !isRefused(each))
        .map(({ status, code }) => `${id} › ${status} ${code}`),
    ),
  );
  return unique(all);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
