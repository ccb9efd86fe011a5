import type { Context } from 'hono';
import type * as z from 'zod';
import { StatewrightError } from '../../../kernel/errors.ts';
import type { Known } from '../known.ts';
import { notHere } from '../not-here.ts';
import type { Key } from '../shapes.ts';
import type { Storage } from '../store/db.ts';
import type { Asked } from './handlers.ts';

/** The storage and the key; there are both wherever an endpoint needs a database. */
export function stored({ c, place, key }: Asked): { storage: Storage; key: Key } {
  const { method, path } = c.req;
  if (!place.storage || !key) {
    throw notHere({ method: method as 'GET', path, needs: 'database' });
  }
  return { storage: place.storage, key };
}

export function queryOf<Schema extends z.ZodObject>(c: Context, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(c.req.query());
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StatewrightError(
    'service.badRequest',
    `The query's ${issue?.path.join('.')}: ${issue?.message}.`,
    { hint: 'See /openapi.json for what it may be.' },
  );
}

/** A planning of the caller's tenant, with its model. */
export async function knownPlanning(asked: Asked, id: string): Promise<Known> {
  const { storage, key } = stored(asked);
  const known = await asked.place.known.get(storage, key.tenant, id);
  if (!known) throw notFound('planning', id);
  return known;
}

export function idOf(c: Context): string {
  return c.req.param('id') ?? '';
}

/** Of another tenant or of nobody: the same answer. */
export function notFound(what: string, id: string): StatewrightError {
  const shown = JSON.stringify(id.slice(0, 100));
  return new StatewrightError('service.notFound', `There is no ${what} ${shown}.`, {
    hint: `GET /v1/${what === 'planning' ? 'plans' : `${what}s`} lists yours.`,
  });
}
