import type { ts } from '../../kernel/syntax.ts';
import { all, FALSE, type Formula, not, some, TRUE } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { branchValue } from '../trace/path.ts';
import { choose, truthValue } from '../trace/terms.ts';
import { type Special, UNDEFINED, type Value } from '../trace/values.ts';

/** A success with its value or a failure with its error; which of the two says `ok`. */
interface Sides {
  readonly ok: Formula;
  /** Undefined where it never succeeds. */
  readonly value: Value | undefined;
  /** Undefined where it never fails. */
  readonly error: Value | undefined;
}

const known = new WeakMap<Value, Sides>();

export function success(machine: Machine, value: Value): Special {
  return result(machine, { ok: TRUE, value, error: undefined });
}

export function failure(machine: Machine, error: Value): Special {
  return result(machine, { ok: FALSE, value: undefined, error });
}

/** Results one after another as one of them all: its error is that of the first that fails. */
export function together(
  machine: Machine,
  results: readonly Value[],
  made: (values: readonly Value[]) => Value,
): Special | undefined {
  const sides = results.flatMap((each) => known.get(each) ?? []);
  if (sides.length < results.length) return undefined;
  const error = sides.reduceRight<Value | undefined>(
    (after, each) => either(not(each.ok), each.error, after),
    undefined,
  );
  const ok = all(sides.map((each) => each.ok));
  return result(machine, { ok, value: made(sides.map(({ value }) => value ?? UNDEFINED)), error });
}

/** Of several ways that give results one result is made: told apart by `ok`, however many there are. */
function result(machine: Machine, sides: Sides): Special {
  const made: Special = {
    kind: 'special',
    name: 'Result',
    get: (name) => FIELDS[name]?.(sides),
    invoke: (method, args, node) => METHODS[method]?.(sides, args, { machine, node }),
    joined: (when, other) => {
      const others = known.get(other);
      if (!others) return undefined;
      const ok = some([all([when, sides.ok]), all([not(when), others.ok])]);
      return result(machine, {
        ok,
        value: either(when, sides.value, others.value),
        error: either(when, sides.error, others.error),
      });
    },
  };
  known.set(made, sides);
  return made;
}

/** What one side holds says nothing where the other side is the case. */
function either(when: Formula, one: Value | undefined, other: Value | undefined) {
  return one && other ? choose(when, one, other) : (one ?? other);
}

/** What some libraries ask by a getter, others ask by a method. */
const FIELDS: Readonly<Record<string, (sides: Sides) => Value>> = {
  isOk: ({ ok }) => truthValue(ok),
  isErr: ({ ok }) => truthValue(not(ok)),
  isJust: ({ ok }) => truthValue(ok),
  isNothing: ({ ok }) => truthValue(not(ok)),
  value: ({ value }) => value ?? UNDEFINED,
  error: ({ error }) => error ?? UNDEFINED,
};

export interface At {
  readonly machine: Machine;
  readonly node: ts.Node;
}

type Method = (sides: Sides, args: readonly Value[], at: At) => Value;

const METHODS: Readonly<Record<string, Method>> = {
  isOk: ({ ok }) => truthValue(ok),
  isErr: ({ ok }) => truthValue(not(ok)),
  isSome: ({ ok }) => truthValue(ok),
  isNone: ({ ok }) => truthValue(not(ok)),
  match: (sides, [onValue, onError], at) =>
    onValue?.kind === 'object'
      ? matched(sides, onValue, at)
      : sided(sides, at, {
          yes: (value) => applied(onValue, value, at),
          no: (error) => applied(onError, error, at),
        }),
  map: (sides, [work], at) => mapped(sides, work, at),
  asyncMap: (sides, [work], at) => mapped(sides, work, at),
  mapErr: (sides, [work], at) =>
    sided(sides, at, {
      yes: (value) => success(at.machine, value),
      no: (error) => failure(at.machine, applied(work, error, at)),
    }),
  andThen: (sides, [work], at) => chained(sides, work, at),
  asyncAndThen: (sides, [work], at) => chained(sides, work, at),
  andThrough: (sides, [work], at) =>
    sided(sides, at, {
      yes: (value) => {
        const through = known.get(applied(work, value, at));
        return through ? result(at.machine, { ...through, value }) : success(at.machine, value);
      },
      no: (error) => failure(at.machine, error),
    }),
  orElse: (sides, [work], at) =>
    sided(sides, at, {
      yes: (value) => success(at.machine, value),
      no: (error) => applied(work, error, at),
    }),
  andTee: (sides, [work], at) =>
    sided(sides, at, {
      yes: (value) => {
        applied(work, value, at);
        return success(at.machine, value);
      },
      no: (error) => failure(at.machine, error),
    }),
  orTee: (sides, [work], at) =>
    sided(sides, at, {
      yes: (value) => success(at.machine, value),
      no: (error) => {
        applied(work, error, at);
        return failure(at.machine, error);
      },
    }),
  unwrapOr: (sides, [otherwise = UNDEFINED], at) =>
    sided(sides, at, { yes: (value) => value, no: () => otherwise }),
  unwrap: (sides, _, at) => unwrapped(sides, at),
  _unsafeUnwrap: (sides, _, at) => unwrapped(sides, at),
  unwrapErr: ({ error }) => error ?? UNDEFINED,
  _unsafeUnwrapErr: ({ error }) => error ?? UNDEFINED,
};

/** `match(result, { Ok: …, Err: … })`; undefined where nothing shows which side it is. */
export function matching(value: Value, cases: Value | undefined, at: At): Value | undefined {
  const sides = known.get(value);
  return sides && cases?.kind === 'object' ? matched(sides, cases, at) : undefined;
}

function matched(sides: Sides, { fields }: Value & { kind: 'object' }, at: At): Value {
  const named = (...names: string[]) =>
    names.map((name) => fields.value.get(name)).find((work) => work !== undefined);
  return sided(sides, at, {
    yes: (value) => applied(named('Ok', 'Just', 'Some'), value, at),
    no: (error) => applied(named('Err', 'Nothing', 'None'), error, at),
  });
}

function mapped(sides: Sides, work: Value | undefined, at: At): Value {
  return sided(sides, at, {
    yes: (value) => success(at.machine, applied(work, value, at)),
    no: (error) => failure(at.machine, error),
  });
}

function chained(sides: Sides, work: Value | undefined, at: At): Value {
  return sided(sides, at, {
    yes: (value) => applied(work, value, at),
    no: (error) => failure(at.machine, error),
  });
}

function unwrapped(sides: Sides, at: At): Value {
  return sided(sides, at, {
    yes: (value) => value,
    no: (error) => {
      at.machine.throwValue(error, at.node);
      return UNDEFINED;
    },
  });
}

function sided(
  { ok, value = UNDEFINED, error = UNDEFINED }: Sides,
  { machine }: At,
  then: { yes: (value: Value) => Value; no: (error: Value) => Value },
): Value {
  return branchValue(machine, ok, { yes: () => then.yes(value), no: () => then.no(error) });
}

function applied(work: Value | undefined, to: Value, { machine, node }: At): Value {
  if (!work) return UNDEFINED;
  return machine.settle(machine.call(work, [to], node), node);
}
