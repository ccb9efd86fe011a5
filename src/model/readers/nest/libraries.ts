import type { ts } from '../../../kernel/syntax.ts';
import { apart } from '../../trace/apart.ts';
import { TRUE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { claimsOf, claimsOrNull } from '../../trace/secrets.ts';
import { called, choose } from '../../trace/terms.ts';
import { presence } from '../../trace/truth.ts';
import {
  literal,
  native,
  type Special,
  stringOf,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { clsService } from './cls.ts';
import { reflectorOf } from './context.ts';
import { cqrsType } from './cqrs.ts';
import { exception } from './exceptions.ts';
import { fileInterceptor } from './files.ts';
import { adapterOf, baseFilter } from './filters.ts';
import { handlerOf } from './inject.ts';
import { ownDecorator, paramDecorator } from './params.ts';
import { authGuard, extractor, passportStrategy } from './passport.ts';
import { ownPipe } from './pipes.ts';
import { prismaFilter } from './prisma.ts';
import { streamCall } from './streams.ts';
import { throttler } from './throttler.ts';

interface Called {
  readonly name: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
  readonly made: boolean;
}

/** The packages whose exports are understood here. */
export const FROM =
  /^(@nestjs\/[\w-]+|nestjs-cls|rxjs(\/operators)?|class-transformer|nestjs-(prisma|zod)(\/dto)?|passport-[\w-]+)$/;

/** What a call of an export of Nest, or of what comes with it, gives. */
export function libraryCall(
  machine: Machine,
  { name, args, node, made }: Called,
): Value | undefined {
  const [first = UNDEFINED, second] = args;
  if (made) return madeBy(machine, name, args);
  switch (name) {
    case 'createParamDecorator':
      return ownDecorator(machine, args);
    case 'AuthGuard':
      return authGuard(machine, args);
    case 'PassportStrategy':
      return passportStrategy(first);
    case 'providePrismaClientExceptionFilter':
      return prismaFilter(machine, first);
    case 'createZodDto':
      return first;
    case 'createZodValidationPipe':
      return ownPipe(machine, name, args);
    case 'registerAs':
      return second;
    case 'forwardRef':
      return machine.call(first, [], node);
    case 'plainToInstance':
    case 'plainToClass':
      return second ?? UNDEFINED;
    case 'instanceToPlain':
    case 'instanceToInstance':
    case 'classToPlain':
      return machine.settle(first, node);
    default:
      return (
        streamCall(machine, name, { args, node }) ??
        fileInterceptor(machine, name, args) ??
        paramDecorator(name, args) ??
        extractor(machine, name, args) ??
        native(name, () => unknown(name))
      );
  }
}

function madeBy(machine: Machine, name: string, args: readonly Value[]): Value {
  if (name === 'BaseExceptionFilter') return baseFilter(machine);
  if (name === 'PrismaClientExceptionFilter') return prismaFilter(machine, args[1]);
  if (name === 'ThrottlerGuard') return throttler(machine);
  return (
    exception(name, args) ??
    ownPipe(machine, name, args) ??
    ownType(machine, name) ??
    quiet(machine, name)
  );
}

/** What a parameter of one of the packages' types is given; undefined where nothing is known of it. */
export function ownType(machine: Machine, name: string): Value | undefined {
  switch (name) {
    case 'Reflector':
      return reflectorOf(machine);
    case 'JwtService':
      return jwtService(machine);
    case 'ConfigService':
      return configService(machine);
    case 'HttpAdapterHost':
      return {
        kind: 'special',
        name,
        get: (each) => (each === 'httpAdapter' ? adapterOf(machine) : undefined),
      };
    case 'ClsService':
      return clsService(machine);
    case 'Logger':
    case 'ConsoleLogger':
      return quiet(machine, name);
    default:
      return cqrsType(machine, name);
  }
}

/** Something whose calls have no bearing on the answer; where it is middleware, requests pass. */
function quiet(machine: Machine, name: string): Special {
  return {
    kind: 'special',
    name,
    invoke: (method, [, , next], node) =>
      method === 'use' && next ? machine.call(next, [], node) : unknown(`${name}.${method}()`),
  };
}

/** `@nestjs/jwt`: what it signs is new, what it verifies is the request's own token. */
function jwtService(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'JwtService',
    invoke: (method, [token = UNDEFINED], node) => {
      if (/^sign/.test(method)) return called('random', [], typed('string'));
      if (/^verify/.test(method)) return claimsOf(machine, token, { node });
      return method === 'decode' ? claimsOrNull(machine, token, node) : undefined;
    },
  };
}

/** Settings: as the code's namespaces say, else what the environment says. */
function configService(machine: Machine): Special {
  const get = (path: string, otherwise: Value | undefined, node: ts.Node): Value => {
    const [space = '', ...rest] = path.split('.');
    const known = handlerOf(machine)?.container.settings.get(space);
    const whole = known && apart(machine, () => machine.call(machine.standing(known), [], node));
    if (whole) return rest.reduce((at: Value, name) => machine.get(at, name, node), whole);
    const said = term({ kind: 'env', name: path }, typed('string', true));
    if (!otherwise || otherwise.kind === 'object') return said;
    return choose(presence(said, node) ?? TRUE, said, otherwise);
  };
  return {
    kind: 'special',
    name: 'ConfigService',
    invoke: (method, [name, otherwise], node) => {
      if (method !== 'get' && method !== 'getOrThrow') return undefined;
      const path = stringOf(name);
      return path === undefined ? unknown('setting') : get(path, otherwise, node);
    },
  };
}

const PHRASES: Readonly<Record<string, number>> = {
  CONTINUE: 100,
  OK: 200,
  CREATED: 201,
  ACCEPTED: 202,
  NON_AUTHORITATIVE_INFORMATION: 203,
  NO_CONTENT: 204,
  RESET_CONTENT: 205,
  PARTIAL_CONTENT: 206,
  AMBIGUOUS: 300,
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  NOT_MODIFIED: 304,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  PROXY_AUTHENTICATION_REQUIRED: 407,
  REQUEST_TIMEOUT: 408,
  CONFLICT: 409,
  GONE: 410,
  LENGTH_REQUIRED: 411,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  URI_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  REQUESTED_RANGE_NOT_SATISFIABLE: 416,
  EXPECTATION_FAILED: 417,
  I_AM_A_TEAPOT: 418,
  MISDIRECTED: 421,
  UNPROCESSABLE_ENTITY: 422,
  LOCKED: 423,
  FAILED_DEPENDENCY: 424,
  PRECONDITION_REQUIRED: 428,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  BAD_GATEWAY: 502,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
  HTTP_VERSION_NOT_SUPPORTED: 505,
};

/** `HttpStatus.CREATED`. */
export function constant(name: string): Value | undefined {
  const status = /^HttpStatus\.(\w+)$/.exec(name)?.[1];
  return status !== undefined && Object.hasOwn(PHRASES, status)
    ? literal(PHRASES[status] ?? 500)
    : undefined;
}
