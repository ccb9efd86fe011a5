import { entryOf, plainText } from '../../static/value.ts';
import type { Procedure } from './parts.ts';

/** How a procedure is asked for by a method and a path of its own. */
export interface Rest {
  readonly method: string;
  readonly path: string;
}

/** `.meta({ openapi: { method, path: '/posts/{id}' } })`; null where a procedure is not served so. */
export function restOf({ openapi, kind }: Procedure): Rest | null {
  const method = plainText(entryOf(openapi, 'method'));
  const path = plainText(entryOf(openapi, 'path'));
  const enabled = entryOf(openapi, 'enabled');
  if (kind === 'subscription' || method === undefined || path === undefined) return null;
  if (enabled?.kind === 'literal' && enabled.value === false) return null;
  const plain = path.replace(/^\/|\/$/g, '').replace(/\{(.+?)\}/g, ':$1');
  return { method: method.toUpperCase(), path: `/${plain}` };
}
