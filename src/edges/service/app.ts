import { Hono } from 'hono';
import { StatewrightError } from '../../kernel/errors.ts';
import { ENDPOINTS, type Endpoint } from './contract.ts';
import { HANDLERS, type Handler } from './handlers/handlers.ts';
import { answerOnce } from './idempotency.ts';
import { notHere } from './not-here.ts';
import { openApi } from './openapi.ts';
import { problemFrom, problemResponse } from './problem.ts';
import { referencePage } from './reference.ts';
import { type Reply, responseOf } from './reply.ts';
import { SECURITY } from './security.ts';
import type { Place } from './service.ts';
import type { Key } from './shapes.ts';

const REACH = { none: 0, database: 1, checkout: 2 } as const;

/** The plan service over what its place gives it. */
export function openService(place: Place): Hono {
  const app = new Hono();
  for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
    const handler = HANDLERS[name as keyof typeof ENDPOINTS];
    const label = `${endpoint.method} ${endpoint.path}`;
    app.on(endpoint.method, endpoint.path, (c) => serve(c, { label, endpoint, handler, place }));
  }
  const document = JSON.stringify(openApi(place.version));
  const reference = referencePage();
  const secured = (response: Response) => responseOf(response, SECURITY);
  app.get('/openapi.json', (c) => secured(c.body(document, 200, JSON_TYPE)));
  app.get('/docs', (c) => secured(c.html(reference)));
  for (const [path, { type, body }] of place.page ?? []) {
    app.get(path, (c) => secured(c.body(body, 200, { 'content-type': type })));
  }
  app.notFound((c) => {
    const error = new StatewrightError('service.noSuchRoute', 'There is no such route.', {
      hint: 'GET /openapi.json lists the routes, /docs shows them.',
    });
    return secured(problemResponse(c, { ...problemFrom(error), status: 404 }));
  });
  app.onError((error, c) => secured(problemResponse(c, problemFrom(error))));
  return app;
}

const JSON_TYPE = { 'content-type': 'application/json' };

interface Serving {
  /** What its metrics are counted under. */
  readonly label: string;
  readonly endpoint: Endpoint;
  readonly handler: Handler;
  readonly place: Place;
}

type Context = Parameters<Handler>[0]['c'];

/** One request from its key to its line in the log. */
async function serve(c: Context, serving: Serving): Promise<Response> {
  const { label, endpoint, place } = serving;
  const started = performance.now();
  const request = requestId(c.req.header('x-request-id'));
  const seen: { key: Key | null; code: string | null; error: unknown } = {
    key: null,
    code: null,
    error: null,
  };
  let reply: Reply | Response;
  try {
    reply = await answer(c, serving, seen);
  } catch (error) {
    const problem = problemFrom(error, request);
    seen.code = problem.code;
    if (problem.status === 500 || problem.status === 503) seen.error = error;
    const facts = error instanceof StatewrightError ? error.facts : undefined;
    reply = problemResponse(c, problem, facts);
  }
  const { status } = reply;
  const took = performance.now() - started;
  place.metrics.answered(label, status, took / 1_000);
  const { key, code, error } = seen;
  place.log({
    request,
    method: endpoint.method,
    endpoint: endpoint.path,
    status,
    ms: Math.round(took),
    key: key?.id ?? null,
    tenant: key?.tenant ?? null,
    code,
    error,
  });
  return responseOf(reply, { ...SECURITY, 'x-request-id': request });
}

async function answer(
  c: Context,
  { endpoint, handler, place }: Serving,
  seen: { key: Key | null },
): Promise<Reply | Response> {
  if (REACH[endpoint.needs] > REACH[place.serves]) throw notHere(endpoint);
  // PostgreSQL takes none, and nothing here has one in its name.
  if (/%00/.test(c.req.url)) throw hasNul();
  if (endpoint.scope === null) return handler({ c, key: null, place });
  if (place.gate) seen.key = await place.gate.enter(c.req.header('authorization'), endpoint.scope);
  if (place.stopping.aborted) throw stopping();
  const { key } = seen;
  const name = endpoint.method === 'POST' ? c.req.header('idempotency-key') : undefined;
  if (name === undefined || !key || !place.storage) return handler({ c, key, place });
  return answerOnce({ c, name, key, place, storage: place.storage }, async () =>
    responseOf(await handler({ c, key, place })),
  );
}

function stopping(): StatewrightError {
  return new StatewrightError('service.stopping', 'This instance is about to stop.', {
    hint: 'Ask again in a moment; another instance, or this one started anew, answers.',
  });
}

function hasNul(): StatewrightError {
  return new StatewrightError('service.badRequest', 'The address holds a NUL.', {
    hint: 'GET /openapi.json lists the routes and what they take.',
  });
}

/** The caller's own id where it is harmless in a log and a header, else a new one. */
function requestId(given: string | undefined): string {
  return given !== undefined && /^[\w.-]{1,100}$/.test(given) ? given : crypto.randomUUID();
}
