import type { LibraryReader } from '../reader.ts';
import { not } from '../trace/formula.ts';
import { object, truthValue } from '../trace/terms.ts';
import { type Special, unknown } from '../trace/values.ts';
import { pastLimit } from './limit.ts';

/** @upstash/ratelimit: `limit` says whether a request is let through. */
export const upstash = {
  name: '@upstash/ratelimit',
  from: /^@upstash\/ratelimit$/,
  call: (_, { name, made }) => (made && /(^|\.)Ratelimit$/.test(name) ? LIMITER : undefined),
} satisfies LibraryReader;

const LIMITER: Special = {
  kind: 'special',
  name: 'Ratelimit',
  invoke: (method, _, node) => {
    if (method !== 'limit' && method !== 'blockUntilReady') return undefined;
    const counts = ['limit', 'remaining', 'reset', 'pending'] as const;
    return object([
      ['success', truthValue(not(pastLimit('@upstash/ratelimit', node)))],
      ...counts.map((name) => [name, unknown(`ratelimit.${name}`)] as const),
    ]);
  },
};
