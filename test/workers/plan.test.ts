import { exports } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import model from '../../fixtures/lines/clinic/model.json' with { type: 'json' };
import plans from '../../fixtures/lines/clinic/plans.json' with { type: 'json' };
import { canonicalJson } from '../../src/kernel/digest.ts';

const post = (body: unknown) =>
  exports.default.fetch('http://statewright.test/v1/plans', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

// The first request loads the Worker's modules one by one, which takes far longer than any answer.
beforeAll(async () => void (await post({})), 120_000);

test('plans a posted model in workerd, with the same bytes as elsewhere', async () => {
  const response = await post({ model });
  expect(response.status).toBe(200);
  const answer = (await response.json()) as { plans: unknown; unsolved: unknown };
  expect(canonicalJson(answer.plans)).toBe(canonicalJson(plans));
  expect(answer.unsolved).toEqual([]);
});

test('answers a body that is not a model with a problem that says how to get one', async () => {
  const response = await post({ nothing: [] });
  expect(response.status).toBe(422);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await response.json()) as { code: string; hint: string };
  expect(problem.code).toBe('service.needsModel');
  expect(problem.hint).toContain('statewright analyze');
});

test('says where sources are read when it is sent some', async () => {
  const response = await post({ files: { 'package.json': '{}' } });
  expect(response.status).toBe(501);
  expect(((await response.json()) as { hint: string }).hint).toContain('statewright serve');
});

test('says where an executor runs when it is asked for one', async () => {
  const response = await exports.default.fetch('http://statewright.test/v1/runs', {
    method: 'POST',
  });
  expect(response.status).toBe(501);
  expect(((await response.json()) as { hint: string }).hint).toContain('Node');
});
