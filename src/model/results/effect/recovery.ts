import { FALSE, type Formula, some } from '../../trace/formula.ts';
import { branchValue } from '../../trace/path.ts';
import { compareValues } from '../../trace/truth.ts';
import { literal, literalOf, UNDEFINED, type Value } from '../../trace/values.ts';
import { causeOf, ofCause } from './cause.ts';
import { type Operator, operator } from './pipe.ts';
import {
  type At,
  call,
  caught,
  die,
  effect,
  fail,
  failInPlaceOf,
  type Handlers,
  isFunction,
  rethrown,
  run,
  runCall,
  type Thrown,
} from './run.ts';
import { EITHER, EXIT, no, OPTION, RESULT, yes } from './sided.ts';

type Handle = (at: At | Thrown, error: Value, args: readonly Value[]) => Value;
type Make = (at: At, value: Value, args: readonly Value[]) => Value;

/** What becomes of an effect's errors, and of its value where that is not kept. */
function recovering(
  needs: number,
  handlers: { readonly failure?: Handle; readonly defect?: Handle; readonly success?: Make },
): Operator {
  return operator(needs, ({ machine }, self, args) =>
    effect(machine, (node) => {
      const handler = (handle: Handle | undefined) =>
        handle && ((error: Value, at: Thrown) => handle(at, error, args));
      const failure = handler(handlers.failure);
      const defect = handler(handlers.defect);
      const own: Handlers = { ...(failure ? { failure } : {}), ...(defect ? { defect } : {}) };
      const here = { machine, node };
      return caught(
        here,
        () => {
          const value = run(here, self);
          if (machine.path.dead) return UNDEFINED;
          return handlers.success ? handlers.success(here, value, args) : value;
        },
        own,
      );
    }),
  );
}

/** Both kinds of errors, as their cause. */
const anyCause = (needs: number, handle: Handle, success?: Make) =>
  recovering(needs, { failure: handle, defect: handle, ...(success ? { success } : {}) });

/** Runs one way for errors that a test finds, and throws the others as they were. */
function matching(
  at: At,
  { error, when }: { readonly error: Value; readonly when: Formula },
  handle: () => Value,
): Value {
  return branchValue(at.machine, when, { yes: handle, no: () => rethrown(error, at) });
}

function hasTag({ machine, node }: At, error: Value, tag: string): Formula {
  const left = machine.get(error, '_tag', node);
  return compareValues({ left, op: '=', right: literal(tag) }, node);
}

/** `catchTag('One', 'Other', handle)`, or with the tags in an array. */
const byTag =
  (handle: (at: At, error: Value, fn: Value | undefined) => Value): Handle =>
  (at, error, args) => {
    const tags = args
      .flatMap((arg) => (arg.kind === 'array' ? arg.items.value.map(({ value }) => value) : [arg]))
      .flatMap((arg) => literalOf(arg) ?? []);
    const when = tags.reduce<Formula>(
      (found, tag) => some([found, hasTag(at, error, String(tag))]),
      FALSE,
    );
    const [fn, otherwise] = args.filter((arg) => isFunction(arg));
    if (!otherwise) return matching(at, { error, when }, () => handle(at, error, fn));
    return branchValue(at.machine, when, {
      yes: () => handle(at, error, fn),
      no: () => handle(at, error, otherwise),
    });
  };

const handled = (at: At, error: Value, fn: Value | undefined) => runCall(at, fn, [error]);

/** `catchTags({ One: handle, Other: handle })`. */
const byTags: Handle = (at, error, [handlers]) => {
  const cases = handlers?.kind === 'object' ? [...handlers.fields.value] : [];
  const from = ([first, ...rest]: typeof cases): Value => {
    if (!first) return rethrown(error, at);
    return branchValue(at.machine, hasTag(at, error, first[0]), {
      yes: () => handled(at, error, first[1]),
      no: () => from(rest),
    });
  };
  return from(cases);
};

/** `catchIf(isOne, handle)`. */
const byTest: Handle = (at, error, [test, fn]) => {
  const when = at.machine.truth(call(at, test, [error]), at.node);
  return matching(at, { error, when }, () => handled(at, error, fn));
};

/** A look at an error that goes on as it was, unless looking fails. */
const seen =
  (look: Handle): Handle =>
  (at, error, args) => {
    look(at, error, args);
    return at.machine.path.dead ? UNDEFINED : rethrown(error, at);
  };

const first: Handle = (at, error, [fn]) => handled(at, error, fn);
const named = (at: At, cases: Value | undefined, name: string) =>
  cases ? at.machine.get(cases, name, at.node) : UNDEFINED;
const onFailure: Handle = (at, error, [cases]) => call(at, named(at, cases, 'onFailure'), [error]);
const onSuccess: Make = (at, value, [cases]) => call(at, named(at, cases, 'onSuccess'), [value]);
const cause =
  (handle: Handle): Handle =>
  (at, error, args) =>
    handle(at, causeOf(error, at), args);
const running =
  (handle: Handle): Handle =>
  (at, error, args) =>
    run(at, handle(at, error, args));
