import { createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.ts';

/** What proves that a request comes from who holds the shared secret: over the body as it was sent, in hex. */
export function signatureOf(text: string | Buffer, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

export function isSigned(text: string | Buffer, signature: string, secret: string): boolean {
  return same(signatureOf(text, secret), signature);
}

/** A token that its holder gives back and nobody else can make: header, payload and signature, as of a JWT. */
export function signToken(typ: string, payload: object, secret: string): string {
  const said = [{ alg: 'HS256', typ }, payload].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const text = said.join('.');
  return `${text}.${tokenSignature(text, secret)}`;
}

/** The payload of a token of ours. Throws a refusal with that code where it is none. */
export function openToken(
  token: string,
  { secret, code }: { secret: string; code: string },
): unknown {
  const [header = '', payload = '', signature = '', ...more] = token.split('.');
  const isOurs =
    more.length === 0 && same(tokenSignature(`${header}.${payload}`, secret), signature);
  if (!isOurs)
    throw new Refusal(403, code, 'The token is malformed, or its signature is not ours.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

function tokenSignature(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
