import { expect, onTestFinished, test } from 'vitest';
import type { Runner } from '../../../src/edges/service/service.ts';
import type { Endings, Planning, Proofs } from '../../../src/edges/service/shapes.ts';
import type { Proof, Verdict } from '../../../src/proof/proof.ts';
import { openDesk } from '../../setup/cli.ts';
import { leftBehind, NOTHING } from '../../setup/left-behind.ts';
import { type Client, clinicModel, openTestService, problemOf } from '../../setup/service.ts';

/** A runner that gives every plan the verdict of the moment, and remembers what it was asked. */
function provingRunner() {
  const asked: { repo: string; plans: string[] }[] = [];
  const answering: { verdict: Verdict } = { verdict: 'proven' };
  const runner: Runner = {
    up: () => Promise.reject(new Error('nothing is set up here')),
    down: () => Promise.reject(new Error('nothing is taken down here')),
    async prove({ repo, plans }) {
      asked.push({ repo, plans: plans.map(({ id }) => id) });
      return plans.map(
        (plan): Proof => ({
          ...{ plan: plan.id, scenario: plan.variantOf ?? plan.id, route: 'r', residue: [] },
          ...{ verdict: answering.verdict, reason: 'a NUL: \0', expected: plan.then },
          observed: { status: 418, body: { error: 'teapot' }, location: null, text: '<b>hot</b>' },
          ...{ divergedAt: [], timings: { setUpMs: 1, requestMs: 2, resetMs: 3 } },
        }),
      );
    },
    close: async () => undefined,
  };
  return { runner, asked, answering };
}

async function planned(caller: Client): Promise<Planning> {
  const response = await caller.post('/v1/plans', `{"model":${clinicModel}}`, {
    prefer: 'wait=60',
  });
  return (await response.json()) as Planning;
}

test('a proof is kept with its planning, and shown with the ending', async () => {
  const { runner, asked, answering } = provingRunner();
  const service = await openTestService({ runner: () => runner });
  const caller = await service.client();
  const { id, plans } = await planned(caller);
  const [first = plans[0], second] = plans;
  const wanted = [first?.id ?? '', second?.id ?? ''];
  const path = `/v1/plans/${id}/proofs`;
  const overview = async () =>
    ((await (await caller(`/v1/plans/${id}/endings`)).json()) as Endings).endings;
  expect(new Set((await overview()).map(({ verdict }) => verdict))).toEqual(new Set([null]));
  const given = await caller.post(path, { repo: 'clinic', plans: [...wanted, wanted[0]] });
  expect(given.status).toBe(200);
  expect(asked).toEqual([{ repo: 'clinic', plans: wanted }]);
  answering.verdict = 'diverted';
  await caller.post(path, { repo: 'clinic', plans: [wanted[1]] });
  const { proofs } = (await (await caller(path)).json()) as Proofs;
  expect(Object.fromEntries(proofs.map(({ plan, verdict }) => [plan, verdict]))).toEqual({
    [wanted[0] ?? '']: 'proven',
    [wanted[1] ?? '']: 'diverted',
  });
  const endings = await overview();
  expect(endings.find((item) => item.id === wanted[1])?.verdict).toBe('diverted');
  expect(endings.filter(({ verdict }) => verdict !== null)).toHaveLength(2);
  const shown = await caller(`/v1/plans/${id}/ending?id=${encodeURIComponent(wanted[1] ?? '')}`);
  const text = await shown.text();
  expect(text).toContain('teapot');
  expect(text).toContain('&lt;b&gt;hot&lt;/b&gt;');
  expect(text).not.toContain('<b>hot');
});

test('plans of others, of nobody and too many are not fired', async () => {
  const { runner, asked } = provingRunner();
  const service = await openTestService({ runner: () => runner });
  const caller = await service.client();
  const { id, plans } = await planned(caller);
  const path = `/v1/plans/${id}/proofs`;
  const body = { repo: 'clinic', plans: [plans[0]?.id] };
  const other = await service.client({ tenant: 'other' });
  expect((await other.post(path, body)).status).toBe(404);
  expect((await other(path)).status).toBe(404);
  expect((await other(`/v1/plans/${id}/endings`)).status).toBe(404);
  const planner = await service.client({ scopes: ['plan'] });
  expect((await planner.post(path, body)).status).toBe(403);
  const none = await service.client({ standing: 0 });
  expect((await none.post(path, body)).status).toBe(429);
  const unknown = await caller.post(path, { repo: 'clinic', plans: ['GET /nowhere › 200'] });
  expect(await problemOf(unknown)).toMatchObject({ code: 'up.unknownPlan' });
  const many = { repo: 'clinic', plans: plans.map(() => 'x').concat(Array(50).fill('y')) };
  expect((await caller.post(path, many)).status).toBe(400);
  expect(asked).toEqual([]);
});

test('a plan is fired at the app of a checkout, and nothing is left', async () => {
  const desk = openDesk();
  desk.checkout('clinic');
  const serving = desk.start(['serve', '--port', '0', '--root', desk.folder]);
  let out = '';
  serving.child.stdout?.on('data', (text) => {
    out += text;
  });
  onTestFinished(() => void serving.child.kill('SIGKILL'));
  await expect.poll(() => out, { timeout: 60_000 }).toContain('\n');
  const { url, key } = JSON.parse(out);
  const post = async (path: string, body: object) => {
    const headers = {
      ...{ authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      prefer: 'wait=60',
    };
    const response = await fetch(url + path, {
      ...{ method: 'POST', headers, body: JSON.stringify(body) },
    });
    expect(response.status, await response.clone().text()).toBe(200);
    return response.json();
  };
  const { id } = (await post('/v1/plans', { repo: 'clinic' })) as Planning;
  const plans = ['POST /sessions › 201', 'POST /sessions › invalid_body'];
  const { proofs } = (await post(`/v1/plans/${id}/proofs`, { repo: 'clinic', plans })) as Proofs;
  expect(proofs).toMatchObject(plans.map((plan) => ({ plan, verdict: 'proven', residue: [] })));
  expect(proofs[0]?.observed?.status).toBe(201);
  serving.child.kill('SIGTERM');
  expect((await serving.ended).code).toBe(0);
  await expect.poll(() => leftBehind(desk), { timeout: 30_000 }).toEqual(NOTHING);
}, 240_000);
