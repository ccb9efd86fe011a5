import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inject, onTestFinished } from 'vitest';
import { withDatabase } from '../../src/db/db.ts';
import { openSession } from '../../src/db/pg.ts';
import { openLog } from '../../src/edges/service/log.ts';
import { type NodeOptions, type Running, startService } from '../../src/edges/service/node.ts';
import { KeyRequest, type NewKey } from '../../src/edges/service/shapes.ts';
import { createKey } from '../../src/edges/service/store/keys.ts';
import type { Llm } from '../../src/llm/llm.ts';

const read = (path: string) =>
  readFileSync(new URL(`../../fixtures/lines/${path}`, import.meta.url), 'utf8');

/** The clinic's model as JSON text. */
export const clinicModel = read('clinic/model.json');
/** How many plans and endings the clinic has. */
export const clinicCounts = {
  plans: JSON.parse(read('clinic/plans.json')).length,
  endings: JSON.parse(read('clinic/scenarios.json')).length,
};

/** A database of its own for a service; dropped by the returned function. */
export async function freshStore(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_service_${randomBytes(6).toString('hex')}`;
  const server = inject('serverUrl');
  await using sql = await openSession(server);
  await sql.query(`create database ${name}`);
  const drop = async () => {
    await using last = await openSession(server);
    await last.query(`drop database if exists ${name} with (force)`);
  };
  return { url: withDatabase(server, name), drop };
}

export interface Client {
  readonly key: NewKey;
  (path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

export interface TestService {
  readonly url: string;
  readonly store: string;
  readonly running: Running;
  /** A caller with a key of its own. */
  client(about?: Partial<KeyRequest>): Promise<Client>;
  close(): Promise<void>;
}

/** A service on a free port over a fresh storage; closed when the test ends, or by `close`. */
export async function openTestService(
  options: Partial<Omit<NodeOptions, 'llm'>> & { readonly llm?: Llm } = {},
): Promise<TestService> {
  const store = options.store
    ? { url: options.store, drop: async () => undefined }
    : await freshStore();
  const running = await startService({
    ...{ host: '127.0.0.1', port: 0, roots: [], workers: 1, llm: null, cache: null, runner: null },
    ...{ version: 'test', log: openLog('silent') },
    ...options,
    store: store.url,
  });
  const close = async () => {
    await running.close();
    await store.drop();
  };
  try {
    onTestFinished(close);
  } catch {
    // Outside a test: the caller's afterAll closes it.
  }
  const client = async (about: Partial<KeyRequest> = {}): Promise<Client> => {
    const request = KeyRequest.parse({ name: 'test', scopes: ['plan', 'run'], ...about });
    const key = await running.storage.with((db) => createKey(db, request));
    const call = (path: string, init: RequestInit = {}) =>
      fetch(`${running.url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${key.key}`, ...init.headers },
      });
    const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      call(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    return Object.assign(call, { key, post });
  };
  return { url: running.url, store: store.url, running, client, close };
}

/** What a problem says, with its status. */
export async function problemOf(
  response: Response,
): Promise<{ status: number; code: string; hint: string; detail: string }> {
  return (await response.json()) as never;
}
