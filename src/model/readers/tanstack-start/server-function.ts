import type { ts } from '../../../kernel/syntax.ts';
import { atomsOf } from '../../trace/input-facts.ts';
import type { Machine } from '../../trace/machine.ts';
import { check } from '../../trace/schemas.ts';
import { object } from '../../trace/terms.ts';
import { native, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { requestOf } from '../web-request.ts';
import { isNotFound, isRedirect } from './leaving.ts';
import { flattened, joined, PLAIN, type Step, stepOf, valuesIn } from './middleware.ts';
import { validated } from './validated.ts';

/** The specials that are finished server functions. */
const finished = new WeakMap<Value, Step>();

export function functionOf(value: Value): Step | undefined {
  return finished.get(value);
}

/**
 * `createServerFn().middleware([…]).validator(…).handler(fn)`, or what is called once more before its handler
 * (`start-client-core`, `createServerFn.ts`). Middleware that is such a chain itself gives its own.
 */
export function builder(machine: Machine, built: Step = PLAIN): Special {
  return {
    kind: 'special',
    name: 'createServerFn',
    call: () => builder(machine, built),
    invoke: (method, [given = UNDEFINED]) => {
      if (/^(inputV|v)alidator$/.test(method))
        return builder(machine, { ...built, validator: given });
      if (method === 'handler') return made(machine, { ...built, server: given });
      if (method !== 'middleware') return builder(machine, built);
      const added = valuesIn(given).flatMap((each) => factories.get(each) ?? each);
      return factory(machine, { ...built, middleware: [...built.middleware, ...added] });
    },
  };
}

const factories = new WeakMap<Value, readonly Value[]>();

function factory(machine: Machine, built: Step): Special {
  const value = builder(machine, built);
  factories.set(value, built.middleware);
  return value;
}

function made(machine: Machine, step: Step): Special {
  const value: Special = {
    kind: 'special',
    name: 'serverFn',
    call: (args, node) => callHere(machine, step, { args, node }),
  };
  finished.set(value, step);
  return value;
}

interface Calling {
  readonly node: ts.Node;
  readonly data: Value;
  readonly context: Value;
}

/** A call from code of the server, where no request carries it: what it throws is its caller's. */
function callHere(
  machine: Machine,
  step: Step,
  { args: [options = UNDEFINED], node }: { args: readonly Value[]; node: ts.Node },
): Value {
  const data = machine.get(options, 'data', node);
  const list = flattened(step.middleware);
  const found = behind(machine, [...list, step], { node, data, context: object() });
  const value = machine.settle(found, node);
  if (isRedirect(value) || isNotFound(value)) {
    machine.throwValue(value, node);
    return UNDEFINED;
  }
  return value;
}

/** The middleware from here on, then the function itself. */
function behind(
  machine: Machine,
  [first, ...rest]: readonly (Value | Step)[],
  { node, data, context }: Calling,
): Value {
  if (!first) return UNDEFINED;
  const { validator, server } = 'kind' in first ? (stepOf(first) ?? PLAIN) : first;
  const checked = validator ? taken(machine, validator, { data, node }) : data;
  if (machine.path.dead) return UNDEFINED;
  const next = native('next', ([said]) => {
    const added = said?.kind === 'object' ? said.fields.value.get('context') : undefined;
    const more = added ? joined(context, added) : context;
    return behind(machine, rest, { node, data: checked, context: more });
  });
  if (!server) return behind(machine, rest, { node, data: checked, context });
  const given = object(
    [
      ['data', checked],
      ['context', context],
      ['next', next],
      ['request', requestOf(machine, '')],
    ],
    true,
  );
  return machine.settle(machine.call(server, [given], node), node);
}

/** Code of the server gives what the types ask for; what it has of the request may be refused as that says. */
function taken(
  machine: Machine,
  validator: Value,
  { data, node }: { data: Value; node: ts.Node },
): Value {
  if (validator.kind === 'schema') {
    const { valid, data: made } = check(machine, validator, { value: data, node });
    if (atomsOf(valid).some(({ kind }) => kind === 'opaque')) return made;
  }
  return validated(machine, validator, { value: data, node });
}
