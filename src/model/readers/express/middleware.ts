import { builtIn } from '../../trace/classes.ts';
import type { Machine } from '../../trace/machine.ts';
import { called } from '../../trace/terms.ts';
import { noteToken } from '../../trace/tokens.ts';
import {
  literal,
  literalOf,
  native,
  stringOf,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { headerOf, keep } from '../request-parts.ts';
import { ofToken } from '../signed-token.ts';
import { isLimit, limited } from './rate-limit.ts';
import { ANYTHING } from './request.ts';

/** Middleware that packages make. */
export function packaged(machine: Machine, fn: string, args: readonly Value[]): Value | undefined {
  const [options] = args;
  if (/^(rateLimit|default)$/.test(fn) && isLimit(options)) return limited(machine, options);
  return fn === 'expressjwt' ? tokenRequired(machine, args[0] ?? UNDEFINED) : undefined;
}

/** express-jwt: the claims of the token a request carries, or an UnauthorizedError of status 401. */
function tokenRequired(machine: Machine, options: Value): Value {
  return native('expressjwt', ([request, , next = UNDEFINED], node) => {
    const option = (name: string) => machine.get(options, name, node);
    const getToken = option('getToken');
    noteToken(machine, {
      secret: option('secret'),
      algorithms: [option('algorithms')],
      said: [
        ['iss', option('issuer')],
        ['aud', option('audience')],
      ],
    });
    const carried =
      getToken.kind === 'closure' && request
        ? machine.settle(machine.call(getToken, [request], node), node)
        : headerOf(machine, 'authorization');
    const goOn = (...errors: readonly Value[]): void => {
      machine.call(next, errors, node);
    };
    const refuse = (code: string, message: Value) => goOn(unauthorized(code, message));
    const signed = () => {
      const property = stringOf(option('requestProperty')) ?? 'auth';
      keep(machine, `req.${property}`, called('tokenClaims', [carried], typed('unknown')));
      goOn();
    };
    ofToken(machine, carried, {
      missing: () =>
        literalOf(option('credentialsRequired')) === false
          ? goOn()
          : refuse('credentials_required', literal('No authorization token was found')),
      invalid: () => refuse('invalid_token', unknown('message')),
      signed,
      by: 'express-jwt',
      node,
    });
    return UNDEFINED;
  });
}

function unauthorized(code: string, message: Value): Value {
  return builtIn(
    ['UnauthorizedError', 'Error'],
    [
      ['name', literal('UnauthorizedError')],
      ['status', literal(401)],
      ['code', literal(code)],
      ['message', message],
    ],
  );
}

/** After middleware that nobody can look into, a request may carry anything. */
export function leavesAnything(machine: Machine): void {
  keep(machine, ANYTHING, unknown('req'));
}
