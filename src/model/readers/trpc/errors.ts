import type { ts } from '../../../kernel/syntax.ts';
import type { Raised } from '../../reader.ts';
import { builtIn } from '../../trace/classes.ts';
import { spreadFields } from '../../trace/composites.ts';
import { isBroughtAbout, isRaised } from '../../trace/errors.ts';
import type { Machine } from '../../trace/machine.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object, overChoice } from '../../trace/terms.ts';
import {
  literal,
  type Response,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { type Called, calledBy } from './parts.ts';

/** HTTP's status and JSON-RPC's number of each code. */
const CODES: Readonly<Record<string, readonly [number, number]>> = {
  PARSE_ERROR: [400, -32700],
  BAD_REQUEST: [400, -32600],
  INTERNAL_SERVER_ERROR: [500, -32603],
  NOT_IMPLEMENTED: [501, -32603],
  BAD_GATEWAY: [502, -32603],
  SERVICE_UNAVAILABLE: [503, -32603],
  GATEWAY_TIMEOUT: [504, -32603],
  UNAUTHORIZED: [401, -32001],
  PAYMENT_REQUIRED: [402, -32002],
  FORBIDDEN: [403, -32003],
  NOT_FOUND: [404, -32004],
  METHOD_NOT_SUPPORTED: [405, -32005],
  TIMEOUT: [408, -32008],
  CONFLICT: [409, -32009],
  PRECONDITION_FAILED: [412, -32012],
  PAYLOAD_TOO_LARGE: [413, -32013],
  UNSUPPORTED_MEDIA_TYPE: [415, -32015],
  UNPROCESSABLE_CONTENT: [422, -32022],
  PRECONDITION_REQUIRED: [428, -32028],
  TOO_MANY_REQUESTS: [429, -32029],
  CLIENT_CLOSED_REQUEST: [499, -32099],
};

/** `new TRPCError({ code, message, cause })`: without a message its cause's, else the code; one for each code. */
export function trpcError(options: Value): Value {
  const fields = options.kind === 'object' ? options.fields.value : new Map<string, Value>();
  const cause = fields.get('cause') ?? UNDEFINED;
  return overChoice(fields.get('code') ?? unknown('code'), (code) =>
    builtIn(
      ['TRPCError', 'Error'],
      [
        ['name', literal('TRPCError')],
        ['code', code],
        ['message', fields.get('message') ?? messageOf(cause) ?? code],
        ['cause', cause],
      ],
    ),
  );
}

/** An error of tRPC's own making. */
export function refusal(code: string, cause: Value): Value {
  return trpcError(
    object([
      ['code', literal(code)],
      ['cause', cause],
    ]),
  );
}

/** Whatever is thrown that is no error of tRPC's is the cause of one. */
export function asTrpcError(value: Value): Value {
  const own = value.kind === 'instance' && value.ancestry.includes('TRPCError');
  return own ? value : refusal('INTERNAL_SERVER_ERROR', value);
}

function messageOf(cause: Value): Value | undefined {
  if (cause.kind === 'undefined') return undefined;
  return cause.kind === 'instance' ? cause.fields.value.get('message') : unknown('cause.message');
}

/** What superjson puts around a value. */
export function wrappedIn(value: Value, wrapped: boolean): Value {
  return wrapped ? object([['json', value]]) : value;
}

/** `{ error: { message, code, data: { code, httpStatus, path } } }`; any other error is an internal one. */
export function unhandled(machine: Machine, { value, node }: Raised): Response | undefined {
  const called = calledBy(machine.endpoint);
  const error = asTrpcError(value);
  if (!called || (error !== value && isRaised(value) && !isBroughtAbout(value))) return undefined;
  const fields = error.kind === 'instance' ? error.fields.value : new Map<string, Value>();
  const code = fields.get('code') ?? unknown('code');
  const status = statusOfError(error);
  const shape = object([
    ['message', fields.get('message') ?? UNDEFINED],
    ['code', overChoice(code, (each) => said(each, 1))],
    [
      'data',
      object([
        ['code', code],
        ['httpStatus', status],
        ['path', literal(called.name)],
      ]),
    ],
  ]);
  const body = formatted(machine, { called, shape, error, node });
  const shown = called.rest
    ? restError(body, error)
    : object([['error', wrappedIn(body, called.wrapped)]]);
  return makeResponse(node, { status, body: shown }).response;
}

/** `{ ...shape, message, code }`: the shape's own, but for inputs that are refused. */
function restError(shape: Value, error: Value): Value {
  const own = error.kind === 'instance' ? error.fields.value : new Map<string, Value>();
  const cause = own.get('cause');
  const refused = cause?.kind === 'instance' && cause.ancestry.includes('ZodError');
  const { fields, open } = spreadFields(shape);
  const message = refused ? literal('Input validation failed') : own.get('message');
  const added: [string, Value][] = [['code', own.get('code') ?? unknown('code')]];
  if (message && (refused || !fields.has('message'))) added.push(['message', message]);
  return object([...fields, ...added], open);
}

/** `getHTTPStatusCodeFromError(error)`: the status of its code. */
export function statusOfError(error: Value): Value {
  return overChoice(error, (each) => {
    const code = each.kind === 'instance' ? each.fields.value.get('code') : undefined;
    return overChoice(code ?? unknown('code'), (one) => said(one, 0));
  });
}

function said(code: Value, at: 0 | 1): Value {
  const known = CODES[stringOf(code) ?? 'INTERNAL_SERVER_ERROR'];
  return literal(known?.[at] ?? 500);
}

/** `errorFormatter({ shape, error })`, as far as it can be followed. */
function formatted(
  machine: Machine,
  { called, shape, error, node }: { called: Called; shape: Value; error: Value; node: ts.Node },
): Value {
  if (!called.errorFormatter) return shape;
  const fn = machine.standing(called.errorFormatter);
  const args = object(
    [
      ['shape', shape],
      ['error', error],
      ['path', literal(called.name)],
      ['type', literal(called.procedure.kind)],
    ],
    true,
  );
  Object.assign(machine.path, { dead: false, answered: false });
  const made = machine.call(fn, [args], node);
  return made.kind === 'object' ? made : shape;
}
