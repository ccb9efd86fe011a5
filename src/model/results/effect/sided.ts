import { builtIn } from '../../trace/classes.ts';
import { either, FALSE, type Formula, not, TRUE } from '../../trace/formula.ts';
import { branchValue } from '../../trace/path.ts';
import { choose, truthValue } from '../../trace/terms.ts';
import { isThere } from '../../trace/truth.ts';
import { literal, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { causeOf, ofCause } from './cause.ts';
import { type Operator, operator, piped } from './pipe.ts';
import { type At, asFailure, call, fail, isFailure, rethrown } from './run.ts';

/** What a value of two sides is called: `ok` and `no` are the tags of its sides, and the fields that hold them. */
export interface Kind {
  readonly name: string;
  readonly ok: readonly [tag: string, field: string];
  readonly no: readonly [tag: string, field: string];
  /** What running it fails with. */
  readonly fails: (at: At, error: Value) => Value;
}

export const OPTION: Kind = {
  name: 'Option',
  ok: ['Some', 'value'],
  no: ['None', 'none'],
  fails: (at) => fail(at, noSuchElement()),
};
export const EITHER: Kind = {
  name: 'Either',
  ok: ['Right', 'right'],
  no: ['Left', 'left'],
  fails: fail,
};
export const RESULT: Kind = {
  name: 'Result',
  ok: ['Success', 'success'],
  no: ['Failure', 'failure'],
  fails: fail,
};
export const EXIT: Kind = {
  name: 'Exit',
  ok: ['Success', 'value'],
  no: ['Failure', 'cause'],
  fails: (at, cause) => ofCause(at, cause, rethrown),
};

function noSuchElement(): Value {
  const fields: readonly [string, Value][] = [
    ['_tag', literal('NoSuchElementException')],
    ['message', literal('')],
  ];
  return builtIn(['NoSuchElementException', 'Error'], fields);
}

interface Sides {
  readonly kind: Kind;
  readonly ok: Formula;
  readonly value: Value | undefined;
  readonly error: Value | undefined;
}

const known = new WeakMap<Value, Sides>();

export function yes(at: Pick<At, 'machine'>, kind: Kind, value: Value): Special {
  return sided(at, { kind, ok: TRUE, value, error: undefined });
}

export function no(at: Pick<At, 'machine'>, kind: Kind, error: Value = UNDEFINED): Special {
  return sided(at, { kind, ok: FALSE, value: undefined, error });
}

export function option(at: At, value: Value): Special {
  const ok = isThere(value, at.node);
  return sided(at, { kind: OPTION, ok, value, error: UNDEFINED });
}

function sided({ machine }: Pick<At, 'machine'>, sides: Sides): Special {
  const { kind, ok, value = UNDEFINED, error = UNDEFINED } = sides;
  const made: Special = {
    kind: 'special',
    name: kind.name,
    get: (name) => {
      if (name === '_tag') return choose(ok, literal(kind.ok[0]), literal(kind.no[0]));
      if (name === kind.ok[1]) return value;
      return name === kind.no[1] ? error : undefined;
    },
    invoke: (method, args, node) =>
      method === 'pipe' ? piped({ machine, node }, made, args) : undefined,
    delegate: (_, node) =>
      branchValue(machine, ok, {
        yes: () => value,
        no: () => kind.fails({ machine, node }, error),
      }),
    joined: (when, other) => {
      const others = known.get(other);
      if (others?.kind !== kind) return undefined;
      return sided(
        { machine },
        {
          kind,
          ok: either(when, ok, others.ok),
          value: oneOf(when, sides.value, others.value),
          error: oneOf(when, sides.error, others.error),
        },
      );
    },
  };
  known.set(made, sides);
  return made;
}

function oneOf(when: Formula, one: Value | undefined, other: Value | undefined) {
  return one && other ? choose(when, one, other) : (one ?? other);
}

export function isSided(value: Value): boolean {
  return known.has(value);
}

/** Whether it is the good side; undefined where nothing is known of it. */
export function isOk(value: Value): Formula | undefined {
  return known.get(value)?.ok;
}

/** What is made of each side; a value of another kind is taken for the good side. */
export function split(
  { machine }: Pick<At, 'machine'>,
  self: Value,
  then: { yes: (value: Value) => Value; no: (error: Value) => Value },
): Value {
  const { ok = TRUE, value = self, error = UNDEFINED } = known.get(self) ?? {};
  return branchValue(machine, ok, {
    yes: () => then.yes(value ?? UNDEFINED),
    no: () => then.no(error ?? UNDEFINED),
  });
}

type Work = (at: At, error: Value, given: Value | undefined) => Value;

/** The value, or what is made of there being none. */
const otherwise = (needs: number, work: Work) =>
  operator(needs, (at, self, [given]) =>
    split(at, self, { yes: (value) => value, no: (error) => work(at, error, given) }),
  );

/** What is made of a value; the other side stays. */
const onwards = (kind: Kind, work: Work) =>
  operator(2, (at, self, [given]) =>
    split(at, self, {
      yes: (value) => work(at, value, given),
      no: (error) => no(at, kind, error),
    }),
  );

const is = (good: boolean) =>
  operator(1, (_, self) => {
    const ok = known.get(self)?.ok ?? TRUE;
    return truthValue(good ? ok : not(ok));
  });

const match = operator(2, (at, self, [cases = UNDEFINED]) => {
  const one = (names: readonly string[], value: Value) => {
    const found = names.map((name) => at.machine.get(cases, name, at.node));
    return call(
      at,
      found.find(({ kind }) => kind !== 'undefined'),
      [value],
    );
  };
  return split(at, self, {
    yes: (value) => one(['onSome', 'onRight', 'onSuccess'], value),
    no: (error) => one(['onNone', 'onLeft', 'onFailure'], error),
  });
});

/** The operators on all kinds of two sides, by their names. */
export function sidedOperators(kind: Kind): Readonly<Record<string, Operator>> {
  return {
    [`is${kind.ok[0]}`]: is(true),
    [`is${kind.no[0]}`]: is(false),
    match,
    map: onwards(kind, (at, value, fn) => yes(at, kind, call(at, fn, [value]))),
    flatMap: onwards(kind, (at, value, fn) => call(at, fn, [value])),
    filter: onwards(kind, (at, value, fn) =>
      branchValue(at.machine, at.machine.truth(call(at, fn, [value]), at.node), {
        yes: () => yes(at, kind, value),
        no: () => no(at, kind),
      }),
    ),
    mapLeft: mapped(kind),
    mapError: mapped(kind),
    orElse: operator(2, (at, self, [fn]) =>
      split(at, self, {
        yes: (value) => yes(at, kind, value),
        no: (error) => call(at, fn, [error]),
      }),
    ),
    getOrElse: otherwise(2, (at, error, fn) => call(at, fn, [error])),
    getOrThrowWith: otherwise(2, (at, error, fn) => rethrown(call(at, fn, [error]), at)),
    getOrThrow: otherwise(1, (at, error) =>
      rethrown(kind === OPTION ? builtIn(['Error'], []) : error, at),
    ),
    getOrNull: otherwise(1, () => literal(null)),
    getOrUndefined: otherwise(1, () => UNDEFINED),
  };
}

function mapped(kind: Kind): Operator {
  return operator(2, (at, self, [fn]) =>
    split(at, self, {
      yes: (value) => yes(at, kind, value),
      no: (error) => no(at, kind, fn ? call(at, fn, [error]) : error),
    }),
  );
}

export const constructors: Readonly<Record<string, (at: At, args: readonly Value[]) => Value>> = {
  'Option.some': (at, [value = UNDEFINED]) => yes(at, OPTION, value),
  'Option.none': (at) => no(at, OPTION),
  'Option.fromNullable': (at, [value = UNDEFINED]) => option(at, value),
  'Option.fromNullishOr': (at, [value = UNDEFINED]) => option(at, value),
  'Option.fromNullOr': (at, [value = UNDEFINED]) => option(at, value),
  'Option.fromUndefinedOr': (at, [value = UNDEFINED]) => option(at, value),
  'Either.right': (at, [value = UNDEFINED]) => yes(at, EITHER, value),
  'Either.left': (at, [error]) => no(at, EITHER, error),
  'Result.succeed': (at, [value = UNDEFINED]) => yes(at, RESULT, value),
  'Result.fail': (at, [error]) => no(at, RESULT, error),
  'Exit.succeed': (at, [value = UNDEFINED]) => yes(at, EXIT, value),
  'Exit.fail': (at, [error = UNDEFINED]) => no(at, EXIT, causeOf(asFailure(error), at)),
  'Exit.die': (at, [error = UNDEFINED]) => no(at, EXIT, causeOf(error, at)),
  'Exit.failCause': (at, [cause]) => no(at, EXIT, cause),
  'Cause.fail': (at, [error = UNDEFINED]) => causeOf(asFailure(error), at),
  'Cause.die': (at, [error = UNDEFINED]) => causeOf(error, at),
  'Cause.squash': (at, [cause = UNDEFINED]) => ofCause(at, cause, (error) => error),
  'Cause.failureOption': (at, [cause = UNDEFINED]) =>
    ofCause(at, cause, (error) => (isFailure(error) ? yes(at, OPTION, error) : no(at, OPTION))),
  'Cause.findErrorOption': (at, [cause = UNDEFINED]) =>
    ofCause(at, cause, (error) => (isFailure(error) ? yes(at, OPTION, error) : no(at, OPTION))),
  'Cause.isFailType': (at, [cause = UNDEFINED]) =>
    ofCause(at, cause, (error) => literal(isFailure(error))),
};
