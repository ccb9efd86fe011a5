import { branchValue } from '../../trace/path.ts';
import { attempt } from '../../trace/tries.ts';
import { isThere } from '../../trace/truth.ts';
import { native, UNDEFINED, type Value } from '../../trace/values.ts';
import { type At, call } from '../effect/run.ts';
import { EITHER, type Kind, no, OPTION, yes } from '../effect/sided.ts';
import { LATER, sides, type Way } from './way.ts';

interface Of {
  readonly kind: Kind;
  readonly way: Way;
}

/** What makes a value of two sides of the arguments of a call. */
export function constructed(
  name: string,
  { at, kind, way }: Of & { readonly at: At },
  args: readonly Value[],
): Value | undefined {
  const make = MAKERS[name];
  const [value = UNDEFINED, other] = args;
  if (make) return way.made(at, (inner) => make(inner, kind, [value, other]));
  const later = CURRIED[name];
  if (!later) return undefined;
  // An Option has nothing to say of what is not there.
  if (kind === OPTION && name !== 'fromPredicate')
    return way.made(at, (inner) => later(inner, kind, [value]));
  return native(name, ([given = UNDEFINED], node) =>
    way.made({ machine: at.machine, node }, (inner) => later(inner, kind, [given, ...args])),
  );
}

type Maker = (at: At, kind: Kind, args: readonly [Value, ...(Value | undefined)[]]) => Value;

const good: Maker = (at, kind, [value]) => yes(at, kind, value);
const bad: Maker = (at, kind, [error]) => no(at, kind, error);
const same: Maker = (_, __, [given]) => given;
const ofTask: Maker = (at, kind, [task]) => yes(at, kind, LATER.run(at, task));

const MAKERS: Readonly<Record<string, Maker>> = {
  right: good,
  some: good,
  of: good,
  left: bad,
  rightTask: ofTask,
  fromTask: ofTask,
  leftTask: (at, kind, [task]) => no(at, kind, LATER.run(at, task)),
  tryCatch: (at, kind, [work, toError]) =>
    attempt(at.machine, {
      work: () => yes(at, kind, LATER.run(at, work)),
      handle: (error) =>
        no(at, kind, kind === OPTION ? UNDEFINED : toError ? call(at, toError, [error]) : error),
    }),
  fromEither: (at, kind, [given]) =>
    kind === EITHER
      ? same(at, kind, [given])
      : sides(at, given, { yes: (value) => yes(at, kind, value), no: () => no(at, kind) }),
};

/** Those that are told first what the other side is, and given the value then: `E.fromNullable(error)(value)`. */
const CURRIED: Readonly<Record<string, Maker>> = {
  fromNullable: (at, kind, [value, error]) =>
    branchValue(at.machine, isThere(value, at.node), {
      yes: () => yes(at, kind, value),
      no: () => no(at, kind, error),
    }),
  fromPredicate: (at, kind, [value, fits, onFalse]) =>
    branchValue(at.machine, at.machine.truth(call(at, fits, [value]), at.node), {
      yes: () => yes(at, kind, value),
      no: () => no(at, kind, call(at, onFalse, [value])),
    }),
  fromOption: (at, kind, [given, onNone]) =>
    sides(at, given, {
      yes: (value) => yes(at, kind, value),
      no: () => no(at, kind, call(at, onNone, [])),
    }),
};
