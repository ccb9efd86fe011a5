import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from '../trace/classes.ts';
import { mayThrow } from '../trace/errors.ts';
import { atom } from '../trace/formula.ts';
import { takesBody } from '../trace/input-facts.ts';
import type { Machine } from '../trace/machine.ts';
import { placeAt } from '../trace/source.ts';
import { choose, object, truthValue } from '../trace/terms.ts';
import { compareValues } from '../trace/truth.ts';
import { urlValue } from '../trace/urls.ts';
import {
  input,
  literal,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';
import { headersOf, jsonOf, methodOf, partOf, pathValue } from './request-parts.ts';

/** The `NextRequest` a handler or middleware is given. */
export function requestOf(machine: Machine, basePath: string): Special {
  const request: Special = {
    kind: 'special',
    name: 'request',
    get: (name) => {
      if (name === 'nextUrl' || name === 'url') return addressOf(machine, basePath);
      if (name === 'method') return methodOf(machine);
      if (name === 'headers') return headersOf(machine);
      if (name === 'cookies') return cookiesOf();
      if (name === 'body') return streamOf(machine);
      return METHODS.test(name) ? undefined : unknown(`request.${name}`);
    },
    invoke: (method, _, node) => {
      if (method === 'json') return parsed(machine, node);
      if (/^(text|arrayBuffer|bytes|blob)$/.test(method)) return partOf(machine, 'body');
      if (method === 'clone') return request;
      return method === 'formData' ? formOf(machine) : undefined;
    },
  };
  return request;
}

/** Servers give a request that may have a body a stream, empty where none was sent. */
function streamOf(machine: Machine): Value {
  if (!takesBody(machine)) return literal(null);
  return machine.endpoint.method === 'ALL'
    ? unknown('request.body')
    : { kind: 'special', name: 'ReadableStream' };
}

const METHODS = /^(json|text|formData|clone|arrayBuffer|blob|bytes)$/;

function addressOf(machine: Machine, basePath: string): Value {
  const path = pathValue(machine, basePath);
  const sent = (name: string | null) => {
    const query = partOf(machine, 'query');
    if (name === null || query.kind !== 'term') return query;
    return input('query', [name], { type: 'string' });
  };
  return urlValue(machine, { path, query: new Map(), sent });
}

function parsed(machine: Machine, node: ts.Node): Value {
  const at = placeAt(node);
  const when = atom({ kind: 'input', is: 'malformed', at, from: 'body', path: [] });
  mayThrow(machine, { when, value: builtIn(['SyntaxError', 'Error'], []) }, node);
  return jsonOf(machine);
}

/** A submitted form: fields by their name, each text, absent where it was left out. */
export function formOf(machine: Machine): Special {
  machine.valid.set('form', UNDEFINED);
  const field = (name: string) => input('body', [name], { type: 'string' });
  return {
    kind: 'special',
    name: 'FormData',
    invoke: (method, [first]) => {
      const name = stringOf(first);
      if (method === 'entries') return partOf(machine, 'body');
      if (name === undefined) return undefined;
      return method === 'get' || method === 'getAll' ? field(name) : undefined;
    },
  };
}

/** Cookies as `cookies()` and a request give them: `{ name, value }`, or undefined where there is none. */
export function cookiesOf(): Special {
  return {
    kind: 'special',
    name: 'cookies',
    invoke: (method, [first], node) => {
      if (method === 'set' || method === 'delete') return UNDEFINED;
      const name = stringOf(first) ?? nameIn(first);
      if (name === undefined) return unknown(`cookies.${method}`);
      const value = input('cookies', [name], { type: 'string' });
      const there = compareValues({ left: value, op: '!=', right: literal(null) }, node);
      if (method === 'has') return truthValue(there);
      const cookie: [string, Value][] = [
        ['name', literal(name)],
        ['value', value],
      ];
      return choose(there, object(cookie), UNDEFINED);
    },
  };
}

/** `cookies.get({ name })`. */
function nameIn(value: Value | undefined): string | undefined {
  return value?.kind === 'object' ? stringOf(value.fields.value.get('name')) : undefined;
}
