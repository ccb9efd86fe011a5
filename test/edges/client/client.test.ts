import { build } from 'esbuild';
import { describe, expect, test, vi } from 'vitest';
import { ServiceProblem, statewright } from '../../../src/edges/client/client.ts';
import { clinicModel, openTestService } from '../../setup/service.ts';

vi.setConfig({ testTimeout: 120_000 });

const MODEL = JSON.parse(clinicModel);

describe('the typed client', () => {
  test('plans a posted model and reads everything back', async () => {
    const service = await openTestService();
    const { key } = await service.client();
    const client = statewright({ url: `${service.url}/`, key: key.key });
    const planning = await client.plan({ model: MODEL });
    expect(planning.plans.length).toBeGreaterThan(5);
    expect(await client.planning(planning.id)).toEqual(planning);
    expect((await client.plannings({ limit: 1 })).items).toMatchObject([{ id: planning.id }]);
    expect(await client.model(planning.model)).toEqual(MODEL);
    expect((await client.models()).items).toHaveLength(1);
    const asked = { planning: planning.id, route: 'POST /staff', limit: 200 };
    const { items } = await client.scenarios(asked);
    expect(items.map(({ id }) => id)).toContain('POST /staff › email_taken');
  });

  test('waits for long work, telling what happens', async () => {
    const service = await openTestService();
    const { key } = await service.client();
    const late: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      if (init?.method === 'POST') headers.set('prefer', 'respond-async');
      return fetch(input, { ...init, headers });
    };
    const client = statewright({ url: service.url, key: key.key, fetch: late });
    const kinds: string[] = [];
    const planning = await client.plan(
      { model: MODEL },
      { onEvent: ({ kind }) => kinds.push(kind) },
    );
    expect(planning.plans.length).toBeGreaterThan(5);
    expect(kinds.at(-1)).toBe('end');
  });

  test('rejects with the service’s own code and hint', async () => {
    const service = await openTestService();
    const { key } = await service.client({ scopes: ['plan'] });
    const client = statewright({ url: service.url, key: key.key });
    await expect(client.planning('none')).rejects.toBeInstanceOf(ServiceProblem);
    await expect(client.planning('none')).rejects.toMatchObject({ status: 404, hint: /./ });
    await expect(client.up({ plan: 'x' })).rejects.toMatchObject({ status: 403 });
    const stranger = statewright({ url: service.url });
    await expect(stranger.plannings()).rejects.toMatchObject({ status: 401 });
    const elsewhere = statewright({ url: `${service.url}/docs/x` });
    await expect(elsewhere.plannings()).rejects.toBeInstanceOf(ServiceProblem);
  });

  test('bundles for browsers and Workers with nothing beside itself', async () => {
    const entry = new URL('../../../src/edges/client/client.ts', import.meta.url).pathname;
    const options = { entryPoints: [entry], bundle: true, minify: true };
    const web = { platform: 'browser', format: 'esm', write: false } as const;
    const { outputFiles } = await build({ ...options, ...web });
    expect(outputFiles[0]?.text.length).toBeLessThan(6_000);
  });
});
