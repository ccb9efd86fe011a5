import type { Machine } from '../../trace/machine.ts';
import { claimsOf } from '../../trace/secrets.ts';
import { literal, type Special, UNDEFINED, unknown } from '../../trace/values.ts';
import {
  cookiesOf,
  headerOf,
  headersOf,
  jsonOf,
  keep,
  kept,
  originalUrl,
  partOf,
} from '../request-parts.ts';
import type { Given } from './scopes.ts';

/** Fastify's `request`; what code puts on it stays for the rest of the request. */
export function requestOf(machine: Machine, given: Given): Special {
  return {
    kind: 'special',
    name: 'request',
    get: (name) => {
      const own = kept(machine, `req.${name}`);
      if (own) return own;
      const put = given.get(name);
      if (put) return machine.standing(put);
      if (name === 'body') return takesBody(machine) ? jsonOf(machine) : UNDEFINED;
      if (name === 'params' || name === 'query') return partOf(machine, name);
      if (name === 'headers') return headersOf(machine);
      if (name === 'cookies') return cookiesOf();
      if (name === 'method') return literal(machine.endpoint.method);
      if (name === 'url' || name === 'originalUrl') return originalUrl(machine);
      if (name === 'routerPath') return literal(machine.endpoint.path);
      if (name === 'routeOptions') return routeOptions(machine);
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
      const claims = claimsOf(machine, headerOf(machine, 'authorization'), { node });
      keep(machine, 'req.user', claims);
      return claims;
    },
  };
}

/** Whether the framework reads a body for the method of the route. */
function takesBody({ endpoint }: Machine): boolean {
  return !/^(GET|HEAD)$/.test(endpoint.method);
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
      if (name === 'method') return literal(machine.endpoint.method);
      return name === 'url' || name === 'originalUrl'
        ? originalUrl(machine)
        : unknown(`request.raw.${name}`);
    },
    set: (name, value) => keep(machine, `raw.${name}`, value),
  };
}

/** What the route was registered with. */
function routeOptions({ endpoint }: Machine): Special {
  return {
    kind: 'special',
    name: 'request.routeOptions',
    get: (name) => {
      if (name === 'url') return literal(endpoint.path);
      return name === 'method' ? literal(endpoint.method) : unknown(`request.routeOptions.${name}`);
    },
  };
}
