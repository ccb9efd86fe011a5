import type { Context } from 'hono';
import { StatewrightError } from '../../kernel/errors.ts';

const STATUS = { failed: 422, refused: 403 } as const;

/** An error as an RFC 9457 problem; its `code` is our permanent one. */
export function problem(
  c: Context,
  about: {
    status: 400 | 403 | 404 | 413 | 415 | 422 | 500;
    code: string;
    detail: string;
    hint: string;
  },
): Response {
  const { status, code, detail, hint } = about;
  const body = { type: `urn:statewright:problem:${code}`, title: code, status, detail, code, hint };
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}

/** Anything thrown, as a problem: what we know keeps its code, a bug shows nothing of its inside. */
export function problemOf(error: Error, c: Context): Response {
  if (error instanceof StatewrightError) {
    const { code, message, hint, ending } = error;
    return problem(c, { status: STATUS[ending], code, detail: message, hint });
  }
  return problem(c, {
    status: 500,
    code: 'service.bug',
    detail: 'Something went wrong on our side.',
    hint: 'Please report it with the time of the request.',
  });
}
