import { expect, test } from 'vitest';
import { loadStates } from '../../evals/load/load.ts';

test('states of several processes stand side by side in one database, answer as planned and leave nothing', async () => {
  const { asked, plans, left } = await loadStates({
    ...{ app: 'library', states: 160, workers: 4 },
    say: () => undefined,
  });
  expect(plans).toBeGreaterThan(40);
  expect(asked).toHaveLength(160);
  expect(asked.filter(({ problem }) => problem !== null)).toEqual([]);
  expect(asked.filter(({ removed }) => removed > 0).length).toBeGreaterThan(80);
  expect(left).toEqual({ tables: [], made: 0, runs: [], databases: [] });
}, 240_000);
