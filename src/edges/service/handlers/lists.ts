import type { Context } from 'hono';
import { digest } from '../../../kernel/digest.ts';
import type { Body } from '../cache.ts';
import { PageQuery, ScenarioQuery } from '../contract.ts';
import type { Reply } from '../reply.ts';
import type { Planning } from '../shapes.ts';
import {
  etagOf,
  listModels,
  listPlannings,
  readModelText,
  readPlanning,
} from '../store/plannings.ts';
import { idOf, notFound, queryOf, stored } from './asked.ts';
import type { Asked, Handler } from './handlers.ts';

export const listPlanningsOf: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const query = queryOf(asked.c, PageQuery);
  return asked.c.json(await storage.with((db) => listPlannings(db, key.tenant, query)));
};

export const showPlanning: Handler = (asked) => sendPlanning(asked, idOf(asked.c));

/** A planning's body as it was kept; 304 where the caller has it. */
export async function sendPlanning(asked: Asked, id: string): Promise<Reply> {
  const { storage, key } = stored(asked);
  const name = `${key.tenant} ${id}`;
  let body = asked.place.cache.get(name);
  if (!body) {
    const kept = await storage.with((db) => readPlanning(db, key.tenant, id));
    if (!kept) throw notFound('planning', id);
    body = { bytes: new TextEncoder().encode(kept.body), etag: kept.etag };
    asked.place.cache.put(name, body);
  }
  return conditional(asked.c, body);
}

export const listModelsOf: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const query = queryOf(asked.c, PageQuery);
  return asked.c.json(await storage.with((db) => listModels(db, key.tenant, query)));
};

export const showModel: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const id = idOf(asked.c);
  const text = await storage.with((db) => readModelText(db, key.tenant, id));
  if (text === null) throw notFound('model', id);
  return conditional(asked.c, { bytes: new TextEncoder().encode(text), etag: etagOf(digest(id)) });
};

export const listScenariosOf: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  const { planning, route, limit, cursor } = queryOf(asked.c, ScenarioQuery);
  const kept = await storage.with((db) => readPlanning(db, key.tenant, planning));
  if (!kept) throw notFound('planning', planning);
  const { scenarios }: Planning = JSON.parse(kept.body);
  const all = scenarios
    .filter((item) => route === undefined || item.route === route)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  // A scenario's id is its place in the order.
  const after = cursor === undefined ? all : all.filter(({ id }) => id > cursor);
  const items = after.slice(0, limit);
  return asked.c.json({ items, next: after.length > limit ? items.at(-1)?.id : null });
};

function conditional(c: Context, { bytes, etag }: Body): Reply {
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (hasTag(c.req.header('if-none-match'), etag)) return { status: 304, headers, body: null };
  return { status: 200, headers: { ...headers, 'content-type': 'application/json' }, body: bytes };
}

function hasTag(given: string | undefined, etag: string): boolean {
  if (given === undefined) return false;
  const tags = given.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
