import type { InputPart } from '../../../condition/condition.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import type { Machine } from '../../trace/machine.ts';
import { set } from '../../trace/path.ts';
import { sentPart } from '../../trace/react-browser.ts';
import { makeResponse } from '../../trace/responses.ts';
import { propertySchema } from '../../trace/schema-parts.ts';
import { textOf } from '../../trace/source.ts';
import { object, termsIn } from '../../trace/terms.ts';
import {
  input,
  literal,
  openCell,
  type Special,
  stringOf,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { jsonOf, methodOf } from '../request-parts.ts';
import { malformed, middlewareCall, PARTS } from './middleware.ts';

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** Functions of hono's own packages. */
export function honoCall(
  machine: Machine,
  { name, args, node }: Called & { readonly name: string },
): Value | undefined {
  const fn = name.split('.').at(-1) ?? name;
  const [first, second, third] = args;
  switch (fn) {
    case 'getCookie':
      return second
        ? carried(machine, 'cookies', stringOf(second))
        : inputOf(machine, 'cookies', []);
    case 'getSignedCookie':
      return third ? carried(machine, 'cookies', stringOf(third)) : inputOf(machine, 'cookies', []);
    case 'setCookie':
    case 'setSignedCookie':
    case 'deleteCookie':
      return UNDEFINED;
    case 'createMiddleware':
    case 'defineOpenAPIRoute':
    case 'createRoute':
      return first;
    case 'createFactory':
      return {
        kind: 'special',
        name: fn,
        invoke: (method, given) => (method === 'createMiddleware' ? given[0] : undefined),
      };
    case 'raw':
      return first;
    case 'env':
      return environment();
    case 'stream':
    case 'streamText':
    case 'streamSSE':
      return makeResponse(node, {});
    case 'getConnInfo':
      return unknown(textOf(node));
    default:
      return middlewareCall(machine, fn, { args, node });
  }
}

function environment(): Special {
  return {
    kind: 'special',
    name: 'env',
    get: (name) => term({ kind: 'env', name }, typed('string', true)),
  };
}

function carried(machine: Machine, from: InputPart, name: string | undefined): Value {
  return name === undefined ? unknown(`a ${from} value`) : inputOf(machine, from, [name]);
}

/** A part of the request, with the schema it was declared with so far. */
export function inputOf(machine: Machine, from: InputPart, path: readonly string[]): Value {
  const sent = sentPart(machine, from);
  if (sent) return path.reduce((value, name) => fieldOf(machine, value, name), sent);
  let schema = machine.inputs.get(from) ?? null;
  for (const name of path) schema = propertySchema(schema, name);
  const text = from !== 'body' && path.length > 0 && !schema;
  return input(from, path, text ? { type: 'string' } : schema);
}

function fieldOf(machine: Machine, value: Value, name: string): Value {
  const [at] = machine.endpoint.chain;
  return at ? machine.get(value, name, at.expression) : UNDEFINED;
}

/** Hono's `c`. */
export function contextOf(machine: Machine): Special {
  const request = requestOf(machine);
  return {
    kind: 'special',
    name: 'c',
    get: (name) => {
      if (name === 'req') return request;
      if (name === 'var')
        return { kind: 'object', fields: machine.variables, open: openCell(false) };
      return name === 'env' ? environment() : undefined;
    },
    invoke: (method, args, node) => contextCall(machine, method, { args, node }),
  };
}

/** Names that a request's steps have given something, be it on other ways than the one followed. */
const given = new WeakMap<Machine, Set<string>>();

function setVariable(machine: Machine, name: string, value: Value): void {
  given.set(machine, (given.get(machine) ?? new Set()).add(name));
  set(machine, machine.variables, new Map([...machine.variables.value, [name, value]]));
}

/** What a step has set; an error handler, which runs when all steps are known, may come before any did. */
function variableOf(machine: Machine, name: string): Value {
  const value = machine.variables.value.get(name);
  if (value) return value;
  const isHandler = machine.current < 0;
  return isHandler && given.get(machine)?.has(name) ? UNDEFINED : unknown(`c.get(${name})`);
}

function contextCall(machine: Machine, method: string, { args, node }: Called): Value | undefined {
  const [first = UNDEFINED, second = UNDEFINED] = args;
  const status =
    second.kind === 'object' ? (second.fields.value.get('status') ?? null) : present(second);
  switch (method) {
    case 'get':
      return variableOf(machine, stringOf(first) ?? '');
    case 'set':
      setVariable(machine, stringOf(first) ?? '', second);
      return UNDEFINED;
    case 'json':
    case 'text':
    case 'body':
    case 'newResponse':
      return makeResponse(node, { body: first, status: status ?? present(machine.status.value) });
    case 'html':
    case 'render':
      return makeResponse(node, {
        kind: 'render',
        text: [machine.settle(first, node)],
        status: status ?? present(machine.status.value),
      });
    case 'redirect':
      return makeResponse(node, {
        kind: 'redirect',
        location: first,
        status: present(second) ?? literal(302),
      });
    case 'notFound':
      return notFound(machine, node);
    case 'status':
      set(machine, machine.status, first);
      return UNDEFINED;
    case 'header':
    case 'setRenderer':
    case 'setLayout':
      return UNDEFINED;
    default:
      return undefined;
  }
}

function present(value: Value): Value | null {
  return value.kind === 'undefined' ? null : value;
}

function notFound(machine: Machine, node: ts.Node): Value {
  const handler = machine.endpoint.notFound;
  const plain = () => makeResponse(node, { status: literal(404), body: literal('404 Not Found') });
  if (!handler) return plain();
  const answer = machine.settle(
    machine.call(machine.standing(handler), [contextOf(machine)], node),
    node,
  );
  return answer.kind === 'response' || answer.kind === 'choice' ? answer : plain();
}

/** Hono's `c.req`. */
function requestOf(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'c.req',
    get: (name) => {
      if (name === 'method') return methodOf(machine);
      if (name === 'path' || name === 'routePath') return literal(machine.endpoint.path);
      return name === 'raw'
        ? requestOf(machine)
        : name === 'headers'
          ? headersOf(machine)
          : undefined;
    },
    invoke: (method, args, node) => requestCall(machine, method, { args, node }),
  };
}

