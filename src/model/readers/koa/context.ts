import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch, set } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object, overChoice } from '../../trace/terms.ts';
import {
  literal,
  literalOf,
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
} from '../request-parts.ts';

/*
 * What a Koa request is answered with stands on its context once all middleware has returned. Status, body and
 * location are kept together in the trace's status, so that every way to end takes its own along.
 */

const NOTHING = () => object();

function answerSoFar(machine: Machine): Value {
  return machine.status.value.kind === 'undefined' ? NOTHING() : machine.status.value;
}

function change(machine: Machine, name: string, value: Value): void {
  const changed = overChoice(answerSoFar(machine), (each) => {
    const before = each.kind === 'object' ? each.fields.value : new Map<string, Value>();
    return object([...before, [name, value]]);
  });
  set(machine, machine.status, changed);
}

function part(machine: Machine, name: string): Value {
  return overChoice(answerSoFar(machine), (each) =>
    each.kind === 'object' ? (each.fields.value.get(name) ?? UNDEFINED) : UNDEFINED,
  );
}

/** The answer that a context stands for: 200 with a body, 204 with null, 404 where nothing was said. */
export function answerOf(state: Value, node: ts.Node): Value {
  return overChoice(state.kind === 'undefined' ? NOTHING() : state, (each) => {
    const said = each.kind === 'object' ? each.fields.value : new Map<string, Value>();
    const body = said.get('body');
    const location = said.get('location') ?? null;
    const empty = body && literalOf(body) === null;
    const status = said.get('status') ?? literal(body === undefined ? 404 : empty ? 204 : 200);
    if (location) return makeResponse(node, { kind: 'redirect', status, location });
    return makeResponse(node, { status, ...(body ? { body } : {}) });
  });
}

/** Koa's `ctx`. */
export function contextOf(machine: Machine): Special {
  const self: Special = {
    kind: 'special',
    name: 'ctx',
    get: (name) => property(machine, self, name),
    set: (name, value) => assign(machine, name, value),
    invoke: (method, args, node) => invoke(machine, { method, args, node }),
  };
  return self;
}

function assign(machine: Machine, name: string, value: Value): void {
  if (name === 'body' || name === 'status') change(machine, name, value);
  else if (!['type', 'message', 'length', 'etag', 'lastModified'].includes(name))
    keep(machine, `ctx.${name}`, value);
}

function property(machine: Machine, self: Special, name: string): Value | undefined {
  const own = kept(machine, `ctx.${name}`);
  if (own) return own;
  switch (name) {
    case 'request':
      return requestOf(machine, self);
    case 'response':
    case 'ctx':
      return self;
    case 'state':
      return stateOf(machine);
    case 'params':
    case 'query':
      return partOf(machine, name);
    case 'body':
    case 'status':
      return part(machine, name);
    case 'header':
    case 'headers':
      return headersOf(machine);
    case 'cookies':
      return cookies(machine);
    case 'method':
      return methodOf(machine);
    case 'path':
      return pathValue(machine);
    case 'url':
    case 'originalUrl':
      return originalUrl(machine);
    default:
      return METHODS.has(name) ? undefined : unknown(`ctx.${name}`);
  }
}

const METHODS = new Set('throw assert redirect get set append remove is accepts back'.split(' '));

function requestOf(machine: Machine, self: Special): Special {
  return {
    ...self,
    name: 'ctx.request',
    get: (name, at) =>
      name === 'body' || name === 'rawBody' ? jsonOf(machine) : self.get?.(name, at),
  };
}

function stateOf(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'ctx.state',
    get: (name) => kept(machine, `state.${name}`) ?? UNDEFINED,
    set: (name, value) => keep(machine, `state.${name}`, value),
  };
}

function cookies(_: Machine): Special {
  const own = cookiesOf();
  return {
    kind: 'special',
    name: 'ctx.cookies',
    invoke: (method, [name], node) =>
      method === 'get' ? own.get?.(stringOf(name) ?? '', node) : UNDEFINED,
  };
}

interface Called {
  readonly method: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

function invoke(machine: Machine, { method, args, node }: Called): Value | undefined {
  const [first = UNDEFINED, ...rest] = args;
  switch (method) {
    case 'throw':
      machine.throwValue(errorOf(args), node);
      return UNDEFINED;
    case 'assert':
      branch(machine, machine.truth(first, node), {
        yes: () => undefined,
        no: () => machine.throwValue(errorOf(rest), node),
      });
      return UNDEFINED;
    case 'get':
      return headerOf(machine, stringOf(first) ?? '');
    case 'redirect':
      change(machine, 'location', first);
      if (part(machine, 'status').kind === 'undefined') change(machine, 'status', literal(302));
      return UNDEFINED;
    case 'set':
    case 'append':
    case 'remove':
      return UNDEFINED;
    default:
      return undefined;
  }
}

/** `ctx.throw(404, 'No such book', { code: 'x' })`, in any order Koa takes; a text alone is a 500. */
function errorOf(args: readonly Value[]): Value {
  const known = args.find((each) => each.kind === 'instance');
  const status = args.find((each) => typeof literalOf(each) === 'number') ?? literal(500);
  const message = args.find((each) => stringOf(each) !== undefined);
  const properties = args.findLast((each) => each.kind === 'object');
  if (known) return known;
  return builtIn(
    ['HttpError', 'Error'],
    [
      ['status', status],
      ['statusCode', status],
      ['expose', literal(Number(literalOf(status)) < 500)],
      ['message', message ?? unknown('message')],
      ...(properties?.kind === 'object' ? properties.fields.value : []),
    ],
  );
}
