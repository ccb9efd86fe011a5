import { expect, test } from 'vitest';
import { statewright } from '../../../src/edges/client/client.ts';
import { openRunner } from '../../../src/edges/service/runner/runner.ts';
import { startClinic } from '../../run/clinic-app.ts';
import { enrolled } from '../../run/setup.ts';
import { freshDatabase } from '../../setup/database.ts';
import { clinicModel, openTestService } from '../../setup/service.ts';

const place = {
  ...{ clock: { now: () => new Date() }, home: '', env: {}, emit: () => undefined },
  ...{ terminal: { colour: false, width: 80 }, signal: new AbortController().signal },
};

test('on an enrolled database the requests of each plan, sent as they are, are answered as planned', async () => {
  const database = await enrolled(await freshDatabase());
  const app = await startClinic(database.url);
  const before = await database.checksums();
  const service = await openTestService({
    runner: (storage) =>
      openRunner({
        ...{ db: database.url, apps: [app.url], roots: [], clones: 1 },
        ...{ place, storage, warn: () => undefined },
      }),
  });
  const { key } = await service.client();
  const client = statewright({ url: service.url, key: key.key });
  const planning = await client.plan({ model: JSON.parse(clinicModel) });
  // Rows that refer to nothing of the plan stay, and variables are an app's own.
  const plans = planning.plans.filter(
    ({ id, given }) => id !== 'POST /staff › 201' && Object.keys(given.env).length === 0,
  );
  expect(plans.length).toBeGreaterThan(25);
  for (const { id, then } of plans) {
    await using run = await client.up({ planning: planning.id, plan: id });
    expect(run.requests.length).toBe(run.when.length);
    let status = 0;
    for (const { url, method, headers, body, encoding } of run.requests) {
      const bytes = body === null ? null : Buffer.from(body, encoding);
      ({ status } = await fetch(url, { method, headers, body: bytes, redirect: 'manual' }));
    }
    expect(status, id).toBe(then.status);
  }
  expect(await database.checksums()).toEqual(before);
}, 120_000);
