import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from '../trace/classes.ts';
import type { Machine } from '../trace/machine.ts';
import { makeResponse } from '../trace/responses.ts';
import {
  literal,
  literalOf,
  type Response,
  stringOf,
  UNDEFINED,
  type Value,
} from '../trace/values.ts';

/** The names of `http-errors` and its kin, by status. */
const NAMES: Readonly<Record<string, number>> = {
  BadRequest: 400,
  Unauthorized: 401,
  PaymentRequired: 402,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  RequestTimeout: 408,
  Conflict: 409,
  Gone: 410,
  PreconditionFailed: 412,
  PayloadTooLarge: 413,
  UnsupportedMediaType: 415,
  ImATeapot: 418,
  UnprocessableEntity: 422,
  Locked: 423,
  TooManyRequests: 429,
  InternalServerError: 500,
  NotImplemented: 501,
  BadGateway: 502,
  ServiceUnavailable: 503,
  GatewayTimeout: 504,
};

/** `createError(404, 'No such book')`, `new createError.NotFound('…')`; undefined for other names. */
export function httpError(
  _: Machine,
  name: string,
  { args }: { args: readonly Value[]; node: ts.Node },
): Value | undefined {
  const known = NAMES[name.replace(/(Error|Exception)$/, '')] ?? NAMES[name];
  if (known !== undefined) return errorOf(literal(known), args[0]);
  if (!/^(default|\*|createError|createHttpError|HttpError)$/.test(name)) return undefined;
  const status = args.find((each) => typeof literalOf(each) === 'number') ?? literal(500);
  return errorOf(
    status,
    args.find((each) => stringOf(each) !== undefined),
  );
}

/** The same by the name of a method: `notFound('No such book')`. */
export function httpErrorOfMethod(
  machine: Machine,
  method: string,
  about: Parameters<typeof httpError>[2],
): Value | undefined {
  const name = method.charAt(0).toUpperCase() + method.slice(1);
  return name === method ? undefined : httpError(machine, name, about);
}

/** An error that carries its status, as `http-errors` makes them. */
export function errorOf(status: Value, message: Value | undefined): Value {
  const said = literalOf(status);
  return builtIn(
    ['HttpError', 'Error'],
    [
      ...(typeof said === 'number' ? [['expose', literal(said < 500)] as const] : []),
      ['status', status],
      ['statusCode', status],
      ['message', message ?? UNDEFINED],
    ],
  );
}

/** What servers in the manner of Express answer to an error that carries its status. */
export function statusAnswer(value: Value, node: ts.Node): Response | undefined {
  if (value.kind !== 'instance') return undefined;
  const fields = value.fields.value;
  const status = [fields.get('status'), fields.get('statusCode')].find((each) => {
    const said = literalOf(each);
    return typeof said === 'number' && said >= 400 && said < 600;
  });
  return status && makeResponse(node, { status, body: fields.get('message') ?? null }).response;
}
