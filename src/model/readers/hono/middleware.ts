import type { InputPart } from '../../../condition/condition.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { mayThrow } from '../../trace/errors.ts';
import { atom, type Formula } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue, set } from '../../trace/path.ts';
import { sentPart } from '../../trace/react-browser.ts';
import { makeResponse } from '../../trace/responses.ts';
import { check, zodError } from '../../trace/schemas.ts';
import { placeAt } from '../../trace/source.ts';
import { called, object, termsIn } from '../../trace/terms.ts';
import { noteToken } from '../../trace/tokens.ts';
import {
  input,
  literal,
  native,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { bodyLimit } from './body-limit.ts';
import { combined } from './combine.ts';

/** Hono's names of what a validator looks at. */
export const PARTS: Readonly<Record<string, InputPart>> = {
  json: 'body',
  form: 'body',
  query: 'query',
  param: 'params',
  header: 'headers',
  cookie: 'cookies',
};

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** Middleware that Hono and its companions bring along; undefined for what lets everything pass. */
export function middlewareCall(
  machine: Machine,
  fn: string,
  { args, node }: Called,
): Value | undefined {
  const [first, second, third] = args;
  const target = stringOf(first) ?? '';
  // hono-openapi has a `validator` of its own, which is given a schema.
  if (/^[zsv]Validator$/.test(fn) || (fn === 'validator' && second?.kind === 'schema')) {
    if (second?.kind !== 'schema') return undefined;
    return native(fn, ([c, next]) =>
      validated(machine, { target, schema: second, hook: third ?? null }, { c, next, node }),
    );
  }
  if (fn === 'validator') {
    return native(fn, ([c, next]) =>
      customValidated(machine, { target, fn: second }, { c, next, node }),
    );
  }
  if (fn === 'jwt')
    return native(fn, ([c, next]) => tokenChecked(machine, first, { c, next, node }));
  if (fn === 'bearerAuth' || fn === 'basicAuth')
    return native(fn, ([c, next]) => credentialsChecked(machine, first, { c, next, node }));
  return fn === 'bodyLimit' ? bodyLimit(machine, first) : combined(machine, fn, args);
}

interface Going {
  /** Hono's context. */
  readonly c: Value | undefined;
  readonly next: Value | undefined;
  readonly node: ts.Node;
}

/** A body that can't be parsed makes whatever reads it throw. */
export function malformed(machine: Machine, error: Value, node: ts.Node): void {
  if (machine.path.facts.some(isValidBody)) return;
  const when = atom({ kind: 'input', is: 'malformed', at: placeAt(node), from: 'body', path: [] });
  mayThrow(machine, { when, value: error }, node);
}

/** What was parsed before is parsed again. */
function isValidBody(fact: Formula): boolean {
  if (fact.kind !== 'atom' || fact.condition.kind !== 'input') return false;
  const { condition } = fact;
  return condition.is === 'valid' && condition.from === 'body' && condition.path.length === 0;
}

const REFUSED: Readonly<Record<string, string>> = {
  json: 'Malformed JSON in request body',
  form: 'Malformed FormData request.',
};

/** Hono's validator answers 400 itself where the body is not what its content type says. */
function parsed(machine: Machine, target: string, node: ts.Node): void {
  const message = REFUSED[target];
  if (message) malformed(machine, httpError(400, message), node);
}

function httpError(status: number, message: string): Value {
  return builtIn(
    ['HTTPException', 'Error'],
    [
      ['status', literal(status)],
      ['message', literal(message)],
    ],
  );
}

/** Checks a part of the request against a schema; the hook, else a plain 400, answers where it fails. */
export function validated(
  machine: Machine,
  {
    target,
    schema,
    hook,
  }: { target: string; schema: Value & { kind: 'schema' }; hook: Value | null },
  { c, next, node }: Going,
): Value {
  const from = PARTS[target] ?? 'body';
  if (!machine.sent) parsed(machine, target, node);
  const { valid, data } = check(machine, schema, {
    value: sentPart(machine, from) ?? input(from, [], null),
    node,
  });
  return branchValue(machine, valid, {
    yes: () => {
      machine.valid.set(target, data);
      return next ? machine.call(next, [], node) : UNDEFINED;
    },
    no: () =>
      refused(machine, hook, { data: input(from, [], null), target, going: { c, next, node } }),
  });
}

function refused(
  machine: Machine,
  hook: Value | null,
  { data, target, going: { c, node } }: { data: Value; target: string; going: Going },
): Value {
  const result = object([
    ['success', literal(false)],
    ['error', zodError()],
    ['data', data],
    ['target', literal(target)],
  ]);
  const answer = hook
    ? machine.settle(machine.call(hook, [result, c ?? UNDEFINED], node), node)
    : UNDEFINED;
  if (machine.path.dead || answer.kind === 'response' || answer.kind === 'choice') return answer;
  const body = object([
    ['success', literal(false)],
    ['error', object([['name', literal('ZodError')]], true)],
  ]);
  return makeResponse(node, { status: literal(400), body });
}

/** `validator(target, (value, c) => …)`: what it returns is the valid value, unless it is a response. */
function customValidated(
  machine: Machine,
  { target, fn }: { target: string; fn: Value | undefined },
  { c, next, node }: Going,
): Value {
  const from = PARTS[target] ?? 'body';
  if (!machine.sent) parsed(machine, target, node);
  const value = sentPart(machine, from) ?? input(from, [], null);
  const result = fn ? machine.settle(machine.call(fn, [value, c ?? UNDEFINED], node), node) : value;
  if (machine.path.dead) return UNDEFINED;
  return goOn(machine, result, { target, going: { c, next, node } });
}

function goOn(
  machine: Machine,
  result: Value,
  { target, going }: { target: string; going: Going },
): Value {
  if (result.kind === 'response') return result;
  if (result.kind === 'choice' && answers(result)) {
    return branchValue(machine, result.when, {
      yes: () => goOn(machine, result.yes, { target, going }),
      no: () => goOn(machine, result.no, { target, going }),
    });
  }
  machine.valid.set(target, result);
  return going.next ? machine.call(going.next, [], going.node) : UNDEFINED;
}

function answers(value: Value): boolean {
  if (value.kind === 'choice') return answers(value.yes) || answers(value.no);
  return value.kind === 'response';
}

function unauthorized(machine: Machine, node: ts.Node): Value {
  machine.throwValue(httpError(401, 'Unauthorized'), node);
  return UNDEFINED;
}

function carries(
  is: 'present' | 'valid',
  { from, name }: { from: InputPart; name: string },
  node: ts.Node,
): Formula {
  return atom({ kind: 'input', is, at: placeAt(node), from, path: [name] });
}

const HEADER = { from: 'headers', name: 'authorization' } as const;

/** hono/jwt: no token and a token nobody signed are both unauthorized. */
function tokenChecked(machine: Machine, options: Value | undefined, { next, node }: Going): Value {
  const cookie = options?.kind === 'object' ? options.fields.value.get('cookie') : undefined;
  const name = stringOf(cookie);
  const by = name ? ({ from: 'cookies', name } as const) : HEADER;
  const said = (key: string) =>
    options?.kind === 'object' ? options.fields.value.get(key) : undefined;
  noteToken(machine, { secret: said('secret'), algorithms: [said('alg')] });
  const proceed = () => {
    const claims = called('tokenClaims', [input(by.from, [by.name], { type: 'string' })]);
    set(machine, machine.variables, new Map([...machine.variables.value, ['jwtPayload', claims]]));
    return next ? machine.call(next, [], node) : UNDEFINED;
  };
  return checkedBy(machine, [carries('present', by, node), carries('valid', by, node)], {
    proceed,
    node,
  });
}

function checkedBy(
  machine: Machine,
  [first, ...rest]: readonly Formula[],
  { proceed, node }: { proceed: () => Value; node: ts.Node },
): Value {
  if (!first) return proceed();
  return branchValue(machine, first, {
    yes: () => checkedBy(machine, rest, { proceed, node }),
    no: () => unauthorized(machine, node),
  });
}

/**
 * hono/bearer-auth and hono/basic-auth: a fixed token or a fixed user, or whatever `verifyToken` or `verifyUser` says of
 * what is given.
 */
function credentialsChecked(
  machine: Machine,
  options: Value | undefined,
  { c, next, node }: Going,
): Value {
  const fields = options?.kind === 'object' ? options.fields.value : new Map<string, Value>();
  const token = input('headers', ['authorization'], { type: 'string' });
  const user = [unknown('username', termsIn(token)), unknown('password', termsIn(token))];
  const byUser = fields.get('verifyUser');
  const verify = byUser ?? fields.get('verifyToken');
  const proceed = () => (next ? machine.call(next, [], node) : UNDEFINED);
  const there = carries('present', HEADER, node);
  if (!verify)
    return checkedBy(machine, [there, carries('valid', HEADER, node)], {
      proceed,
      node,
    });
  return checkedBy(machine, [there], {
    proceed: () => {
      const said = machine.settle(
        machine.call(verify, [...(byUser ? user : [token]), c ?? UNDEFINED], node),
        node,
      );
      return checkedBy(machine, [machine.truth(said, node)], { proceed, node });
    },
    node,
  });
}
