import { expect, test, vi } from 'vitest';
import { openService } from '../../../src/edges/service/app.ts';
import { type Env, openWorkerPlace } from '../../../src/edges/service/worker-place.ts';
import { readPrompt } from '../../../src/operations/prompts.ts';
import { clinicModel, problemOf } from '../../setup/service.ts';

const prompt = readPrompt();

/** Asks a Worker that was given these variables. */
function ask(
  env: Env,
  { key, body = `{"model":${clinicModel}}` }: { key?: string; body?: string },
) {
  const { place } = openWorkerPlace(env, { prompt, version: 'test' }, () => undefined);
  return openService(place).request('/v1/plans', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body,
  });
}

test('a Worker with a key and no storage plans for whoever has the key, and for nobody else', async () => {
  const env = { SERVICE_KEY: 'a-key-of-the-owner' };
  expect((await ask(env, { key: 'a-key-of-the-owner' })).status).toBe(200);
  for (const key of [undefined, 'a-key-of-another', 'a-key-of-the-owner1']) {
    const refused = await ask(env, key === undefined ? {} : { key });
    expect((await problemOf(refused)).code).toBe('service.noKey');
  }
});

test('a Worker that anyone reaches asks no language model on its owner’s account', async () => {
  const asked = { body: `{"model":${clinicModel},"llm":true}` };
  const llm = { LLM_PROVIDER: 'openai', LLM_API_KEY: 'not-a-secret' };
  expect((await problemOf(await ask(llm, asked))).code).toBe('service.noLlm');
  const planned = await ask({ ...llm, SERVICE_KEY: 'owner-key' }, { ...asked, key: 'owner-key' });
  expect(planned.status).toBe(200);
});

test('what goes wrong inside is logged without what was sent', async () => {
  const written = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const { place } = openWorkerPlace({}, { prompt, version: 'test' }, () => undefined);
  const failing = new Error('Failed query: insert\nparams: sw_secret', {
    cause: new Error('connect postgres://me:hunter2@db failed'),
  });
  const line = { request: 'r', method: 'POST', endpoint: '/v1/plans', status: 500, ms: 1 };
  place.log({ ...line, key: null, tenant: null, code: null, error: failing });
  const text = JSON.stringify(written.mock.calls);
  written.mockRestore();
  expect(text).toContain('/v1/plans');
  expect(text).not.toMatch(/sw_secret|hunter2/);
});
