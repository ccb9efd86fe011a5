import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { called, partsOf, toTerm } from '../../trace/terms.ts';
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
    branch(machine, machine.truth(carried, node), {
      yes: () => {
        const invalid = () => refuse('invalid_token', unknown('message'));
        branch(machine, notSigned(carried, node), { yes: invalid, no: signed });
      },
      no: () =>
        literalOf(option('credentialsRequired')) === false
          ? goOn()
          : refuse('credentials_required', literal('No authorization token was found')),
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

/** The token is there, but nobody signed it, or it has run out. */
function notSigned(carried: Value, node: ts.Node) {
  const at = placeAt(node);
  const source = partsOf(toTerm(carried)).find((part) => part.kind === 'input');
  return source?.kind === 'input'
    ? atom({ kind: 'input', is: 'invalid', at, from: source.from, path: [...source.path] })
    : atom({ kind: 'external', at, name: 'express-jwt', holds: false });
}

/** After middleware that nobody can look into, a request may carry anything. */
export function leavesAnything(machine: Machine): void {
  keep(machine, ANYTHING, unknown('req'));
}
