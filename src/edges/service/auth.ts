import { StatewrightError } from '../../kernel/errors.ts';
import type { Endpoint } from './contract.ts';
import type { Key } from './shapes.ts';
import type { Storage } from './store/db.ts';
import { addUsage, findKey, requestsToday, type Used } from './store/keys.ts';

/** Who asks, and what they may; counts what they use. */
export interface Gate {
  /** Throws `service.noKey`, `service.scope`, `service.tooMany` or `service.quota`. */
  enter(authorization: string | undefined, scope: Endpoint['scope']): Promise<Key>;
  use(key: string, used: Used): void;
  /** No longer known here: asked for anew the next time. */
  forget(key: string): void;
  /** Writes down what was counted. */
  flush(): Promise<void>;
}

/** So long a key may still be used at another instance after it was revoked there. */
const REMEMBERED_MS = 5_000;
const MOST_REMEMBERED = 10_000;
/** Unknown keys a second, over all callers of this instance. */
const MOST_UNKNOWN = 50;

interface Known {
  readonly key: Key;
  readonly until: number;
  readonly today: number;
}

/** What a gate remembers; an isolate keeps it from one request to the next. */
export interface GateMemory {
  readonly known: Map<string, Known>;
  readonly minutes: Map<string, { minute: number; count: number }>;
  readonly pending: Map<string, Required<Used>>;
  readonly unknown: { second: number; count: number };
}

export function openGateMemory(): GateMemory {
  const unknown = { second: 0, count: 0 };
  return { known: new Map(), minutes: new Map(), pending: new Map(), unknown };
}

export function openGate(
  storage: Storage,
  options: { readonly memory?: GateMemory; readonly now?: () => number } = {},
): Gate {
  const { memory = openGateMemory(), now = Date.now } = options;
  const { known, pending } = memory;

  const lookUp = async (text: string): Promise<Known> => {
    const found = known.get(text);
    if (found && found.until > now()) return found;
    // A flood of unknown keys must not keep out those that were known a moment ago.
    const { unknown } = memory;
    if (!found) countUnknown(unknown, Math.floor(now() / 1_000));
    const looked = await storage.with(async (db) => {
      const key = await findKey(db, text);
      return key && { key, today: await requestsToday(db, key.id) };
    });
    if (!looked) {
      known.delete(text);
      throw noKey('The key is not known, over, or revoked.');
    }
    if (!found) unknown.count -= 1;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const fresh = { ...looked, until: now() + REMEMBERED_MS };
    known.set(text, fresh);
    return fresh;
  };

  const use = (key: string, used: Used): void => {
    const sum = pending.get(key) ?? { requests: 0, plannings: 0, runs: 0, tokens: 0 };
    for (const [name, count] of Object.entries(used)) sum[name as keyof Used] += count ?? 0;
    pending.set(key, sum);
  };

  return {
    use,
    async enter(authorization, scope) {
      const { key, today } = await lookUp(textOf(authorization));
      if (today + (pending.get(key.id)?.requests ?? 0) >= key.perDay) throw quota(key.perDay);
      countMinute(memory, key, now());
      use(key.id, { requests: 1 });
      if (scope === 'any' || scope === null || key.scopes.includes(scope)) return key;
      throw new StatewrightError('service.scope', `This key may not: it has no scope "${scope}".`, {
        hint: `Make one that may: statewright keys create --scopes ${scope}`,
        ending: 'refused',
      });
    },
    forget(id) {
      for (const [text, { key }] of known) if (key.id === id) known.delete(text);
    },
    async flush() {
      for (const [key, used] of [...pending]) {
        pending.delete(key);
        // What could not be written down now is, the next time.
        await storage
          .with((db) => addUsage(db, key, used))
          .catch((error: unknown) => {
            use(key, used);
            throw error;
          });
      }
    },
  };
}

/** The key in an `Authorization` header. Throws `service.noKey` where there is none. */
export function textOf(authorization: string | undefined): string {
  const text = /^Bearer ([\w-]{8,200})$/i.exec(authorization ?? '')?.[1];
  if (!text) throw noKey('This needs a key.');
  return text;
}

/** Counts a request of this minute. Throws `service.tooMany`. */
export function countMinute({ minutes }: GateMemory, key: Key, now: number): void {
  const minute = Math.floor(now / 60_000);
  const seen = minutes.get(key.id);
  const count = seen?.minute === minute ? seen.count : 0;
  if (count >= key.perMinute) throw tooMany(60 - Math.floor((now % 60_000) / 1_000));
  minutes.set(key.id, { minute, count: count + 1 });
}

/** Counted before it is looked up, or many at once would all pass. */
function countUnknown(unknown: GateMemory['unknown'], second: number): void {
  if (unknown.second !== second) Object.assign(unknown, { second, count: 0 });
  if (unknown.count >= MOST_UNKNOWN) throw tooMany(1);
  unknown.count += 1;
}

export function noKey(message: string): StatewrightError {
  return new StatewrightError('service.noKey', message, {
    hint: 'Send "Authorization: Bearer KEY"; `statewright keys create` makes one.',
  });
}

function tooMany(retryAfter: number): StatewrightError {
  return new StatewrightError('service.tooMany', 'Too many requests in a minute.', {
    hint: `Wait ${retryAfter} s.`,
    facts: { retryAfter },
  });
}

function quota(perDay: number): StatewrightError {
  return new StatewrightError('service.quota', `This key's ${perDay} requests of today are used.`, {
    hint: 'Wait for tomorrow (UTC), or have a key made with more: --per-day.',
    facts: { retryAfter: 3_600 },
  });
}
