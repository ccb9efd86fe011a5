import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { neverThrows } from '../../trace/errors.ts';
import { takesBody } from '../../trace/input-facts.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { claimsOf } from '../../trace/secrets.ts';
import { object } from '../../trace/terms.ts';
import { settled } from '../../trace/tries.ts';
import { literal, type Special, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import {
  cookiesOf,
  headerOf,
  headersOf,
  jsonOf,
  keep,
  kept,
  methodOf,
  originalUrl,
  partOf,
} from '../request-parts.ts';
import { instanceOf } from './instance.ts';
import { optionOf, type Scope } from './scopes.ts';

/** Fastify's `request`; what code puts on it stays for the rest of the request. */
export function requestOf(machine: Machine, given: Scope['given']): Special {
  return {
    kind: 'special',
    name: 'request',
    get: (name) => {
      const own = kept(machine, `req.${name}`);
      if (own) return own;
      if (name === 'server') return instanceOf(machine, given.instance);
      const put = given.request.get(name);
      if (put) return machine.standing(put);
      if (name === 'body') return takesBody(machine) ? jsonOf(machine) : UNDEFINED;
      if (name === 'params' || name === 'query') return partOf(machine, name);
      if (name === 'headers') return headersOf(machine);
      if (name === 'cookies') return cookiesOf();
      if (name === 'method') return methodOf(machine);
      if (name === 'url' || name === 'originalUrl') return originalUrl(machine);
      if (name === 'routerPath') return literal(machine.endpoint.path);
      if (name === 'routeOptions') return routeOptions(machine);
      if (name === 'routeConfig') return routeConfig(machine);
      if (name === 'raw') return rawOf(machine);
      return name === 'jwtVerify'
        ? undefined
        : /^(user|session)$/.test(name)
          ? UNDEFINED
          : unknown(`request.${name}`);
    },
    set: (name, value) => keep(machine, `req.${name}`, value),
    invoke: (method, _, node) => {
      if (method !== 'jwtVerify') return undefined;
      const claims = verified(machine, headerOf(machine, 'authorization'), node);
      keep(machine, 'req.user', claims);
      return claims;
    },
  };
}

/** @fastify/jwt's: whatever is wrong with a token, its error has status 401 and says so in its code. */
function verified(machine: Machine, carried: Value, node: ts.Node): Value {
  neverThrows(machine);
  const refuse = (code: string): Value => {
    const fields = [
      ['statusCode', literal(401)],
      ['code', literal(`FST_JWT_${code}`)],
      ['message', unknown('message')],
    ] as const;
    machine.throwValue(builtIn(['FastifyError', 'Error'], fields), node);
    return UNDEFINED;
  };
  const expired = (error: Value) =>
    error.kind === 'instance' && error.ancestry.includes('TokenExpiredError');
  return branchValue(machine, machine.truth(carried, node), {
    yes: () =>
      settled(machine, {
        promise: () => claimsOf(machine, carried, { node }),
        handler: (error) => refuse(`AUTHORIZATION_TOKEN_${expired(error) ? 'EXPIRED' : 'INVALID'}`),
      }),
    no: () => refuse('NO_AUTHORIZATION_IN_HEADER'),
  });
}

/** Node's own request behind it. */
function rawOf(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'request.raw',
    get: (name) => {
      const own = kept(machine, `raw.${name}`);
      if (own) return own;
      if (name === 'headers') return headersOf(machine);
      if (name === 'method') return methodOf(machine);
      return name === 'url' || name === 'originalUrl'
        ? originalUrl(machine)
        : unknown(`request.raw.${name}`);
    },
    set: (name, value) => keep(machine, `raw.${name}`, value),
  };
}

/** What the route was registered with. */
function routeOptions(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'request.routeOptions',
    get: (name) => {
      if (name === 'url') return literal(machine.endpoint.path);
      if (name === 'config') return routeConfig(machine);
      if (name === 'schema') return routeSchema(machine);
      return name === 'method' ? methodOf(machine) : unknown(`request.routeOptions.${name}`);
    },
  };
}

/** The route's `config`, to which Fastify adds its address and method. */
function routeConfig(machine: Machine): Value {
  const own = optionOf(machine.endpoint, 'config');
  const said = own ? machine.standing(own) : object();
  if (said.kind !== 'object') return said;
  return object([
    ...said.fields.value,
    ['url', literal(machine.endpoint.path)],
    ['method', methodOf(machine)],
  ]);
}

function routeSchema(machine: Machine): Value {
  const own = optionOf(machine.endpoint, 'schema');
  return own ? machine.standing(own) : UNDEFINED;
}
