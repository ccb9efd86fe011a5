import { STATUS_CODES } from 'node:http';
import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { makeResponse } from '../../trace/responses.ts';
import { object, overChoice } from '../../trace/terms.ts';
import {
  literal,
  literalOf,
  native,
  type Response,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { statusAnswer } from '../http-errors.ts';

/** Nest's own exceptions, by status. */
const STATUSES: Readonly<Record<string, number>> = {
  BadRequestException: 400,
  UnauthorizedException: 401,
  ForbiddenException: 403,
  NotFoundException: 404,
  MethodNotAllowedException: 405,
  NotAcceptableException: 406,
  RequestTimeoutException: 408,
  ConflictException: 409,
  GoneException: 410,
  PreconditionFailedException: 412,
  PayloadTooLargeException: 413,
  UnsupportedMediaTypeException: 415,
  ImATeapotException: 418,
  MisdirectedException: 421,
  UnprocessableEntityException: 422,
  InternalServerErrorException: 500,
  NotImplementedException: 501,
  BadGatewayException: 502,
  ServiceUnavailableException: 503,
  GatewayTimeoutException: 504,
  HttpVersionNotSupportedException: 505,
  ThrottlerException: 429,
};

/** `new NotFoundException('…')`, `new HttpException(body, 402)`; undefined for other names. */
export function exception(name: string, args: readonly Value[]): Value | undefined {
  const [first = UNDEFINED, second = UNDEFINED] = args;
  if (name === 'HttpException') {
    const text = isText(first);
    const body = text
      ? bodyOf([
          ['statusCode', second],
          ['message', first],
        ])
      : first;
    return made(['HttpException', 'Error'], { status: second, body, message: first });
  }
  const status = Object.hasOwn(STATUSES, name) ? STATUSES[name] : undefined;
  if (status === undefined) return undefined;
  return made([name, 'HttpException', 'Error'], {
    status: literal(status),
    body: overChoice(first, (said) => standard(status, said, second)),
    message: first,
  });
}

/** An exception by its status, as pipes and guards of the framework raise it. */
export function refusal(status: number, message: Value): Value {
  const name = Object.entries(STATUSES).find(([, each]) => each === status)?.[0];
  return (
    exception(name ?? '', [message]) ??
    exception('HttpException', [message, literal(status)]) ??
    UNDEFINED
  );
}

/** What Express's parser raises where a body is no JSON. */
export function isOfParser(value: Value): boolean {
  if (value.kind !== 'instance' || !value.ancestry.includes('SyntaxError')) return false;
  return stringOf(value.fields.value.get('type')) === 'entity.parse.failed';
}

/** An error as filters are given it: the parser's is an exception of the framework before. */
export function asException(value: Value): Value {
  return isOfParser(value) ? refusal(400, unknown('message')) : value;
}

/** `{ message, error, statusCode }`, or the object that was given. */
function standard(status: number, said: Value, second: Value): Value {
  const phrase = literal(STATUS_CODES[status] ?? 'Error');
  if (said.kind === 'undefined' || literalOf(said) === null)
    return bodyOf([
      ['message', phrase],
      ['statusCode', literal(status)],
    ]);
  if (!isText(said)) return said;
  const described = second.kind === 'object' ? second.fields.value.get('description') : second;
  const error = described && described.kind !== 'undefined' ? described : phrase;
  return bodyOf([
    ['message', said],
    ['error', error],
    ['statusCode', literal(status)],
  ]);
}

function bodyOf(fields: readonly (readonly [string, Value])[]): Value {
  return object(fields);
}

function isText(value: Value): boolean {
  return ['term', 'unknown', 'array', 'list', 'choice'].includes(value.kind);
}

function made(
  ancestry: readonly string[],
  { status, body, message }: { status: Value; body: Value; message: Value },
): Value {
  const inner = message.kind === 'object' ? message.fields.value.get('message') : message;
  const said = inner && inner.kind !== 'undefined' ? inner : messageFor(ancestry[0] ?? '');
  return builtIn(ancestry, [
    ['message', said],
    ['name', literal(ancestry[0] ?? 'HttpException')],
    ['status', status],
    ['response', body],
    ['getStatus', native('getStatus', () => status)],
    ['getResponse', native('getResponse', () => body)],
  ]);
}

/** `NotFoundException` says "Not Found" where nothing else is said. */
function messageFor(name: string): Value {
  const status = STATUSES[name];
  return status === undefined ? unknown('message') : literal(STATUS_CODES[status] ?? 'Error');
}

/** What Nest itself answers to an error; undefined for one that is no HTTP exception: a plain 500. */
export function exceptionAnswer(value: Value, node: ts.Node): Response | undefined {
  if (value.kind !== 'instance') return undefined;
  if (!value.ancestry.includes('HttpException')) {
    const said = stringOf(value.fields.value.get('message'));
    return said === undefined ? undefined : statusAnswer(value, node);
  }
  const fields = value.fields.value;
  const status = fields.get('status') ?? literal(500);
  return makeResponse(node, { status, body: fields.get('response') ?? UNDEFINED }).response;
}
