import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { digest } from '../../../kernel/digest.ts';
import { StatewrightError } from '../../../kernel/errors.ts';
import type { Key, KeyRequest, NewKey } from '../shapes.ts';
import type { Db } from './db.ts';
import { keys, usage } from './tables.ts';

/** Makes a key. The text of it is in the answer alone; what is kept is its hash. */
export async function createKey(db: Db, request: KeyRequest): Promise<NewKey> {
  const secret = randomText(32);
  const id = `key_${randomText(9)}`;
  const key = `sw_${secret}`;
  const { days, ...about } = request;
  const expiresAt = days === undefined ? null : sql`now() + ${days}::float8 * interval '1 day'`;
  await db
    .insert(keys)
    .values({ ...about, id, hash: digest(key), ends: key.slice(-4), expiresAt: expiresAt as SQL });
  return { ...(await readKey(db, id)), key };
}

/** The key that carries this text, with what it may do; null for one that is unknown, over or revoked. */
export async function findKey(db: Db, text: string): Promise<Key | null> {
  const [found] = await select(
    db,
    and(
      eq(keys.hash, digest(text)),
      isNull(keys.revokedAt),
      sql`(${keys.expiresAt} is null or ${keys.expiresAt} > now())`,
    ),
  );
  return found ?? null;
}

export async function hasKeys(db: Db): Promise<boolean> {
  return (await db.select({ id: keys.id }).from(keys).limit(1)).length > 0;
}

export async function listKeys(db: Db): Promise<Key[]> {
  return select(db, undefined);
}

export async function revokeKey(db: Db, id: string): Promise<Key> {
  await db
    .update(keys)
    .set({ revokedAt: sql`coalesce(${keys.revokedAt}, now())` as SQL<string> })
    .where(eq(keys.id, id));
  return readKey(db, id);
}

export type Used = Partial<Record<'requests' | 'plannings' | 'runs' | 'tokens', number>>;

/** Adds to what a key has used today. */
export async function addUsage(db: Db, key: string, used: Used): Promise<void> {
  const { requests = 0, plannings = 0, runs = 0, tokens = 0 } = used;
  await db.execute(sql`
    insert into statewright_service.usage (key, day, requests, plannings, runs, tokens)
    values (${key}, to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), ${requests}, ${plannings}, ${runs}, ${tokens})
    on conflict (key, day) do update set requests = usage.requests + excluded.requests,
      plannings = usage.plannings + excluded.plannings, runs = usage.runs + excluded.runs,
      tokens = usage.tokens + excluded.tokens`);
}

/** How many requests a key has made today, over all instances. */
export async function requestsToday(db: Db, key: string): Promise<number> {
  const [row] = await db
    .select({ requests: usage.requests })
    .from(usage)
    .where(
      and(eq(usage.key, key), eq(usage.day, sql`to_char(now() at time zone 'UTC', 'YYYY-MM-DD')`)),
    );
  return row?.requests ?? 0;
}

async function readKey(db: Db, id: string): Promise<Key> {
  const [found] = await select(db, eq(keys.id, id));
  if (found) return found;
  throw new StatewrightError('service.unknownKey', `There is no key "${id}".`, {
    hint: '`statewright keys list` shows them.',
  });
}

async function select(db: Db, where: SQL | undefined): Promise<Key[]> {
  const total = (column: keyof Used) => sql<string>`coalesce(sum(${usage[column]}), 0)`;
  const rows = await db
    .select({
      key: keys,
      requests: total('requests'),
      plannings: total('plannings'),
      runs: total('runs'),
      tokens: total('tokens'),
    })
    .from(keys)
    .leftJoin(usage, eq(usage.key, keys.id))
    .where(where)
    .groupBy(keys.id)
    .orderBy(keys.createdAt, keys.id);
  return rows.map(({ key: { hash: _, ...key }, ...used }) => ({
    ...key,
    createdAt: instant(key.createdAt) ?? '',
    expiresAt: instant(key.expiresAt),
    revokedAt: instant(key.revokedAt),
    usage: {
      requests: Number(used.requests),
      plannings: Number(used.plannings),
      runs: Number(used.runs),
      tokens: Number(used.tokens),
    },
  }));
}

/** PostgreSQL's own form of an instant, as ISO 8601. */
export function instant(text: string | null): string | null {
  return text === null ? null : new Date(text).toISOString();
}

/** Random, in base64url. */
export function randomText(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...random))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
