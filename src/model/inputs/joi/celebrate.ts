import { STATUS_CODES } from 'node:http';
import type { ts } from '../../../kernel/syntax.ts';
import type { LibraryReader } from '../../reader.ts';
import { builtIn } from '../../trace/classes.ts';
import { arrayOf, arrayOfAll } from '../../trace/composites.ts';
import { takesBody } from '../../trace/input-facts.ts';
import { isInstance } from '../../trace/instance-of.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { object } from '../../trace/terms.ts';
import { literal, literalOf, native, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { checked, validationError } from './checks.ts';

/** The parts of a request in the order they are checked in. */
const SEGMENTS: Readonly<Record<string, string>> = {
  HEADERS: 'headers',
  PARAMS: 'params',
  QUERY: 'query',
  COOKIES: 'cookies',
  SIGNEDCOOKIES: 'signedCookies',
  BODY: 'body',
};

/** celebrate: Joi's schemas as a middleware of Express, and the one that answers what they refuse. */
export const celebrate = {
  name: 'celebrate',
  from: /^celebrate$/,
  constant: (_, name) => {
    const segment = SEGMENTS[/^Segments\.(\w+)$/.exec(name)?.[1] ?? ''];
    return segment === undefined ? undefined : literal(segment);
  },
  call: (machine, { name, args, node, made }) => {
    const fn = name.split('.').at(-1) ?? name;
    const [first = UNDEFINED, second, third] = args;
    if (made) return undefined;
    if (fn === 'celebrate') return checking(machine, { rules: first, options: second });
    if (fn === 'celebrator' && third) return checking(machine, { rules: third, options: second });
    if (fn === 'errors') return answering(machine, first);
    return /^isCelebrate(Error)?$/.test(fn) ? isInstance(first, 'CelebrateError', node) : undefined;
  },
} satisfies LibraryReader;

interface Rules {
  readonly rules: Value;
  readonly options: Value | undefined;
}

/** Checks each part that there is a schema for, and puts in its place what the schema makes of it. */
function checking(machine: Machine, { rules, options }: Rules): Value {
  const given = rules.kind === 'object' ? rules.fields.value : new Map<string, Value>();
  const segments = Object.values(SEGMENTS).filter(
    (segment) => given.has(segment) && (segment !== 'body' || takesBody(machine)),
  );
  return native('celebrate', ([request = UNDEFINED, , next = UNDEFINED], node) => {
    const from = ([segment, ...rest]: readonly string[]): void => {
      const schema = segment === undefined ? undefined : given.get(segment);
      if (segment === undefined || !schema) return void machine.call(next, [], node);
      const value = machine.get(request, segment, node);
      const { valid, data } = checked(machine, { schema, value, options, node });
      branch(machine, valid, {
        yes: () => {
          if (request.kind === 'special' && value.kind !== 'special') request.set?.(segment, data);
          from(rest);
        },
        no: () => machine.call(next, [refusal(machine, segment, node)], node),
      });
    };
    from(segments);
    return UNDEFINED;
  });
}

/** The first part that is refused decides: its error of Joi stands under its name. */
function refusal(machine: Machine, segment: string, node: ts.Node): Value {
  const pair = arrayOfAll([literal(segment), validationError()]);
  const map = { kind: 'special', name: 'Map' } as const;
  const details = machine.construct(map, [arrayOf([{ value: pair, when: null }])], node);
  return builtIn(
    ['CelebrateError', 'Error'],
    [
      ['message', literal('Validation failed')],
      ['details', details],
    ],
  );
}

/** `errors()`: an error handler that answers celebrate's own errors and hands on all others. */
function answering(machine: Machine, options: Value): Value {
  const said = options.kind === 'object' ? options.fields.value.get('statusCode') : undefined;
  const status = said ?? literal(400);
  return native('errors', ([error = UNDEFINED, , response = UNDEFINED, next = UNDEFINED], node) => {
    branch(machine, machine.truth(isInstance(error, 'CelebrateError', node), node), {
      yes: () => {
        const body = object([
          ['statusCode', status],
          ['error', literal(STATUS_CODES[Number(literalOf(status))] ?? '')],
          ['message', machine.get(error, 'message', node)],
          ['validation', unknown('validation')],
        ]);
        const answer = machine.invoke(response, { name: 'status', args: [status] }, node);
        machine.invoke(answer, { name: 'send', args: [body] }, node);
      },
      no: () => machine.call(next, [error], node),
    });
    return UNDEFINED;
  });
}
