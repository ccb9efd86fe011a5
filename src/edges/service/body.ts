import type { Context } from 'hono';
import type * as z from 'zod';
import { StatewrightError } from '../../kernel/errors.ts';
import type { Busy } from './busy.ts';

/** What a request may send: a model of a large app is some 10 MB. */
export const MAX_BODY = 32 * 1024 * 1024;
export const MAX_SMALL_BODY = 64 * 1024;
/** Deeper than any model is; what recurses over it must not run out of stack. */
const MAX_DEPTH = 150;

/** What is taken in at once, whoever sends it. */
const SMALL = 256 * 1024;

/** A request that sends something. */
interface Sent {
  readonly c: Context;
  readonly key: { readonly id: string } | null;
  readonly place: { readonly busy: Busy };
}

/** Reads a body and makes something of it; of one key, what may be large or unpacks waits its turn. */
export async function takeIn<T>(
  { c, key, place }: Sent,
  max: number,
  make: (bytes: Uint8Array<ArrayBuffer>) => Promise<T>,
): Promise<T> {
  const work = async () => make(await readBytes(c, max));
  const type = c.req.header('content-type') ?? '';
  // Of unknown length, it may be as large as any.
  const size = Number(c.req.header('content-length') ?? max);
  if (!key || (size <= SMALL && type.startsWith('application/json'))) return work();
  return place.busy.inTurn(key.id, work, c.req.raw.signal);
}

/** The bytes of a body; throws `service.tooLarge` as soon as they are more, `service.badBody` when cut off. */
export async function readBytes(c: Context, max: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(c.req.header('content-length') ?? 0);
  if (announced > max) throw tooLarge(max);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of c.req.raw.body ?? []) {
      size += part.length;
      if (size > max) throw tooLarge(max);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof StatewrightError) throw error;
    throw badBody('The body was cut off.', error);
  }
  if (announced > size) throw badBody('The body was cut off.');
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A JSON body of a schema; what is wrong with it is named, never quoted at length. */
export function parseJson<Schema extends z.ZodType>(
  bytes: Uint8Array,
  schema: Schema,
  hint: string,
): z.output<Schema> {
  const parsed = schema.safeParse(withoutNul(jsonOf(bytes)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.').slice(0, 200) || 'The body';
  const what = issue?.message.slice(0, 300);
  throw new StatewrightError('service.badRequest', `${where}: ${what}.`, { hint });
}

export function jsonOf(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw badBody('The body is not UTF-8.', cause);
  }
  if (isDeep(text)) throw badBody(`The body is nested deeper than ${MAX_DEPTH} levels.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badBody('The body is not JSON.', cause);
  }
}

/** No name here has one, and PostgreSQL takes none. */
function withoutNul(value: unknown): unknown {
  if (typeof value === 'string' && value.includes('\0')) throw badBody('The body holds a NUL.');
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(withoutNul);
  return value;
}

export function requireType(c: Context, types: readonly string[]): string {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (types.includes(type)) return type;
  throw new StatewrightError('service.badType', `The body is sent as "${type.slice(0, 100)}".`, {
    hint: `Send it as ${types.join(' or ')}.`,
  });
}

function isDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      at = endOfString(text, at);
    } else if (code === 91 || code === 123) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === 93 || code === 125) depth--;
  }
  return false;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== 34) at += text.charCodeAt(at) === 92 ? 2 : 1;
  return at;
}

function badBody(message: string, cause?: unknown): StatewrightError {
  return new StatewrightError('service.badBody', message, {
    hint: 'Send it again as one JSON document. Nothing was kept.',
    cause,
  });
}

function tooLarge(max: number): StatewrightError {
  return new StatewrightError('service.tooLarge', `A body here may have ${max} bytes at most.`, {
    hint: 'Analyse one app of the repo at a time, or leave out what is not source.',
  });
}
