import type { ts } from '../../../kernel/syntax.ts';
import { atom, type Formula } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { placeAt } from '../../trace/source.ts';
import { object, truthValue } from '../../trace/terms.ts';
import {
  literal,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
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
  pathValue,
  putOnAll,
} from '../request-parts.ts';
import { majorOf } from '../version.ts';

/** Kept once middleware that nobody can look into has had the request. */
export const ANYTHING = 'req.*';

/**
 * Express's `req`; what code puts on it stays for the rest of the request. `mounted` is how many segments of the path were
 * taken away for whom it is given to; null where that is not known.
 */
export function requestOf(machine: Machine, mounted: number | null = null): Special {
  return {
    kind: 'special',
    name: 'req',
    get: (name, node) =>
      kept(machine, `req.${name}`) ??
      addressed(machine, name, mounted) ??
      putOnAll(machine, `req.${name}`) ??
      property(machine, name, node),
    set: (name, value) => keep(machine, `req.${name}`, value),
    own: () => copied(machine),
    invoke: (method, args) => invoke(machine, method, args),
  };
}

/** `{ ...req }`: what the request holds itself (its headers are its class's), and what code put on it. */
function copied(machine: Machine) {
  const own = OWN.map((name) => [name, property(machine, name) ?? UNDEFINED] as const);
  const put = [...machine.variables.value].flatMap(([key, value]) =>
    key.startsWith('req.') && key !== ANYTHING ? [[key.slice('req.'.length), value] as const] : [],
  );
  return { fields: new Map([...own, ...put]), open: kept(machine, ANYTHING) !== undefined };
}

const OWN = ['params', 'query', 'body', 'method', 'url', 'originalUrl', 'baseUrl', 'route', 'app'];

/** Parts of the address, as they are seen from where somebody is mounted. */
function addressed(machine: Machine, name: string, mounted: number | null): Value | undefined {
  if (mounted === null || !/^(?:path|url|baseUrl|route)$/.test(name)) return undefined;
  const segments = machine.endpoint.path.split('/').filter(Boolean);
  const base = segments
    .slice(0, mounted)
    .map((segment) => `/${segment}`)
    .join('');
  if (name === 'route') {
    const own = segments.slice(mounted).map((segment) => `/${segment}`);
    return object([['path', literal(own.join('') || '/')]]);
  }
  if (name === 'baseUrl') return base.includes(':') ? undefined : literal(base);
  return name === 'path' ? pathValue(machine, base) : originalUrl(machine, base);
}

function property(machine: Machine, name: string, node?: ts.Node): Value | undefined {
  switch (name) {
    case 'params':
    case 'query':
      return partOf(machine, name);
    case 'body':
      return bodyOf(machine);
    case 'originalUrl':
      return originalUrl(machine);
    case 'headers':
      return headersOf(machine);
    case 'cookies':
    case 'signedCookies':
      return cookiesOf();
    case 'method':
      return methodOf(machine);
    case 'path':
    case 'url':
    case 'baseUrl':
    case 'ip':
    case 'hostname':
    case 'protocol':
    case 'session':
    case 'file':
    case 'files':
    case 'log':
    case 'app':
    case 'socket':
    case 'connection':
    case 'secure':
    case 'ips':
    case 'host':
    case 'subdomains':
    case 'fresh':
    case 'stale':
    case 'route':
    case 'rawHeaders':
    case 'httpVersion':
    case 'aborted':
    case 'complete':
    case 'destroyed':
    case 'readable':
      return unknown(`req.${name}`);
    case 'xhr':
      return node ? truthValue(isScript(node)) : unknown('req.xhr');
    case 'get':
    case 'header':
      return undefined;
    // Under Nest on Fastify: middleware writes to Node's own request, which everything after reads as `raw`.
    case 'raw':
      return requestOf(machine);
    default:
      return kept(machine, ANYTHING) ? unknown(`req.${name}`) : UNDEFINED;
  }
}

/** Before version 5 a parser leaves an empty object where no body is sent. */
function bodyOf(machine: Machine): Value {
  const body = jsonOf(machine);
  const isObject = (majorOf(machine, 'express') ?? 5) < 5;
  return isObject && body.kind === 'term' ? { ...body, sure: true } : body;
}

/** `req.xhr`: sent by a script, as those once said. */
function isScript(node: ts.Node): Formula {
  const left = { kind: 'input', from: 'headers', path: ['x-requested-with'] } as const;
  const right = { kind: 'literal', value: 'XMLHttpRequest' } as const;
  return atom({ kind: 'input', is: 'compare', at: placeAt(node), left, op: '=', right });
}

function invoke(machine: Machine, method: string, [first]: readonly Value[]): Value | undefined {
  const name = stringOf(first);
  if ((method === 'get' || method === 'header') && name !== undefined)
    return headerOf(machine, name);
  return ['is', 'accepts', 'on', 'once'].includes(method) ? unknown(`req.${method}()`) : undefined;
}
