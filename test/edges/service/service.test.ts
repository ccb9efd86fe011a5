import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job, Planning } from '../../../src/edges/service/shapes.ts';
import { textOf } from '../../setup/line.ts';
import {
  type Client,
  clinicModel,
  openTestService,
  problemOf,
  type TestService,
} from '../../setup/service.ts';

const ROOTS = new URL('../../../fixtures/apps', import.meta.url).pathname;
const plans = readFileSync(
  new URL('../../../fixtures/lines/clinic/plans.json', import.meta.url),
  'utf8',
);

let service: TestService;
let caller: Client;
beforeAll(async () => {
  service = await openTestService({ roots: [ROOTS] });
  caller = await service.client();
});
afterAll(() => service.close());

const postModel = (headers: Record<string, string> = {}) =>
  caller.post('/v1/plans', `{"model":${clinicModel}}`, headers);

async function events(
  response: Response,
): Promise<{ id: number; data: Record<string, unknown> }[]> {
  const text = await response.text();
  return text
    .split('\n\n')
    .filter((block) => block.includes('data:'))
    .map((block) => ({
      id: Number(/^id: ?(\d+)/m.exec(block)?.[1]),
      data: JSON.parse(/^data: ?(.*)$/m.exec(block)?.[1] ?? '{}'),
    }));
}

