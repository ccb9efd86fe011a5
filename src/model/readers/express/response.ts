import { ts } from '../../../kernel/syntax.ts';
import { respond } from '../../trace/chain.ts';
import { builtIn } from '../../trace/classes.ts';
import { throwValue } from '../../trace/errors.ts';
import { all, FALSE, type Formula, not, some, TRUE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch, set } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { endsOf } from '../../trace/terms.ts';
import {
  literal,
  literalOf,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { keep, kept, putOnAll } from '../request-parts.ts';
import { format } from './format.ts';
import { sendFile } from './sent-file.ts';

/**
 * Express's `res`; `away` is the status of a redirect that says none. What code puts on it stays for the rest of the
 * request: a helper of its own, or a method in the place of one. Who took that one off before wraps it: what goes on
 * around an answer is not followed.
 */
export function responseOf(machine: Machine, away = 302): Special {
  const response: Special = {
    kind: 'special',
    name: 'res',
    get: (name) => {
      if (name === 'locals') return localsOf(machine);
      if (name === 'headersSent' || name === 'writableEnded') return literal(false);
      if (name === 'statusCode') return present(machine.status.value) ?? literal(200);
      const put = putOn(machine, name);
      if (!put && METHODS.has(name)) keep(machine, `res.${name}`, TAKEN);
      return isTaken(put) ? undefined : put;
    },
    set: (name, value) => {
      if (name === 'statusCode') set(machine, machine.status, value);
      else if (!isTaken(kept(machine, `res.${name}`))) keep(machine, `res.${name}`, value);
    },
    answer: (node) => begin(machine, node),
    invoke: (method, args, node) => {
      const put = putOn(machine, method);
      if (put && !isTaken(put)) return undefined;
      return invoke(machine, response, { method, args, node, away });
    },
  };
  return response;
}

/** Beside its own methods; what wraps one of those for all responses is not followed. */
function putOn(machine: Machine, name: string): Value | undefined {
  const put = kept(machine, `res.${name}`);
  return put || METHODS.has(name) ? put : putOnAll(machine, `res.${name}`);
}

function localsOf(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'res.locals',
    get: (name) => kept(machine, `locals.${name}`) ?? UNDEFINED,
    set: (name, value) => keep(machine, `locals.${name}`, value),
  };
}

interface Called {
  readonly method: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
  readonly away: number;
}

const SETTERS = new Set(
  'set header setHeader append type contentType vary links location attachment cookie clearCookie removeHeader setTimeout'.split(
    ' ',
  ),
);

/** What a response has of its own. */
const METHODS = new Set([
  ...SETTERS,
  ...'status writeHead write flushHeaders json jsonp send end sendStatus sendFile sendfile download redirect render format'.split(
    ' ',
  ),
  ...['get', 'getHeader', 'on', 'once'],
]);

/** Kept of a method that was taken off the response, to be called later. */
const TAKEN = literal('taken off');

/** Whether a method was taken off, on one way at least, and nothing else put in its place. */
function isTaken(put: Value | undefined): boolean {
  const ends = put ? endsOf(put) : [];
  return ends.includes(TAKEN) && ends.every((end) => end === TAKEN || end.kind === 'undefined');
}

function invoke(machine: Machine, response: Special, called: Called): Value | undefined {
  const { method, args, node } = called;
  const [first = UNDEFINED, second] = args;
  switch (method) {
    case 'status':
    case 'writeHead':
      setStatus(machine, first, node);
      return response;
    case 'json':
    case 'jsonp':
    case 'send':
    case 'end':
      return answer(machine, response, { called, body: machine.settle(first, node) });
    case 'write':
    case 'flushHeaders':
      if (!isInLoop(node)) begin(machine, node);
      return response;
    case 'sendStatus':
      setStatus(machine, first, node);
      return answer(machine, response, { called, body: UNDEFINED });
    case 'sendFile':
    case 'sendfile':
    case 'download':
      sendFile(machine, {
        method: method === 'download' ? method : 'sendFile',
        args,
        node,
        status: present(machine.status.value),
      });
      return response;
    case 'redirect':
      return redirect(machine, response, { called, first, second });
    case 'format':
      format(machine, { forms: first, response }, node);
      return response;
    case 'render':
      respond(machine, rendered(machine, second ?? UNDEFINED, node), node);
      return response;
    case 'get':
    case 'getHeader':
      return unknown(`res.${method}()`);
    default:
      return SETTERS.has(method) || method === 'on' || method === 'once' ? response : undefined;
  }
}

/** A status that is nothing is none that Node answers with: an error is thrown instead. */
function setStatus(machine: Machine, status: Value, node: ts.Node): void {
  const error = builtIn(['RangeError', 'Error'], [['name', literal('RangeError')]]);
  branch(machine, isNothing(status), {
    yes: () => throwValue(machine, error, node),
    no: () => set(machine, machine.status, status),
  });
}

function isNothing(value: Value): Formula {
  if (value.kind !== 'choice')
    return value.kind === 'undefined' || literalOf(value) === null ? TRUE : FALSE;
  const { when, yes, no } = value;
  return some([all([when, isNothing(yes)]), all([not(when), isNothing(no)])]);
}

function answer(
  machine: Machine,
  response: Special,
  { called, body }: { called: Called; body: Value },
): Value {
  const status = present(machine.status.value);
  respond(machine, makeResponse(called.node, { body, status }), called.node);
  return response;
}

/** What the response says from here on is its status; what it will hold is not known. */
function begin(machine: Machine, node: ts.Node): void {
  const status = present(machine.status.value);
  respond(machine, makeResponse(node, { body: unknown('res'), status }), node);
}

/** Parts written in a loop follow what began the response, or are ended after it. */
function isInLoop(node: ts.Node): boolean {
  for (let at = node.parent; at && !ts.isFunctionLike(at); at = at.parent)
    if (ts.isIterationStatement(at, false)) return true;
  return false;
}

function redirect(
  machine: Machine,
  response: Special,
  { called, first, second }: { called: Called; first: Value; second: Value | undefined },
): Value {
  const status = second && typeof literalOf(first) === 'number' ? first : literal(called.away);
  const said = { kind: 'redirect', location: second ?? first, status } as const;
  respond(machine, makeResponse(called.node, said), called.node);
  return response;
}

/** A template's page: what it is given is what it may show. */
function rendered(machine: Machine, given: Value, node: ts.Node): Value {
  const status = present(machine.status.value);
  return makeResponse(node, { body: given, status });
}

function present(value: Value): Value | null {
  return value.kind === 'undefined' ? null : value;
}
