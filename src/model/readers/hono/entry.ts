import { parametersOf } from '../../../kernel/syntax.ts';
import type { Declared } from '../../reader.ts';
import { registeredBy } from '../../static/registered.ts';
import type { Call, Value } from '../../static/value.ts';
import { type Entry, type Router, register } from '../routing-tree.ts';

/** One call that registers: everything it names runs in order, the last one in the role given. */
export interface Registration {
  readonly method: string;
  readonly path: string;
  readonly run: readonly Value[];
  readonly last: Entry['role'];
  readonly declared: Declared | null;
  readonly call: Call;
}

/** Puts a registration's handlers on a router, those before the last as middleware of that one. */
export function registerAll(router: Router, registration: Registration): void {
  const { method, path, call, last, declared } = registration;
  const runs = registration.run
    .map((value) => registeredBy(call, value))
    .filter((one) => one !== null);
  const group = { closed: last === 'handler' };
  runs.forEach((run, index) => {
    const isLast = index === runs.length - 1;
    const role = isLast ? last : 'middleware';
    register(router, {
      method,
      path,
      run,
      role,
      group,
      onError: [],
      declared: isLast ? declared : null,
      node: call.node,
    });
  });
}

/**
 * What the last of a registration's handlers is: one that takes `next` may hand on, and so may files; Hono's own
 * middleware and validators answer nothing by themselves.
 */
export function roleOf(value: Value): Entry['role'] {
  if (value.kind === 'function') return parametersOf(value.node).length > 1 ? 'passing' : 'handler';
  const by = value.kind === 'unknown' ? value.by : undefined;
  const name = by?.path.at(-1) ?? '';
  if (!by || !/^(?:jsr:)?@?hono(?:-|\/|$)/.test(by.package)) return 'handler';
  if (name === 'serveStatic') return 'passing';
  return MIDDLEWARE.has(name) || /validator$/i.test(name) ? 'middleware' : 'handler';
}

const MIDDLEWARE = new Set(
  (
    'appendTrailingSlash basicAuth bearerAuth bodyLimit cache compress contextStorage cors csrf describeRoute etag ' +
    'every except ipRestriction jwk jwt languageDetector logger methodOverride poweredBy prettyJSON rateLimiter ' +
    'requestId secureHeaders some timeout timing trimTrailingSlash'
  ).split(' '),
);
