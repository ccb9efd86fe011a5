import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { leads } from '../readers/next/leaving.ts';
import { spreadFields } from '../trace/composites.ts';
import type { Machine } from '../trace/machine.ts';
import { branchValue } from '../trace/path.ts';
import { check, declareInput } from '../trace/schemas.ts';
import { object } from '../trace/terms.ts';
import { settled } from '../trace/tries.ts';
import { literal, native, type Special, UNDEFINED, type Value } from '../trace/values.ts';

/** next-safe-action: a builder of server actions, whose middleware runs first and whose errors are answers. */
export const safeAction: LibraryReader = {
  name: 'next-safe-action',
  from: /^next-safe-action(\/|$)/,
  call: (machine, { name, args }) => {
    if (name === 'createSafeActionClient')
      return client(machine, { options: args[0] ?? UNDEFINED, middleware: [] });
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
        case 'action':
        case 'stateAction':
          return native('action', (args, at) =>
            run(machine, { built, work: given, args, node: at }),
          );
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

function run(machine: Machine, running: Running): Value {
  const { built, node } = running;
  return settled(machine, {
    promise: () => behind(machine, { ...running, at: 0, context: object() }),
    handler: (error) => {
      if (leads(error)) {
        machine.throwValue(error, node);
        return UNDEFINED;
      }
      return answer('serverError', serverError(machine, { error, built, node }));
    },
  });
}

function serverError(
  machine: Machine,
  { error, built, node }: { error: Value; built: Built; node: ts.Node },
): Value {
  const { options, metadata = UNDEFINED } = built;
  const fields = options.kind === 'object' ? options.fields.value : undefined;
  const own = fields?.get('handleServerError');
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

function checked(machine: Machine, running: Running & { readonly context: Value }): Value {
  const { built, args, node, work, context } = running;
  const { schema, metadata = UNDEFINED } = built;
  const sent = args.at(-1) ?? UNDEFINED;
  const done = (parsed: Value) => {
    const said = object([
      ['parsedInput', parsed],
      ['clientInput', sent],
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
    no: () => answer('validationErrors', object([], true)),
  });
}
