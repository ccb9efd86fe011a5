import { branchValue } from '../../trace/path.ts';
import { literal, UNDEFINED, type Value } from '../../trace/values.ts';
import { type At, call } from '../effect/run.ts';
import { type Kind, no, yes } from '../effect/sided.ts';
import { LATER, sides, type Way } from './way.ts';

type Made = (at: At, given: Value) => Value;

/** What an operator, by the functions it is given, makes of either side. */
interface Sided {
  readonly yes?: Made;
  readonly no?: Made;
}

type Operator = (given: readonly Value[], of: { kind: Kind; way: Way }) => Sided;

/** What is made of a value; a side that an operator has nothing for stays as it is. */
export function operated(
  name: string,
  of: { readonly kind: Kind; readonly way: Way },
  args: readonly Value[],
): Made | undefined {
  const { kind, way } = of;
  const then = OPERATORS[name]?.(args, of);
  if (!then) return undefined;
  return (at, self) =>
    way.made(at, (inner) =>
      sides(inner, way.run(inner, self), {
        yes: (value) => then.yes?.(inner, value) ?? yes(inner, kind, value),
        no: (error) => then.no?.(inner, error) ?? no(inner, kind, error),
      }),
    );
}

const map: Operator = ([fn], { kind }) => ({
  yes: (at, value) => yes(at, kind, call(at, fn, [value])),
});

const chain: Operator = ([fn], { way }) => ({
  yes: (at, value) => way.run(at, call(at, fn, [value])),
});

const mapLeft: Operator = ([fn], { kind }) => ({
  no: (at, error) => no(at, kind, call(at, fn, [error])),
});

const orElse: Operator = ([fn], { way }) => ({
  no: (at, error) => way.run(at, call(at, fn, [error])),
});

const first: Operator = ([fn], { kind, way }) => ({
  yes: (at, value) =>
    sides(at, way.run(at, call(at, fn, [value])), {
      yes: () => yes(at, kind, value),
      no: (error) => no(at, kind, error),
    }),
});

/** What the value is kept for, else the other side, with what is made of the value. */
const filter: Operator = ([fits, onFalse], { kind }) => ({
  yes: (at, value) =>
    branchValue(at.machine, at.machine.truth(call(at, fits, [value]), at.node), {
      yes: () => yes(at, kind, value),
      no: () => no(at, kind, call(at, onFalse, [value])),
    }),
});

const match: Operator = ([onError, onValue]) => ({
  yes: (at, value) => call(at, onValue, [value]),
  no: (at, error) => call(at, onError, [error]),
});

const matchRun: Operator = ([onError, onValue], { way }) => ({
  yes: (at, value) => way.run(at, call(at, onValue, [value])),
  no: (at, error) => way.run(at, call(at, onError, [error])),
});

const getOrElse: Operator = ([fn], { way }) => ({
  yes: (_, value) => value,
  no: (at, error) => way.run(at, call(at, fn, [error])),
});

const OPERATORS: Readonly<Record<string, Operator>> = {
  map,
  chain,
  flatMap: chain,
  mapLeft,
  mapError: mapLeft,
  orElse,
  alt: orElse,
  chainFirst: first,
  tap: first,
  filter,
  filterOrElse: filter,
  match,
  matchE: matchRun,
  fold: matchRun,
  foldM: matchRun,
  getOrElse,
  getOrElseE: getOrElse,
  bimap: ([onError, onValue], of) => ({
    ...map([onValue ?? UNDEFINED], of),
    ...mapLeft([onError ?? UNDEFINED], of),
  }),
  swap: (_, { kind }) => ({
    yes: (at, value) => no(at, kind, value),
    no: (at, error) => yes(at, kind, error),
  }),
  chainEitherK: ([fn]) => ({ yes: (at, value) => call(at, fn, [value]) }),
  chainTaskK: ([fn], { kind }) => ({
    yes: (at, value) => yes(at, kind, LATER.run(at, call(at, fn, [value]))),
  }),
  toNullable: () => ({ yes: (_, value) => value, no: () => literal(null) }),
  toUndefined: () => ({ yes: (_, value) => value, no: () => UNDEFINED }),
  toUnion: () => ({ yes: (_, value) => value, no: (_, error) => error }),
};

/** Operators that work on what they are given, with no functions beside it. */
export const PLAIN = /^(swap|toNullable|toUndefined|toUnion)$/;
