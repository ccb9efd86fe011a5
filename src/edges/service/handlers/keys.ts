import { MAX_SMALL_BODY, parseJson, readBytes, requireType } from '../body.ts';
import { KeyRequest } from '../shapes.ts';
import { createKey, findKey, listKeys, revokeKey } from '../store/keys.ts';
import { idOf, stored } from './asked.ts';
import type { Handler } from './handlers.ts';

export const listAllKeys: Handler = async (asked) => {
  const { storage } = stored(asked);
  await asked.place.gate?.flush();
  return asked.c.json({ items: await storage.with(listKeys), next: null });
};

export const addKey: Handler = async (asked) => {
  const { storage } = stored(asked);
  requireType(asked.c, ['application/json']);
  const hint = 'See /docs for what a key is made of.';
  const request = parseJson(await readBytes(asked.c, MAX_SMALL_BODY), KeyRequest, hint);
  return asked.c.json(await storage.with((db) => createKey(db, request)), 201);
};

export const removeKey: Handler = async (asked) => {
  const { storage } = stored(asked);
  const id = idOf(asked.c);
  const key = await storage.with((db) => revokeKey(db, id));
  asked.place.gate?.forget(id);
  return asked.c.json(key);
};

export const showOwnKey: Handler = async (asked) => {
  const { storage, key } = stored(asked);
  await asked.place.gate?.flush();
  const text = (asked.c.req.header('authorization') ?? '').replace(/^Bearer /i, '');
  const fresh = await storage.with((db) => findKey(db, text));
  return asked.c.json(fresh ?? key);
};
