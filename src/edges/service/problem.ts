import type { Context } from 'hono';
import { StatewrightError } from '../../kernel/errors.ts';
import type { Problem } from './shapes.ts';

export type Status = 400 | 401 | 403 | 404 | 406 | 409 | 413 | 415 | 422 | 429 | 500 | 501 | 503;

/** The statuses of codes that are about the request, not about what it asks for. */
const STATUSES: Readonly<Record<string, Status>> = {
  'service.badArchive': 400,
  'service.badBody': 400,
  'service.badCursor': 400,
  'service.badModel': 400,
  'service.badPath': 400,
  'service.badRequest': 400,
  'service.noKey': 401,
  'service.unknownKey': 404,
  'service.notFound': 404,
  'service.inProgress': 409,
  'service.tooLarge': 413,
  'service.badType': 415,
  'service.quota': 429,
  'service.tooMany': 429,
  'service.notHere': 501,
  'service.full': 503,
  'service.stopping': 503,
  'service.storageGone': 503,
  'db.unreachable': 503,
};

const RETRY_S: Readonly<Record<string, number>> = {
  'service.full': 5,
  'service.inProgress': 1,
  'service.stopping': 5,
  'service.storageGone': 2,
  'service.tooMany': 1,
};

/** Anything thrown as an RFC 9457 problem: what we know keeps its code, a bug shows nothing of its inside. */
export function problemFrom(error: unknown, instance?: string): Problem {
  const known = error instanceof StatewrightError ? error : null;
  const code = known?.code ?? 'service.bug';
  const status = known ? (STATUSES[code] ?? (known.ending === 'refused' ? 403 : 422)) : 500;
  return {
    type: `urn:statewright:problem:${code}`,
    title: code,
    status,
    detail: known?.message ?? 'Something went wrong on our side.',
    code,
    hint: known?.hint ?? 'Please report it with the id of the request.',
    ...(instance === undefined ? {} : { instance }),
  };
}

export function problemResponse(c: Context, problem: Problem, facts?: Readonly<object>): Response {
  const after = facts && 'retryAfter' in facts ? Number(facts.retryAfter) : RETRY_S[problem.code];
  const headers = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(after === undefined ? {} : { 'retry-after': String(after) }),
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  };
  return c.body(JSON.stringify(problem), problem.status as Status, headers);
}
