import type { ts } from '../../../kernel/syntax.ts';
import { delegated, isDelegate } from '../../trace/delegated.ts';
import { inPlaceOf, isRaised } from '../../trace/errors.ts';
import type { Formula } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue, since } from '../../trace/path.ts';
import { attempt } from '../../trace/tries.ts';
import { type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { piped } from './pipe.ts';

/** Where something of the library is called. */
export interface At {
  readonly machine: Machine;
  readonly node: ts.Node;
}

/** An effect: what its work gives each time it is run. What it fails with is thrown, and marked as a failure. */
export function effect(machine: Machine, work: (node: ts.Node) => Value): Special {
  const made: Special = {
    kind: 'special',
    name: 'Effect',
    delegate: (_, node) => work(node),
    invoke: (method, args, node) =>
      method === 'pipe' ? piped({ machine, node }, made, args) : undefined,
    joined: (when, other) =>
      other.delegate
        ? effect(machine, (node) =>
            branchValue(machine, when, {
              yes: () => work(node),
              no: () => delegated(machine, other, node),
            }),
          )
        : undefined,
  };
  return made;
}

export function succeed(machine: Machine, value: Value): Special {
  return effect(machine, () => value);
}

/** Runs an effect, a service's key, an Option …; of anything else it is what `await` makes of it. */
export function run({ machine, node }: At, value: Value): Value {
  return isDelegate(machine, value) ? delegated(machine, value, node) : machine.settle(value, node);
}

export function isEffect(machine: Machine, value: Value | undefined): boolean {
  return value !== undefined && isDelegate(machine, value);
}

/** Errors that code failed with; any other that is thrown is a defect, which only what asks for defects catches. */
const failures = new WeakSet<Value>();

export function isFailure(error: Value): boolean {
  return failures.has(error);
}

export function fail({ machine, node }: At, error: Value): Value {
  machine.throwValue(asFailure(error), node);
  return UNDEFINED;
}

/** The error as one that code failed with. */
export function asFailure(error: Value): Value {
  const own = failing(error);
  failures.add(own);
  return own;
}

function failing(error: Value): Value {
  if (error.kind === 'choice' && !isRaised(error))
    return { ...error, yes: asFailure(error.yes), no: asFailure(error.no) };
  return error.kind === 'instance' || isRaised(error) ? error : { ...error };
}

/** Fails with what is made of an error that something else threw. */
export function failInPlaceOf({ machine, node }: At, error: Value, made: Value): Value {
  machine.throwValue(inPlaceOf(error, asFailure(made)), node);
  return UNDEFINED;
}

export function die({ machine, node }: At, error: Value): Value {
  failures.delete(error);
  machine.throwValue(error, node);
  return UNDEFINED;
}

/** Where an error was thrown, and when, of all that came out of the same work. */
export interface Thrown extends At {
  readonly when: Formula;
  readonly of: object;
}

/** What becomes of errors on the way out of work: what is not handled goes on as it was. */
export interface Handlers {
  readonly failure?: (error: Value, at: Thrown) => Value;
  readonly defect?: (error: Value, at: Thrown) => Value;
}

export function caught({ machine }: At, work: () => Value, handlers: Handlers): Value {
  const { path } = machine;
  const before = path.facts;
  let isEnded = false;
  const of = {};
  const value = attempt(machine, {
    work,
    handle: (error, node) => {
      const { facts } = path;
      const handle = (isFailure(error) ? handlers.failure : handlers.defect) ?? rethrown;
      const when = since(machine, before.length);
      const made = handle(error, { machine, node, when, of });
      isEnded ||= path.dead || path.answered || path.facts !== facts;
      return made;
    },
  });
  // Where each way goes on, nothing is known behind them.
  if (!isEnded && !path.dead && !path.answered) path.facts = before;
  return value;
}

export function rethrown(error: Value, { machine, node }: At): Value {
  machine.throwValue(error, node);
  return UNDEFINED;
}

/** Calls a function, where there is one. */
export function call({ machine, node }: At, fn: Value | undefined, args: readonly Value[]): Value {
  return fn ? machine.call(fn, args, node) : UNDEFINED;
}

/** Calls a function that gives a value or an effect, and runs what it gives. */
export function runCall(at: At, fn: Value | undefined, args: readonly Value[]): Value {
  return fn ? run(at, at.machine.call(fn, args, at.node)) : UNDEFINED;
}

export function isFunction(value: Value | undefined): boolean {
  if (value?.kind === 'special') return value.call !== undefined && !value.delegate;
  return value?.kind === 'closure' || value?.kind === 'package';
}
