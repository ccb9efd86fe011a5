import type { Declared } from '../../reader.ts';
import { registered } from '../../static/registered.ts';
import { entryOf, type Value } from '../../static/value.ts';

const PARTS = [
  ['params', 'params'],
  ['body', 'body'],
  ['querystring', 'query'],
  ['query', 'query'],
  ['headers', 'headers'],
] as const;

/** The parts of a request that a route's `schema` describes. */
export function declaredIn(schema: Value | undefined): Declared | null {
  const parts = PARTS.flatMap(([key, from]) => {
    const one = registered(entryOf(schema, key));
    return one ? [{ from, schema: one }] : [];
  });
  return parts.length > 0 ? { parts, onInvalid: null } : null;
}
