import { digest } from '../../kernel/digest.ts';
import type { Gate, GateMemory } from './auth.ts';
import { countMinute, noKey, textOf } from './auth.ts';
import type { Key } from './shapes.ts';

const PER_MINUTE = 600;

/** The gate of a place that keeps nothing: one key, which is a secret of the place, and which may plan. */
export function openSecretGate(
  secret: string,
  { memory, now = Date.now }: { readonly memory: GateMemory; readonly now?: () => number },
): Gate {
  const key: Key = {
    ...{ id: 'key_secret', tenant: 'default', name: 'secret', scopes: ['plan'], ends: '' },
    ...{ perMinute: PER_MINUTE, perDay: PER_MINUTE * 60 * 24, standing: 0 },
    ...{ createdAt: new Date(0).toISOString(), expiresAt: null, revokedAt: null },
    usage: { requests: 0, plannings: 0, runs: 0, tokens: 0 },
  };
  const right = digest(secret);
  return {
    async enter(authorization) {
      // Of hashes, how long a comparison takes tells nothing.
      if (digest(textOf(authorization)) !== right) throw noKey('The key is not known.');
      countMinute(memory, key, now());
      return key;
    },
    use: () => undefined,
    forget: () => undefined,
    flush: async () => undefined,
  };
}
