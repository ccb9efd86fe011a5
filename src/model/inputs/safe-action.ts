import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { answering, leads } from '../readers/next/leaving.ts';
import { builtIn } from '../trace/classes.ts';
import { arrayOfAll, spreadFields, spreadItems } from '../trace/composites.ts';
import { declareInput } from '../trace/declared-input.ts';
import type { Machine } from '../trace/machine.ts';
import { branchValue } from '../trace/path.ts';
import { check } from '../trace/schemas.ts';
import { object, overChoice } from '../trace/terms.ts';
import { settled } from '../trace/tries.ts';
import {
  input as inputTerm,
  literal,
  literalOf,
  native,
  type Special,
  UNDEFINED,
  type Value,
} from '../trace/values.ts';

/** next-safe-action: a builder of server actions, whose middleware runs first and whose errors are answers. */
export const safeAction: LibraryReader = {
  name: 'next-safe-action',
  from: /^next-safe-action(\/|$)/,
  call: (machine, { name, args, node }) => {
    if (name === 'createSafeActionClient')
      return client(machine, { options: args[0] ?? UNDEFINED, middleware: [], bound: [] });
    if (name === 'returnValidationErrors') return refused(machine, args[1], node);
    if (name !== 'createMiddleware') return undefined;
    const define = native('define', ([middleware = UNDEFINED]) => middleware);
    return object([['define', define]]);
  },
};

interface Built {
  readonly options: Value;
  readonly middleware: readonly Value[];
  readonly metadata?: Value;
  readonly schema?: Value;
  /** The schemas of what is bound to the action, before its input. */
  readonly bound: readonly Value[];
}

/** What an action throws to answer with errors of its input. */
const REFUSED = 'ActionServerValidationError';

function refused(machine: Machine, errors: Value = UNDEFINED, node: ts.Node): Value {
  machine.throwValue(builtIn([REFUSED, 'Error'], [['validationErrors', errors]]), node);
  return UNDEFINED;
}

function client(machine: Machine, built: Built): Special {
  return {
    kind: 'special',
    name: 'next-safe-action',
    invoke: (method, [given = UNDEFINED], node) => {
      switch (method) {
        case 'use':
          return client(machine, { ...built, middleware: [...built.middleware, given] });
        case 'metadata':
          return client(machine, { ...built, metadata: given });
        case 'schema':
        case 'inputSchema':
          return client(machine, { ...built, schema: schemaIn(machine, given, node) });
        case 'bindArgsSchemas':
          return client(machine, { ...built, bound: spreadItems(given).map(({ value }) => value) });
        case 'action':
        case 'stateAction':
          return action(machine, { built, work: given });
        default:
          return client(machine, built);
      }
    },
  };
}

/** A schema, or a function that makes it. */
function schemaIn(machine: Machine, given: Value, node: ts.Node): Value {
  return given.kind === 'closure' ? machine.settle(machine.call(given, [], node), node) : given;
}

/** An action: `#answer` calls it as a request does, its errors leave as the request's answers. */
function action(machine: Machine, made: Pick<Running, 'built' | 'work'>): Special {
  const running = (args: readonly Value[], node: ts.Node) => ({ ...made, args, node });
  return {
    kind: 'special',
    name: 'action',
    call: (args, node) => run(machine, running(args, node), (answered) => answered),
    invoke: (method, [input = UNDEFINED], node) => {
      if (method !== '#answer') return undefined;
      const bound = made.built.bound.map((_, at) => inputTerm('body', ['bound', String(at)], null));
      return run(machine, running([...bound, input], node), (answered, at) => {
        machine.throwValue(overChoice(answered, answering), at);
        return UNDEFINED;
      });
    },
  };
}

/** One of its three kinds of answer, without the others. */
function answer(kind: 'data' | 'serverError' | 'validationErrors', value: Value): Value {
  const kinds = ['data', 'serverError', 'validationErrors'];
  return object(kinds.map((each) => [each, each === kind ? value : UNDEFINED]));
}

