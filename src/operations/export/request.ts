import type { BodyValue, When } from '../../plan/plan.ts';
import { expressionOf, pathOf, quoted, type RowOf, textFields } from './source.ts';

/** A planned request in parts of TypeScript; a part that is absent is not sent. */
export interface Written {
  readonly path: string;
  readonly query?: string;
  readonly headers?: string;
  /** A JSON body as a value, a form by its fields, or a text as it stands. */
  readonly body?: { readonly as: 'json' | 'form' | 'multipart' | 'text'; readonly text: string };
}

/**
 * A request as a person would write it; null for one that is better taken from the state as it goes over the wire:
 * a call of a function of the server, a form with more than plain fields, a value that only the run knows.
 */
export function writtenRequest(when: When, rowOf: RowOf): Written | null {
  if (when.action) return null;
  const body = bodyOf(when, rowOf);
  if (body === null) return null;
  const fields = Object.entries(when.headers ?? {}).filter(
    ([name]) => !(isType(name) && (body?.as === 'form' || body?.as === 'multipart')),
  );
  const headers = fields.length === 0 ? '' : textFields(Object.fromEntries(fields), rowOf);
  const query = when.query ? textFields(when.query, rowOf) : '';
  if (headers === null || query === null) return null;
  return {
    path: pathOf(when.path, rowOf, true),
    ...(query === '' ? {} : { query }),
    ...(headers === '' ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
  };
}

function bodyOf(when: When, rowOf: RowOf): Written['body'] | null {
  if (when.raw !== undefined) return { as: 'text', text: quoted(when.raw) };
  if (when.body === undefined) return undefined;
  const type = contentType(when);
  const as = /urlencoded/i.test(type) ? 'form' : /^multipart\//i.test(type) ? 'multipart' : 'json';
  if (as === 'json') {
    const text = type === '' || /json/i.test(type) ? expressionOf(when.body, rowOf) : null;
    return text === null ? null : { as, text };
  }
  const text = isFlat(when.body) ? textFields(when.body, rowOf) : null;
  return text === null ? null : { as, text };
}

/** Fields that a form has once each. */
function isFlat(body: BodyValue): body is Readonly<Record<string, BodyValue>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  return Object.values(body).every((value) => !Array.isArray(value));
}

function contentType({ headers = {} }: When): string {
  return String(Object.entries(headers).find(([name]) => isType(name))?.[1] ?? '');
}

function isType(header: string): boolean {
  return header.toLowerCase() === 'content-type';
}