function headersOf(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'headers',
    invoke: (method, [name]) => (method === 'get' ? header(machine, name) : undefined),
  };
}

function header(machine: Machine, name: Value | undefined): Value {
  const said = stringOf(name);
  if (said?.toLowerCase() === 'cookie') return unknown('cookie header');
  return said === undefined
    ? inputOf(machine, 'headers', [])
    : inputOf(machine, 'headers', [said.toLowerCase()]);
}

function requestCall(machine: Machine, method: string, { args, node }: Called): Value | undefined {
  const [first] = args;
  const name = stringOf(first);
  const part = (from: InputPart) => {
    if (first && name === undefined) return unknown(textOf(node), termsIn(first));
    return inputOf(machine, from, name === undefined ? [] : [name]);
  };
  switch (method) {
    case 'param':
      return part('params');
    case 'query':
    case 'queries':
      return part('query');
    case 'header':
      return header(machine, first);
    case 'json':
      malformed(machine, builtIn(['SyntaxError', 'Error'], []), node);
      return jsonOf(machine);
    case 'text':
    case 'arrayBuffer':
    case 'blob':
    case 'parseBody':
      return inputOf(machine, 'body', []);
    case 'formData':
      return formData(machine);
    case 'valid':
      return machine.valid.get(name ?? '') ?? inputOf(machine, PARTS[name ?? ''] ?? 'body', []);
    case 'bodyCache':
      return object();
    default:
      return undefined;
  }
}

function formData(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'FormData',
    invoke: (method, [name]) => {
      const said = stringOf(name);
      return method === 'get' && said !== undefined ? inputOf(machine, 'body', [said]) : undefined;
    },
  };
}
