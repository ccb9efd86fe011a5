import { arrayOfAll, spreadFields } from '../../trace/composites.ts';
import { not } from '../../trace/formula.ts';
import { branchValue } from '../../trace/path.ts';
import { object, truthValue } from '../../trace/terms.ts';
import { stringOf, UNDEFINED, type Value } from '../../trace/values.ts';
import { forEach, forked } from './constructors.ts';
import { type Operator, operator } from './pipe.ts';
import { type At, call, die, effect, fail, isFunction, run, runCall, succeed } from './run.ts';
import { buildServices, type Services, serviceOf, within } from './services.ts';
import { no, OPTION, yes } from './sided.ts';

type Work = (at: At, value: Value, args: readonly Value[]) => Value;

/** What is made of the value of an effect. */
function after(needs: number, work: Work): Operator {
  return operator(needs, ({ machine }, self, args) =>
    effect(machine, (node) => {
      const at = { machine, node };
      const value = run(at, self);
      return machine.path.dead ? UNDEFINED : work(at, value, args);
    }),
  );
}

/** Runs an effect in its own way. */
function around(
  needs: number,
  work: (at: At, self: Value, args: readonly Value[]) => Value,
): Operator {
  return operator(needs, ({ machine }, self, args) =>
    effect(machine, (node) => work({ machine, node }, self, args)),
  );
}

/** An effect, or a function of the value before that gives one or a plain value. */
function next(at: At, given: Value | undefined, value: Value): Value {
  return isFunction(given) ? runCall(at, given, [value]) : run(at, given ?? UNDEFINED);
}

/** The value where a test of it holds, else what happens instead. */
function filtered(otherwise: (at: At, fn: Value | undefined, value: Value) => Value): Operator {
  return after(3, (at, value, [test, fn]) =>
    branchValue(at.machine, at.machine.truth(call(at, test, [value]), at.node), {
      yes: () => value,
      no: () => otherwise(at, fn, value),
    }),
  );
}

/** An effect that runs under a condition: of what it is given, an Option of its value. */
function when(holds: boolean): Operator {
  return around(2, (at, self, [asked]) => {
    const { machine, node } = at;
    const test = isFunction(asked) ? runCall(at, asked, []) : run(at, asked ?? UNDEFINED);
    const formula = machine.truth(test, node);
    return branchValue(machine, holds ? formula : not(formula), {
      yes: () => yes(at, OPTION, run(at, self)),
      no: () => no(at, OPTION),
    });
  });
}

function provide(at: At, self: Value, services: Services): Value {
  return within(at.machine, services, () => run(at, self));
}

/** `Effect.bind('name', (scope) => effect)` on an effect of an object. */
function bound(work: (at: At, fn: Value | undefined, args: readonly Value[]) => Value): Operator {
  return after(3, (at, scope, [name, fn]) => {
    const own = [stringOf(name) ?? '', work(at, fn, [scope])] as const;
    return object([...spreadFields(scope).fields, own]);
  });
}

const pair = (one: Value, other: Value) => arrayOfAll([one, other]);

/** Operators on effects that do something after or around them, by name. */
export const SEQUENCING: Readonly<Record<string, Operator>> = {
  map: after(2, (at, value, [fn]) => call(at, fn, [value])),
  flatMap: after(2, (at, value, [fn]) => runCall(at, fn, [value])),
  andThen: after(2, (at, value, [given]) =>
    isFunction(given) ? next(at, given, value) : run(at, given ?? UNDEFINED),
  ),
  tap: after(2, (at, value, [given]) => {
    next(at, given, value);
    return value;
  }),
  zipRight: after(2, (at, _, [other = UNDEFINED]) => run(at, other)),
  zipLeft: after(2, (at, value, [other = UNDEFINED]) => {
    run(at, other);
    return value;
  }),
  zip: after(2, (at, value, [other = UNDEFINED]) => pair(value, run(at, other))),
  zipWith: after(3, (at, value, [other = UNDEFINED, fn]) => call(at, fn, [value, run(at, other)])),
  as: after(2, (_, __, [given = UNDEFINED]) => given),
  asVoid: after(1, () => UNDEFINED),
  asSome: after(1, (at, value) => yes(at, OPTION, value)),
  flatten: after(1, run),
  negate: after(1, ({ machine, node }, value) => truthValue(not(machine.truth(value, node)))),
  tryMap: after(2, (at, value, [options = UNDEFINED]) =>
    call(at, at.machine.get(options, 'try', at.node), [value]),
  ),
  tryMapPromise: after(2, (at, value, [options = UNDEFINED]) =>
    runCall(at, at.machine.get(options, 'try', at.node), [value]),
  ),
  filterOrFail: filtered((at, fn, value) => fail(at, call(at, fn, [value]))),
  filterOrDie: filtered((at, fn, value) => die(at, call(at, fn, [value]))),
  filterOrElse: filtered((at, fn, value) => runCall(at, fn, [value])),
  when: when(true),
  unless: when(false),
  whenEffect: when(true),
  unlessEffect: when(false),
  provide: around(2, (at, self, [given = UNDEFINED]) =>
    provide(at, self, buildServices(at, given)),
  ),
  provideService: around(3, (at, self, args) => provide(at, self, serviceOf(at, args))),
  provideServiceEffect: around(3, (at, self, [key, given = UNDEFINED]) =>
    provide(at, self, serviceOf(at, [key, run(at, given)])),
  ),
  provideContext: around(2, (at, self, [given = UNDEFINED]) =>
    provide(at, self, buildServices(at, given)),
  ),
  bind: bound(runCall),
  bindTo: after(2, (_, value, [name]) => object([[stringOf(name) ?? '', value]])),
  let: bound(call),
  fork: around(1, (at, self) => succeed(at.machine, forked(at, self))),
  forkDaemon: around(1, (at, self) => succeed(at.machine, forked(at, self))),
  forkChild: around(1, (at, self) => succeed(at.machine, forked(at, self))),
  forkDetach: around(1, (at, self) => succeed(at.machine, forked(at, self))),
  timeoutOption: after(2, (at, value) => yes(at, OPTION, value)),
  acquireUseRelease: around(3, (at, acquire, [use]) => runCall(at, use, [run(at, acquire)])),
  forEach: operator(2, forEach),
};
