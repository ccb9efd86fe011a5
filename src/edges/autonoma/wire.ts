import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/** Version 1 makes rows of a graph, version 2 a scenario by its name. Callers may send more than we read. */
export const Action = z.discriminatedUnion('action', [
  z.looseObject({ action: z.literal('discover') }),
  z.looseObject({
    action: z.literal('up'),
    scenario: z.looseObject({ name: z.string() }).optional(),
    create: z.record(z.string(), z.array(z.record(z.string(), z.json()))).optional(),
    testRunId: z.string().min(1).max(200).optional(),
  }),
  z.looseObject({
    action: z.literal('down'),
    refsToken: z.string().optional(),
    teardownToken: z.string().optional(),
    testRunId: z.string().optional(),
  }),
]);
export type Action = z.infer<typeof Action>;

/** The protocol's own codes; `REPLAYED` is ours. */
export type Code =
  | 'INVALID_SIGNATURE'
  | 'INVALID_BODY'
  | 'UNKNOWN_ACTION'
  | 'UNKNOWN_ENVIRONMENT'
  | 'UNRESOLVED_TOKEN'
  | 'INVALID_REFS_TOKEN'
  | 'INVALID_TEARDOWN_TOKEN'
  | 'REPLAYED'
  | 'SAME_SECRETS'
  | 'CONFIGURATION_ERROR'
  | 'INTERNAL_ERROR';

const STATUS: Readonly<Record<Code, number>> = {
  INVALID_SIGNATURE: 401,
  INVALID_BODY: 400,
  UNKNOWN_ACTION: 400,
  UNKNOWN_ENVIRONMENT: 400,
  UNRESOLVED_TOKEN: 400,
  INVALID_REFS_TOKEN: 403,
  INVALID_TEARDOWN_TOKEN: 403,
  REPLAYED: 409,
  SAME_SECRETS: 500,
  CONFIGURATION_ERROR: 503,
  INTERNAL_ERROR: 500,
};

/** What ends a request with one of the protocol's codes. */
export class Refusal extends Error {
  readonly code: Code;
  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function refused({ code, message }: Refusal): Response {
  return Response.json({ error: message, code }, { status: STATUS[code] });
}

/** Throws `INVALID_SIGNATURE` unless the header is the hex HMAC-SHA256 of the body's bytes. */
export function checkSignature(body: Uint8Array, header: string | null, secret: string): void {
  const right = createHmac('sha256', secret).update(body).digest();
  const given = /^[0-9a-f]{64}$/i.test(header ?? '') ? Buffer.from(header ?? '', 'hex') : null;
  if (given === null || !timingSafeEqual(given, right)) {
    throw new Refusal('INVALID_SIGNATURE', 'The x-signature header does not fit the body.');
  }
}

const Held = z.strictObject({
  handle: z.string(),
  testRunId: z.string(),
  environment: z.string(),
});
export type Held = z.infer<typeof Held>;

const HEADER = encoded({ alg: 'HS256', typ: 'JWT' });

/** `header.payload.signature`: says which run to take down, and that we said so. */
export function signToken(held: Held, secret: string): string {
  const signed = `${HEADER}.${encoded(held)}`;
  return `${signed}.${signatureOf(signed, secret)}`;
}

/** Null for anything that we did not sign. */
export function readToken(token: string, secret: string): Held | null {
  const end = token.lastIndexOf('.');
  const signed = token.slice(0, Math.max(0, end));
  const [given, right] = [
    Buffer.from(token.slice(end + 1)),
    Buffer.from(signatureOf(signed, secret)),
  ];
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  const [header, payload = ''] = signed.split('.');
  if (header !== HEADER) return null;
  const held = Held.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  return held.success ? held.data : null;
}

function signatureOf(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
