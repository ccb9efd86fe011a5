import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { NeonConfig } from '../config/config.ts';
import { StatewrightError } from '../kernel/errors.ts';

/** What of Neon's API branches need. Every call waits until what it began is done. */
export interface NeonApi {
  /** Makes a branch with an endpoint that reads and writes, which Neon deletes at that time; gives its URL. */
  create(name: string, expiresAt: Date): Promise<string>;
  /** Deletes the branch of that name; none is no error. */
  remove(name: string): Promise<void>;
  /** The names of branches that have this in them. */
  list(part: string): Promise<readonly string[]>;
}

const Operation = z.object({ id: z.string(), status: z.string() });
const Created = z.object({
  branch: z.object({ id: z.string() }),
  operations: z.array(Operation).default([]),
  connection_uris: z.array(z.object({ connection_uri: z.string() })).default([]),
});
const Listed = z.object({
  branches: z.array(
    z.object({ id: z.string(), name: z.string(), default: z.boolean().optional() }),
  ),
});
const Deleted = z.object({ operations: z.array(Operation).default([]) });
const Asked = z.object({ operation: Operation });
const Uri = z.object({ uri: z.string() });

/** The API of a project; the key is sent to its base URL and shown nowhere. Throws `branch.badNeonUrl`. */
export function neonApi(config: NeonConfig, key: string): NeonApi {
  const base = checkedBase(config.baseUrl);
  const project = `/projects/${encodeURIComponent(config.project)}`;
  const call = caller(base, key);
  const settled = (operations: readonly z.infer<typeof Operation>[]) =>
    untilSettled(operations, (id) => call(Asked, { path: `${project}/operations/${id}` }));
  return {
    async create(name, expiresAt) {
      const { parent, database, role } = config;
      const branch = {
        name,
        expires_at: expiresAt.toISOString(),
        ...(parent ? { parent_id: parent } : {}),
      };
      const body = { branch, endpoints: [{ type: 'read_write' }] };
      const made = await call(Created, { path: `${project}/branches`, method: 'POST', body });
      await settled(made.operations);
      const [only] = made.connection_uris;
      if (only && !database && !role) return only.connection_uri;
      const asked = new URLSearchParams({
        branch_id: made.branch.id,
        database_name: database ?? 'neondb',
        role_name: role ?? 'neondb_owner',
      });
      return (await call(Uri, { path: `${project}/connection_uri?${asked}` })).uri;
    },
    async remove(name) {
      const asked = new URLSearchParams({ search: name });
      const { branches } = await call(Listed, { path: `${project}/branches?${asked}` });
      for (const { id } of branches.filter((branch) => branch.name === name && !branch.default)) {
        const path = `${project}/branches/${encodeURIComponent(id)}`;
        await settled((await call(Deleted, { path, method: 'DELETE' })).operations);
      }
    },
    async list(part) {
      const asked = new URLSearchParams({ search: part });
      const { branches } = await call(Listed, { path: `${project}/branches?${asked}` });
      return branches.map(({ name }) => name);
    },
  };
}

interface Call {
  readonly path: string;
  readonly method?: 'POST' | 'DELETE';
  readonly body?: unknown;
}

const TRIES = 20;

/** While operations of the project run, Neon answers 423; asked too often, 429. Both pass. */
function caller(base: string, key: string) {
  return async <T extends z.ZodType>(
    shape: T,
    { path, method, body }: Call,
  ): Promise<z.output<T>> => {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${base}${path}`, {
        method: method ?? 'GET',
        redirect: 'error',
        headers: {
          authorization: `Bearer ${key}`,
          accept: 'application/json',
          'content-type': 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      }).catch((cause: unknown) => {
        throw failed('it could not be reached', { method, path, cause });
      });
      const text = await response.text();
      // Already gone: that is what was asked for.
      if (method === 'DELETE' && (response.status === 404 || response.status === 204)) {
        return shape.parse({});
      }
      if (response.ok) return readAs(shape, text, { method, path });
      const passing = [423, 429, 503].includes(response.status) && attempt < TRIES;
      if (!passing)
        throw failed(`it answered ${response.status}: ${messageIn(text)}`, { method, path });
      await sleep(pauseMs(response.headers.get('retry-after'), attempt));
    }
  };
}

/** A proxy's page, or another API's answer, is told as such. */
function readAs<T extends z.ZodType>(
  shape: T,
  text: string,
  call: { readonly method?: Call['method'] | undefined; readonly path: string },
): z.output<T> {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw failed('its answer is none of that API', { ...call, cause });
  }
}

function pauseMs(retryAfter: string | null, attempt: number): number {
  const asked = Number(retryAfter ?? Number.NaN) * 1_000;
  return Math.min(Number.isFinite(asked) ? asked : 250 * attempt, 10_000);
}

async function untilSettled(
  operations: readonly z.infer<typeof Operation>[],
  ask: (id: string) => Promise<z.infer<typeof Asked>>,
): Promise<void> {
  const deadline = performance.now() + 120_000;
  for (const { id, status } of operations) {
    let now = status;
    while (!['finished', 'skipped'].includes(now)) {
      if (['failed', 'error', 'cancelled'].includes(now) || performance.now() > deadline) {
        throw failed(`operation ${id} is ${now}`, { path: '' });
      }
      await sleep(200);
      now = (await ask(id)).operation.status;
    }
  }
}

/** The key goes there: over TLS, unless it stays on this machine. */
function checkedBase(baseUrl: string): string {
  const url = URL.parse(baseUrl);
  const local = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && local);
  if (url && safe && url.username === '' && url.password === '' && url.search === '') {
    return baseUrl.replace(/\/+$/, '');
  }
  throw new StatewrightError('branch.badNeonUrl', 'neon.baseUrl is no https:// address.', {
    hint: 'Leave it out: it is https://console.neon.tech/api/v2. Nothing was sent.',
  });
}

function messageIn(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? '').slice(0, 200);
  } catch {
    return '(no JSON)';
  }
}

function failed(
  why: string,
  { method = 'GET', path, cause }: { method?: string | undefined; path: string; cause?: unknown },
): StatewrightError {
  return new StatewrightError('branch.neonFailed', `Neon's API: ${why}.`, {
    hint: 'Check neon.project and the key; branches left behind are deleted by gc, or by Neon itself.',
    facts: { method, path },
    ...(cause === undefined ? {} : { cause }),
  });
}
