import type * as z from 'zod';
import type { Model } from '../../model/model.ts';
import type {
  Job,
  JobEvent,
  ModelPage,
  Planning,
  PlanningPage,
  PlanRequest,
  Problem,
  ProofRequest,
  Proofs,
  RunDown,
  RunRequest,
  RunStatus,
  RunUp,
  ScenarioPage,
} from '../service/shapes.ts';

export interface ClientOptions {
  /** Where the service answers: `http://127.0.0.1:3400`. */
  readonly url: string;
  /** A key of it, as `statewright keys create` shows it. */
  readonly key?: string | undefined;
  /** What sends the requests; the platform's own `fetch` when absent. */
  readonly fetch?: typeof fetch;
}

interface Calling {
  readonly signal?: AbortSignal;
}

type Input<T> = T extends unknown
  ? Partial<Pick<T, keyof T & ('llm' | 'only')>> & Omit<T, 'llm' | 'only'>
  : never;
type Page = { readonly limit?: number; readonly cursor?: string };

/** A plan service, from Node, a browser or a Worker. Every call rejects with a `ServiceProblem`. */
export interface Client {
  /** Plans a model, source files or a repo the service can see; waits for it where that takes long. */
  plan(
    request: Input<PlanRequest>,
    options?: Calling & { readonly onEvent?: (event: JobEvent) => void },
  ): Promise<Planning>;
  planning(id: string, options?: Calling): Promise<Planning>;
  /** Fires plans of a planning at the app of a repo the service can see, each on a clone; what came back is kept. */
  prove(planning: string, request: ProofRequest, options?: Calling): Promise<Proofs>;
  /** What came of firing a planning's plans, the last time each. */
  proofs(planning: string, options?: Calling): Promise<Proofs>;
  plannings(page?: Page, options?: Calling): Promise<z.infer<typeof PlanningPage>>;
  model(id: string, options?: Calling): Promise<Model>;
  models(page?: Page, options?: Calling): Promise<z.infer<typeof ModelPage>>;
  scenarios(
    query: Page & { readonly planning: string; readonly route?: string },
    options?: Calling,
  ): Promise<z.infer<typeof ScenarioPage>>;
  job(id: string, options?: Calling): Promise<Job>;
  /** A job's events from the one after `after` on, until it has ended; goes on where a connection broke. */
  events(id: string, options?: Calling & { readonly after?: string }): AsyncIterable<JobEvent>;
  /** Sets a state up; disposing of it (`await using`) takes it down. */
  up(
    request: Omit<RunRequest, 'hours'> & { readonly hours?: number },
    options?: Calling,
  ): Promise<StandingRun>;
  run(id: string, options?: Calling): Promise<RunStatus>;
  /** Takes a run down by its handle; again is no error. */
  down(run: { readonly id: string; readonly handle: string }, options?: Calling): Promise<RunDown>;
}

export interface StandingRun extends RunUp, AsyncDisposable {}

/** What the service refused, in its own words; `code` is permanent. */
export class ServiceProblem extends Error {
  readonly code: string;
  readonly hint: string;
  readonly status: number;

  constructor({
    code,
    detail,
    hint,
    status,
  }: Pick<Problem, 'code' | 'detail' | 'hint' | 'status'>) {
    super(detail);
    this.name = 'ServiceProblem';
    this.code = code;
    this.hint = hint;
    this.status = status;
  }
}

