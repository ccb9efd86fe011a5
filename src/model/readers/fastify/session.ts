import { ts } from '../../../kernel/syntax.ts';
import { type SessionOptions, sessionOf } from '../../auths/session.ts';
import type { Registered } from '../../reader.ts';
import { type Call, entryOf, plainText } from '../../static/value.ts';
import type { Machine } from '../../trace/machine.ts';
import { keep } from '../request-parts.ts';

/** The name of the cookie, where the app gives none. */
const COOKIES = new Map([
  ['@fastify/session', 'sessionId'],
  ['fastify-session', 'sessionId'],
  ['@fastify/secure-session', 'session'],
  ['fastify-secure-session', 'session'],
]);

/** Steps at which a plugin puts the session on the request. */
const sessions = new WeakMap<Registered, SessionOptions>();

/** The step that `register(fastifySession, options)` adds; undefined for any other plugin. */
export function sessionPlugin({ args, node }: Pick<Call, 'args' | 'node'>): Registered | undefined {
  const [plugin, options] = args;
  const cookie = plugin?.kind === 'package' ? COOKIES.get(plugin.package) : undefined;
  if (cookie === undefined || !ts.isCallExpression(node)) return undefined;
  const said = entryOf(options, 'cookieName') ?? entryOf(options, 'sessionName');
  const step: Registered = { file: node.getSourceFile().fileName, expression: node };
  sessions.set(step, { cookie: plainText(said) ?? cookie });
  return step;
}

/** Whether the session was put there at this step. */
export function givesSession(machine: Machine, step: Registered): boolean {
  const options = sessions.get(step);
  if (!options) return false;
  keep(machine, 'req.session', sessionOf(machine, options, step.expression));
  return true;
}
