import type { Pass } from '../config/config.ts';

export type Carried = Readonly<Record<'headers' | 'cookies', Readonly<Record<string, string>>>>;

/** What a config's `signIn` gave, as plain texts; or why a request can't carry it. */
export function carriedBy(given: unknown): Carried | string {
  if (typeof given !== 'object' || given === null) return 'it gave nothing back';
  const strange = Object.keys(given).filter((key) => key !== 'headers' && key !== 'cookies');
  if (strange.length > 0) return `it gave ${strange.join(', ')}`;
  if (given instanceof Response) return 'it gave a Response: say which of its cookies are carried';
  const { headers, cookies }: { [part in keyof Pass]?: unknown } = given;
  const carried = { headers: textsOf(headers), cookies: textsOf(cookies) };
  if (!isWhole(carried)) return 'headers and cookies must be objects of texts';
  const [header, cookie] = [
    Object.entries(carried.headers).find((entry) => !isHeader(entry)),
    Object.entries(carried.cookies).find((entry) => !isCookie(entry)),
  ];
  if (header) return `no request can carry the header "${header[0]}" with that value`;
  if (cookie) return `no request can carry the cookie "${cookie[0]}" with that value`;
  const none = [carried.headers, carried.cookies].every((part) => Object.keys(part).length === 0);
  return none ? 'it gave no header and no cookie' : carried;
}

function isWhole(
  parts: { readonly [part in keyof Carried]: Carried[part] | null },
): parts is Carried {
  return parts.headers !== null && parts.cookies !== null;
}

/** Of an object, or of pairs (`Headers`, a `Map`, `URLSearchParams`); null where something in it is no text. */
function textsOf(given: unknown): Record<string, string> | null {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null) return null;
  const entries: readonly unknown[] =
    Symbol.iterator in given ? [...(given as Iterable<unknown>)] : Object.entries(given);
  return entries.every(isPair) ? Object.fromEntries(entries) : null;
}

function isPair(entry: unknown): entry is [string, string] {
  return (
    Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string')
  );
}

function isHeader([name, value]: [string, string]): boolean {
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
}

/** In Latin-1, without what ends it: it goes out as one header among others. */
function isCookie([name, value]: [string, string]): boolean {
  return /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[ -:<-~\u00a0-\u00ff]*$/.test(value);
}