export function statewright(options: ClientOptions): Client {
  const ask = asking(options);
  const get = async <T>(path: string, calling?: Calling) =>
    read<T>(await ask(path, { ...calling }));
  const down: Client['down'] = async ({ id, handle }, calling) =>
    read(
      await ask(`/v1/runs/${encodeURIComponent(id)}`, {
        ...{ method: 'DELETE', headers: { 'statewright-handle': handle } },
        ...calling,
      }),
    );
  const client: Client = {
    plan: async (request, calling = {}) => {
      const { onEvent, ...signal } = calling;
      const response = await ask('/v1/plans', { ...posted(request), ...signal });
      if (response.status !== 202) return read(response);
      const { id } = await read<Pick<Job, 'id'>>(response);
      for await (const event of client.events(id, signal)) onEvent?.(event);
      return get(resultOf(await client.job(id, signal)), signal);
    },
    planning: (id, calling) => get(`/v1/plans/${encodeURIComponent(id)}`, calling),
    prove: async (id, request, calling) =>
      read(
        await ask(`/v1/plans/${encodeURIComponent(id)}/proofs`, { ...posted(request), ...calling }),
      ),
    proofs: (id, calling) => get(`/v1/plans/${encodeURIComponent(id)}/proofs`, calling),
    plannings: (page, calling) => get(`/v1/plans${queryOf(page)}`, calling),
    model: (id, calling) => get(`/v1/models/${encodeURIComponent(id)}`, calling),
    models: (page, calling) => get(`/v1/models${queryOf(page)}`, calling),
    scenarios: (query, calling) => get(`/v1/scenarios${queryOf(query)}`, calling),
    job: (id, calling) => get(`/v1/jobs/${encodeURIComponent(id)}`, calling),
    events: (id, calling) => follow(ask, id, calling),
    up: async (request, calling) => {
      const run = await read<RunUp>(await ask('/v1/runs', { ...posted(request), ...calling }));
      return { ...run, [Symbol.asyncDispose]: async () => void (await down(run)) };
    },
    run: (id, calling) => get(`/v1/runs/${encodeURIComponent(id)}`, calling),
    down,
  };
  return client;
}

type Ask = (path: string, init: RequestInit) => Promise<Response>;

function asking({ url, key, fetch: send = fetch }: ClientOptions): Ask {
  return async (path, init) => {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
    const response = await send(`${url.replace(/\/+$/, '')}${path}`, { ...init, headers });
    if (response.ok) return response;
    throw new ServiceProblem(await problemIn(response));
  };
}

async function problemIn(response: Response): Promise<Problem> {
  const text = await response.text();
  const isProblem = /\bapplication\/problem\+json\b/.test(
    response.headers.get('content-type') ?? '',
  );
  if (isProblem) return JSON.parse(text);
  const detail = `The service answered with status ${response.status}: ${text.slice(0, 200)}`;
  const code = 'client.notAProblem';
  const hint = 'Does the URL lead to a Statewright service?';
  return { type: 'about:blank', title: code, status: response.status, detail, code, hint };
}

async function read<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

function posted(body: object): RequestInit {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', headers, body: JSON.stringify(body) };
}

function queryOf(query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return text === '' ? '' : `?${text}`;
}

function resultOf({ result, problem, state, id }: Job): string {
  if (result !== null) return result;
  if (problem) throw new ServiceProblem(problem);
  const detail = `Job ${id} ended as ${state}, without a result.`;
  throw new ServiceProblem({ code: 'client.noResult', detail, hint: 'Ask again.', status: 409 });
}

async function* follow(
  ask: Ask,
  id: string,
  { signal, after }: Calling & { readonly after?: string } = {},
): AsyncGenerator<JobEvent> {
  let last = after;
  for (let broken = 0; broken < 5; broken++) {
    const headers = last === undefined ? {} : { 'last-event-id': last };
    const stop = signal ? { signal } : {};
    const response = await ask(`/v1/jobs/${encodeURIComponent(id)}/events`, { headers, ...stop });
    try {
      for await (const { id: at, data } of eventsIn(response)) {
        const event: JobEvent = JSON.parse(data);
        if (at !== null) last = at;
        broken = 0;
        yield event;
        if (event.kind === 'end') return;
      }
    } catch (error) {
      if (signal?.aborted || !(error instanceof TypeError)) throw error;
    }
  }
}

/** The events of a stream: their `id`s, and `data` whole. */
async function* eventsIn(response: Response): AsyncGenerator<{ id: string | null; data: string }> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  if (!reader) return;
  let rest = '';
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const parts = `${rest}${decoder.decode(chunk.value, { stream: true })}`.split(/\r?\n\r?\n/);
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const lines = part.split(/\r?\n/);
      const all = (name: string) =>
        lines.flatMap((line) =>
          line.startsWith(`${name}:`) ? [line.slice(name.length + 1).trimStart()] : [],
        );
      const data = all('data').join('\n');
      if (data !== '') yield { id: all('id')[0] ?? null, data };
    }
  }
}
