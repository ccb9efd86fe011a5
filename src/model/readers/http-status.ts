import { STATUS_CODES } from 'node:http';
import type { LibraryReader } from '../reader.ts';
import { literal, type Value } from '../trace/values.ts';

/** Packages that give HTTP's statuses names: `httpStatus.NOT_FOUND`, `StatusCodes.NOT_FOUND`. */
export const httpStatus = {
  name: 'http-status',
  from: /^(http-status|http-status-codes|http-codes|stoker\/http-status-codes)$/,
  constant: (_, path) => namedStatus(path, /(^|\.)(ReasonPhrases|reasons)\./.test(path)),
} satisfies LibraryReader;

/** The words of a status instead of its number. */
export const statusPhrases = {
  name: 'http-status-phrases',
  from: /^stoker\/http-status-phrases$/,
  constant: (_, path) => namedStatus(path, true),
} satisfies LibraryReader;

/** Names that differ from what HTTP's own texts make. */
const OTHERS: Readonly<Record<string, number>> = {
  INSUFFICIENT_SPACE_ON_RESOURCE: 419,
  METHOD_FAILURE: 420,
  MOVED_TEMPORARILY: 302,
  REQUEST_TOO_LONG: 413,
  REQUEST_URI_TOO_LONG: 414,
  REQUESTED_RANGE_NOT_SATISFIABLE: 416,
  REQUEST_ENTITY_TOO_LARGE: 413,
  UNPROCESSABLE_CONTENT: 422,
};

const STATUSES = new Map<string, number>([
  ...Object.entries(STATUS_CODES).map(([code, text = '']) => [nameOf(text), Number(code)] as const),
  ...Object.entries(OTHERS),
]);

function namedStatus(path: string, asText: boolean): Value | undefined {
  const name = path.split('.').at(-1) ?? '';
  const status = STATUSES.get(name);
  if (status === undefined) return numbered(name);
  return literal(asText ? (STATUS_CODES[status] ?? name) : status);
}

/** `httpStatus[404]` and `httpStatus['404_NAME']`. */
function numbered(name: string): Value | undefined {
  const [, code, part] = /^(\d{3})(?:_(NAME|MESSAGE))?$/.exec(name) ?? [];
  const text = code === undefined ? undefined : STATUS_CODES[code];
  if (text === undefined) return undefined;
  return literal(part === 'NAME' ? nameOf(text) : text);
}

function nameOf(text: string): string {
  return text
    .replace(/'/g, '')
    .replace(/[^A-Za-z]+/g, '_')
    .toUpperCase();
}