const failed = (at: At, error: Value): Value =>
  at.machine.path.dead ? UNDEFINED : fail(at, error);
/** The error as another one. */
const renamed = (at: At, error: Value, made: Value): Value =>
  at.machine.path.dead ? UNDEFINED : failInPlaceOf(at, error, made);
const caughtAll = recovering(2, { failure: first });
const caughtCause = anyCause(2, cause(first));
const caughtDefect = recovering(2, { defect: first });
const tappedCause = anyCause(2, cause(seen(first)));
const left = (kind: typeof EITHER) =>
  recovering(1, {
    failure: (at, error) => no(at, kind, error),
    success: (at, value) => yes(at, kind, value),
  });

/** A finalizer runs whatever becomes of the effect. */
const finally_: Make & Handle = (at, value, [finalizer = UNDEFINED]) => {
  if (isFunction(finalizer)) runCall(at, finalizer, [value]);
  else run(at, finalizer);
  return value;
};

/** Operators on effects that decide what becomes of errors, by name. */
export const RECOVERY: Readonly<Record<string, Operator>> = {
  catchAll: caughtAll,
  catch: caughtAll,
  catchTag: recovering(3, { failure: byTag(handled) }),
  catchTags: recovering(2, { failure: byTags }),
  catchIf: recovering(3, { failure: byTest }),
  catchSome: recovering(2, {
    failure: (at, error, [fn]) => run(at, run(at, call(at, fn, [error]))),
  }),
  catchAllCause: caughtCause,
  catchCause: caughtCause,
  catchAllDefect: caughtDefect,
  catchDefect: caughtDefect,
  orElse: recovering(2, { failure: (at, _, [fn]) => runCall(at, fn, []) }),
  orElseSucceed: recovering(2, { failure: (at, _, [fn]) => call(at, fn, []) }),
  orElseFail: recovering(2, {
    failure: (at, error, [fn]) => renamed(at, error, call(at, fn, [])),
  }),
  mapError: recovering(2, {
    failure: (at, error, [fn]) => renamed(at, error, call(at, fn, [error])),
  }),
  mapBoth: recovering(2, {
    failure: (at, error, args) => renamed(at, error, onFailure(at, error, args)),
    success: onSuccess,
  }),
  orDie: recovering(1, { failure: (at, error) => die(at, error) }),
  orDieWith: recovering(2, { failure: (at, error, [fn]) => die(at, call(at, fn, [error])) }),
  ignore: recovering(1, { failure: () => UNDEFINED, success: () => UNDEFINED }),
  ignoreLogged: recovering(1, { failure: () => UNDEFINED, success: () => UNDEFINED }),
  option: recovering(1, {
    failure: (at) => no(at, OPTION),
    success: (at, value) => yes(at, OPTION, value),
  }),
  either: left(EITHER),
  result: left(RESULT),
  exit: anyCause(
    1,
    (at, error) => no(at, EXIT, causeOf(error, at)),
    (at, value) => yes(at, EXIT, value),
  ),
  match: recovering(2, { failure: onFailure, success: onSuccess }),
  matchEffect: recovering(2, {
    failure: running(onFailure),
    success: (at, value, args) => run(at, onSuccess(at, value, args)),
  }),
  matchCause: anyCause(2, cause(onFailure), onSuccess),
  matchCauseEffect: anyCause(2, cause(running(onFailure)), (at, value, args) =>
    run(at, onSuccess(at, value, args)),
  ),
  sandbox: anyCause(1, (at, error) => failed(at, causeOf(error, at))),
  unsandbox: recovering(1, {
    failure: (at, given) => ofCause(at, given, rethrown),
  }),
  flip: recovering(1, { failure: (_, error) => error, success: (at, value) => fail(at, value) }),
  merge: recovering(1, { failure: (_, error) => error }),
  tapError: recovering(2, { failure: seen(first) }),
  tapErrorTag: recovering(3, {
    failure: (at, error, args) => {
      const when = hasTag(at, error, String(literalOf(args[0])));
      branchValue(at.machine, when, {
        yes: () => handled(at, error, args[1]),
        no: () => UNDEFINED,
      });
      return at.machine.path.dead ? UNDEFINED : rethrown(error, at);
    },
  }),
  tapErrorCause: tappedCause,
  tapCause: tappedCause,
  tapDefect: recovering(2, { defect: cause(seen(first)) }),
  tapBoth: recovering(2, {
    failure: seen(running(onFailure)),
    success: (at, value, args) => {
      run(at, onSuccess(at, value, args));
      return value;
    },
  }),
  ensuring: anyCause(
    2,
    seen((at, _, args) => finally_(at, UNDEFINED, args)),
    finally_,
  ),
  onExit: anyCause(
    2,
    seen((at, error, args) => finally_(at, no(at, EXIT, causeOf(error, at)), args)),
    (at, value, args) => {
      finally_(at, yes(at, EXIT, value), args);
      return value;
    },
  ),
  onError: tappedCause,
};
