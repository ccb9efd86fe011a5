import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../../src/db/db.ts';
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

/** A caller of a service that sets states up on a database, with the clinic planned. */
async function serving(database: Database, app: string) {
  const service = await openTestService({
    runner: (storage) =>
      openRunner({
        ...{ db: database.url, apps: [app], roots: [], clones: 1 },
        ...{ place, storage, warn: () => undefined },
      }),
  });
  const { key } = await service.client();
  const client = statewright({ url: service.url, key: key.key });
  return { client, planning: await client.plan({ model: JSON.parse(clinicModel) }) };
}

test('on an enrolled database the requests of each plan, sent as they are, are answered as planned', async () => {
  const database = await enrolled(await freshDatabase());
  const app = await startClinic(database.url);
  const before = await database.checksums();
  const { client, planning } = await serving(database, app.url);
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

test('a teardown waits for no set-up, however many there are', async () => {
  const asked: ServerResponse[] = [];
  const app = createServer((_, response) => void asked.push(response)).listen(0, '127.0.0.1');
  onTestFinished(() => void app.close());
  await once(app, 'listening');
  const { port } = app.address() as AddressInfo;
  const database = await enrolled(await freshDatabase());
  const { client, planning } = await serving(database, `http://127.0.0.1:${port}`);
  const from = { planning: planning.id };
  const run = await client.up({ ...from, plan: 'POST /sessions › invalid_body' });
  const held = Array.from({ length: 12 }, () =>
    client.up({ ...from, plan: 'GET /desk/patients/:id › 200' }).catch(() => null),
  );
  await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(8);
  const soon = { signal: AbortSignal.timeout(10_000) };
  expect(await client.down(run, soon)).toMatchObject({ already: false });
  for (const response of asked) response.writeHead(400).end();
  app.on('request', (_, response) => response.writeHead(400).end());
  expect(await Promise.all(held)).toEqual(held.map(() => null));
}, 60_000);