describe('planning', () => {
  test('plans a posted model with the bytes of the command line, and answers 304 to who has them', async () => {
    const response = await postModel({ prefer: 'wait=60' });
    expect(response.status).toBe(200);
    const planning = (await response.json()) as Planning;
    expect(textOf(planning.plans)).toBe(plans);
    const etag = response.headers.get('etag') ?? '';
    const location = response.headers.get('location') ?? '';
    expect(location).toBe(`/v1/plans/${planning.id}`);
    const again = await caller(location, { headers: { 'if-none-match': `"x", W/${etag}` } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const posted = await postModel({ 'if-none-match': etag });
    expect(posted.status).toBe(304);
    expect(await (await caller(location)).json()).toEqual(planning);
  });

  test('reads posted sources, a tarball and a repo to the same plans, running none of them', async () => {
    const { execFileSync } = await import('node:child_process');
    const tar = execFileSync('tar', ['-czf', '-', '-C', ROOTS, 'clinic']);
    const send = [
      caller('/v1/plans', {
        method: 'POST',
        body: tar,
        headers: { 'content-type': 'application/gzip', prefer: 'wait=60' },
      }),
      caller.post('/v1/plans', { repo: 'clinic' }, { prefer: 'wait=60' }),
    ];
    for (const response of await Promise.all(send)) {
      const planning = (await response.json()) as Planning;
      expect(response.status, JSON.stringify(planning).slice(0, 300)).toBe(200);
      expect(textOf(planning.plans)).toBe(plans);
    }
  }, 90_000);

  test('answers long work with 202 and tells its progress, again from any event on', async () => {
    const response = await caller.post(
      '/v1/plans',
      { repo: 'clinic', only: 'x' },
      { prefer: 'respond-async' },
    );
    expect(response.status).toBe(202);
    const job = (await response.json()) as Job;
    expect(response.headers.get('location')).toBe(`/v1/jobs/${job.id}`);
    const told = await events(await caller(job.events));
    expect(told.map(({ id }) => id)).toEqual(told.map((_, index) => index + 1));
    expect(told.at(-1)?.data).toEqual({ kind: 'end', state: 'done' });
    const rest = await events(
      await caller(job.events, { headers: { 'last-event-id': String(told.length - 1) } }),
    );
    expect(rest).toEqual(told.slice(-1));
    const ended = (await (await caller(`/v1/jobs/${job.id}`)).json()) as Job;
    expect(ended.state).toBe('done');
    expect((await caller(ended.result ?? '')).status).toBe(200);
  }, 60_000);

  test('ends a job whose sources are no app as failed, with what is wrong', async () => {
    const response = await caller.post(
      '/v1/plans',
      { files: { 'a.ts': 'export {}' } },
      { prefer: 'wait=60' },
    );
    const problem = await problemOf(response);
    expect([response.status, problem.code]).toEqual([422, 'repo.noPackage']);
  }, 60_000);

  test('cancels a job', async () => {
    const response = await caller.post(
      '/v1/plans',
      { repo: 'storefront' },
      { prefer: 'respond-async' },
    );
    const job = (await response.json()) as Job;
    const cancelled = await caller(`/v1/jobs/${job.id}`, { method: 'DELETE' });
    expect(((await cancelled.json()) as Job).state).toBe('cancelled');
    const told = await events(await caller(job.events));
    expect(told.at(-1)?.data).toEqual({ kind: 'end', state: 'cancelled' });
  }, 60_000);
});

describe('lists', () => {
  test('page through plannings and scenarios without losing or repeating any', async () => {
    const { id } = (await (await postModel()).json()) as Planning;
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const from = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const page = await (await caller(`/v1/scenarios?planning=${id}&limit=7${from}`)).json();
      const { items, next } = page as { items: { id: string }[]; next: string | null };
      expect(items.length).toBeLessThanOrEqual(7);
      seen.push(...items.map((item) => item.id));
      cursor = next;
    }
    const { scenarios } = (await (await caller(`/v1/plans/${id}`)).json()) as Planning;
    expect(seen).toEqual(scenarios.map((item) => item.id).sort());
    const first = (await (await caller('/v1/plans?limit=1')).json()) as {
      items: unknown[];
      next: string;
    };
    expect(first.items).toHaveLength(1);
    const models = (await (await caller('/v1/models')).json()) as { items: { id: string }[] };
    expect((await caller(`/v1/models/${models.items[0]?.id}`)).status).toBe(200);
  });
});

describe('asking twice', () => {
  test('with one idempotency key does it once; another request under it is refused', async () => {
    const name = { 'idempotency-key': 'k-1', prefer: 'respond-async' };
    const [first, second] = [
      await caller.post('/v1/plans', { repo: 'clinic', only: 'once' }, name),
      await caller.post('/v1/plans', { repo: 'clinic', only: 'once' }, name),
    ];
    expect(await second.text()).toBe(await first.text());
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await caller.post('/v1/plans', { repo: 'clinic', only: 'twice' }, name);
    expect((await problemOf(other)).code).toBe('service.otherRequest');
  });
});

describe('what it says of itself', () => {
  test('is an OpenAPI 3.1 document whose references all resolve', async () => {
    const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Record<
      string,
      never
    >;
    expect(document['openapi']).toBe('3.1.0');
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"(#[^"]+)"/g)].map(
      ([, ref]) => ref,
    );
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of new Set(refs)) {
      const found = ref!
        .slice(2)
        .split('/')
        .reduce<Record<string, never> | undefined>(
          (node, part) => node?.[part.replaceAll('~1', '/').replaceAll('~0', '~')],
          document,
        );
      expect(found, ref).toBeDefined();
    }
    const page = await (await fetch(`${service.url}/docs`)).text();
    for (const path of Object.keys(document['paths'] ?? {})) {
      expect(page).toContain(path.replace(/\{(\w+)\}/g, ':$1'));
    }
  });

  test('counts requests for who may see it', async () => {
    const admin = await service.client({ scopes: ['admin'] });
    const text = await (await admin('/metrics')).text();
    expect(text).toMatch(
      /statewright_requests_total\{endpoint="POST \/v1\/plans",status="200"\} \d+/,
    );
    expect((await caller('/metrics')).status).toBe(403);
  });

  test('gives back a harmless request id, and one of its own for any other', async () => {
    const given = await fetch(`${service.url}/healthz`, { headers: { 'x-request-id': 'mine-1' } });
    expect(given.headers.get('x-request-id')).toBe('mine-1');
    const odd = await fetch(`${service.url}/healthz`, { headers: { 'x-request-id': 'a b"{' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