interface Running {
  readonly built: Built;
  readonly work: Value;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** Runs an action; `leave` says what becomes of the answer an error is made into. */
function run(
  machine: Machine,
  running: Running,
  leave: (answer: Value, at: ts.Node) => Value,
): Value {
  const { built } = running;
  return settled(machine, {
    promise: () => behind(machine, { ...running, at: 0, context: object() }),
    handler: (error, at) => {
      const errors = validationErrors(error);
      const isThrown = isSet(built, errors ? 'throwValidationErrors' : 'throwServerError');
      if (leads(error) || isThrown) {
        machine.throwValue(error, at);
        return UNDEFINED;
      }
      if (errors) return leave(answer('validationErrors', errors), at);
      const said = serverError(machine, { error, built, node: at });
      return leave(
        overChoice(said, (one) => answer('serverError', one)),
        at,
      );
    },
  });
}

function validationErrors(error: Value): Value | undefined {
  if (error.kind !== 'instance' || error.ancestry[0] !== REFUSED) return undefined;
  return error.fields.value.get('validationErrors') ?? UNDEFINED;
}

function optionOf({ options }: Built, name: string): Value | undefined {
  return options.kind === 'object' ? options.fields.value.get(name) : undefined;
}

function isSet(built: Built, name: string): boolean {
  return literalOf(optionOf(built, name)) === true;
}

function serverError(
  machine: Machine,
  { error, built, node }: { error: Value; built: Built; node: ts.Node },
): Value {
  const { metadata = UNDEFINED } = built;
  const own = optionOf(built, 'handleServerError');
  if (!own) return literal('Something went wrong while executing the operation.');
  const about = object([['metadata', metadata]], true);
  return machine.settle(machine.call(own, [error, about], node), node);
}

/** The middleware from here on, then the input's check and the work itself. */
function behind(
  machine: Machine,
  running: Running & { readonly at: number; readonly context: Value },
): Value {
  const { built, args, node, at, context } = running;
  const { metadata = UNDEFINED } = built;
  const middleware = built.middleware[at];
  if (!middleware) return checked(machine, running);
  const next = native('next', ([given]) => {
    const added = given?.kind === 'object' ? given.fields.value.get('ctx') : undefined;
    return behind(machine, { ...running, at: at + 1, context: joined(context, added) });
  });
  const said = object([
    ['next', next],
    ['ctx', context],
    ['metadata', metadata],
    ['clientInput', args.at(-1) ?? UNDEFINED],
  ]);
  return machine.settle(machine.call(middleware, [said], node), node);
}

function joined(before: Value, added: Value | undefined): Value {
  if (!added) return before;
  const [old, more] = [spreadFields(before), spreadFields(added)];
  return object([...old.fields, ...more.fields], old.open || more.open);
}

/** Its input is checked first, then what was bound to it: errors of that are the server's. */
function checked(machine: Machine, running: Running & { readonly context: Value }): Value {
  const { built, args, node, work, context } = running;
  const { schema, metadata = UNDEFINED } = built;
  const sent = args.at(-1) ?? UNDEFINED;
  const done = (parsed: Value) => {
    const bound = boundValues(machine, running);
    if (machine.path.dead) return UNDEFINED;
    const said = object([
      ['parsedInput', parsed],
      ['clientInput', sent],
      ['bindArgsParsedInputs', bound],
      ['bindArgsClientInputs', bound],
      ['ctx', context],
      ['metadata', metadata],
    ]);
    const data = machine.settle(machine.call(work, [said], node), node);
    return answer('data', data);
  };
  if (schema?.kind !== 'schema') return done(sent);
  declareInput(machine, 'body', { type: 'object', properties: {}, required: ['input'] });
  const { valid, data } = check(machine, schema, { value: sent, node });
  return branchValue(machine, valid, {
    yes: () => done(data),
    no: () => refused(machine, object([], true), schema.node),
  });
}

function boundValues(machine: Machine, { built, args, node }: Running): Value {
  const values = built.bound.map((schema, at) => {
    const value = args[at] ?? UNDEFINED;
    if (schema.kind !== 'schema' || machine.path.dead) return value;
    const { valid, data } = check(machine, schema, { value, node });
    return branchValue(machine, valid, {
      yes: () => data,
      no: () => {
        const error = builtIn(['ActionBindArgsValidationError', 'Error'], []);
        machine.throwValue(error, schema.node);
        return UNDEFINED;
      },
    });
  });
  return arrayOfAll(values);
}
