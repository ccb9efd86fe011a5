import { builtIn } from '../../trace/classes.ts';
import { arrayOf } from '../../trace/composites.ts';
import { dropped } from '../../trace/dropped.ts';
import { TRUE } from '../../trace/formula.ts';
import { branchValue, set } from '../../trace/path.ts';
import { object, variable } from '../../trace/terms.ts';
import { attempt } from '../../trace/tries.ts';
import { literal, native, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { ofCause } from './cause.ts';
import {
  type At,
  die,
  effect,
  fail,
  failInPlaceOf,
  rethrown,
  run,
  runCall,
  succeed,
} from './run.ts';
import { keyName, layer, servicesOf } from './services.ts';
import { no, OPTION, option, yes } from './sided.ts';

export type Maker = (at: At, args: readonly Value[]) => Value | undefined;

/** An effect of what is done when it runs; where it is written is where it fails. */
const lazily =
  (work: (at: At, args: readonly Value[]) => Value): Maker =>
  (at, args) =>
    effect(at.machine, () => work(at, args));

/** What is thrown where something of a platform is asked is an error of the library's own, or what is made of it. */
export function tried(at: At, work: Value, toError: Value | undefined): Value {
  const { machine } = at;
  return attempt(machine, {
    work: () => machine.settle(machine.call(work, [], at.node), at.node),
    handle: (error, node) => {
      const made = toError ? machine.call(toError, [error], node) : unknownException(error);
      return machine.path.dead ? UNDEFINED : failInPlaceOf({ machine, node }, error, made);
    },
  });
}

function unknownException(error: Value): Value {
  const names = ['UnknownException', 'Error'];
  return builtIn(names, [
    ['_tag', literal('UnknownException')],
    ['error', error],
    ['cause', error],
  ]);
}

const attempted = lazily((at, [given = UNDEFINED]) => {
  if (given.kind !== 'object') return tried(at, given, undefined);
  const { value: fields } = given.fields;
  return tried(at, fields.get('try') ?? UNDEFINED, fields.get('catch'));
});

const awaited = lazily(({ machine, node }, [thunk = UNDEFINED]) =>
  machine.settle(machine.call(thunk, [], node), node),
);

const suspended = lazily((at, [thunk]) => runCall(at, thunk, []));

/** A generator, with the `this` it may be given before. */
function generatorOf(args: readonly Value[]): {
  generator: Value | undefined;
  rest: readonly Value[];
} {
  const at = args.findIndex(({ kind }) => kind === 'closure');
  return { generator: args[at], rest: args.slice(at + 1) };
}

const adapter = native('adapter', ([first = UNDEFINED]) => first);

const generated = lazily((at, args) => runCall(at, generatorOf(args).generator, [adapter]));

/** `Effect.fn('name')(function* (…) {…}, …operators)`: a function whose calls are effects. */
function functionOf({ machine }: At, args: readonly Value[]): Value {
  const { generator, rest } = generatorOf(args);
  return native('effect', (given, node) => {
    const own = effect(machine, (at) => runCall({ machine, node: at }, generator, given));
    return rest.reduce((each: Value, fn) => machine.call(fn, [each, ...given], node), own);
  });
}

const named: Maker = (at, args) =>
  args.some(({ kind }) => kind === 'closure')
    ? functionOf(at, args)
    : native('Effect.fn', (given, node) => functionOf({ ...at, node }, given));

/** `Effect.async((resume) => …)`: the effect that it is resumed with. */
const resumed = lazily((at, [register = UNDEFINED]) => {
  const { machine } = at;
  const given = variable(UNDEFINED);
  const resume = native('resume', ([value = UNDEFINED]) => {
    set(machine, given, value);
    return UNDEFINED;
  });
  machine.call(register, [resume], at.node);
  return given.value.kind === 'undefined' ? unknown('resumed') : run(at, given.value);
});

/** `Effect.all([…])`, of an object or of rows. */
const together = lazily((at, [all = UNDEFINED, options]) => {
  const each = (value: Value) => run(at, value);
  const discards = at.machine.truth(discardOf(at, options), at.node) === TRUE;
  const values = ofEach(at, all, each);
  return discards ? UNDEFINED : values;
});

export function discardOf({ machine, node }: At, options: Value | undefined): Value {
  return options?.kind === 'object' ? machine.get(options, 'discard', node) : UNDEFINED;
}

function ofEach(at: At, all: Value, each: (value: Value) => Value): Value {
  const { machine, node } = at;
  if (all.kind === 'object')
    return object([...all.fields.value].map(([name, value]) => [name, each(value)] as const));
  if (all.kind === 'array')
    return arrayOf(
      all.items.value.map(({ value, when }) => ({
        when,
        value: branchValue(machine, when ?? TRUE, { yes: () => each(value), no: () => UNDEFINED }),
      })),
    );
  const work = native('each', ([value = UNDEFINED]) => each(value));
  return machine.invoke(all, { name: 'map', args: [work] }, node);
}

/** `Effect.forEach(items, work)`. */
export function forEach(at: At, items: Value, [work, options]: readonly Value[]): Value {
  const { machine } = at;
  return effect(machine, (node) => {
    const each = native('each', (args, inner) =>
      runCall({ machine, node: inner }, work, args.slice(0, 2)),
    );
    const values = machine.invoke(items, { name: 'map', args: [each] }, node);
    return machine.truth(discardOf(at, options), node) === TRUE ? UNDEFINED : values;
  });
}

/** `Effect.if(asked, { onTrue, onFalse })`. */
export function decided(at: At, asked: Value, [cases = UNDEFINED]: readonly Value[]): Value {
  const { machine } = at;
  return effect(machine, (node) => {
    const side = (name: string) => runCall({ machine, node }, machine.get(cases, name, node), []);
    return branchValue(machine, machine.truth(run({ machine, node }, asked), node), {
      yes: () => side('onTrue'),
      no: () => side('onFalse'),
    });
  });
}

/** The services around, as a context that can be provided elsewhere. */
const context: Maker = ({ machine }) =>
  effect(machine, () => {
    const services = servicesOf(machine);
    return layer(machine, () => services);
  });

const quiet: Maker = ({ machine }) => succeed(machine, UNDEFINED);

/** Runs an effect that nobody waits for. */
export function forked(at: At, self: Value): Value {
  return at.machine.frames.length === 0 ? run(at, self) : dropped(at.machine, () => run(at, self));
}

/** Functions of `Effect` that make effects, by name. */
export const CONSTRUCTORS: Readonly<Record<string, Maker>> = {
  succeed: ({ machine }, [value = UNDEFINED]) => succeed(machine, value),
  succeedSome: (at, [value = UNDEFINED]) => succeed(at.machine, yes(at, OPTION, value)),
  succeedNone: (at) => succeed(at.machine, no(at, OPTION)),
  fail: lazily((at, [error = UNDEFINED]) => fail(at, error)),
  failSync: lazily((at, [thunk = UNDEFINED]) => fail(at, at.machine.call(thunk, [], at.node))),
  die: lazily((at, [error = UNDEFINED]) => die(at, error)),
  dieMessage: lazily((at, [message = UNDEFINED]) =>
    die(at, builtIn(['Error'], [['message', message]])),
  ),
  failCause: lazily((at, [cause = UNDEFINED]) => ofCause(at, cause, rethrown)),
  sync: awaited,
  promise: awaited,
  suspend: suspended,
  try: attempted,
  tryPromise: attempted,
  async: resumed,
  callback: resumed,
  gen: generated,
  fn: named,
  fnUntraced: named,
  all: together,
  fromNullable: lazily((at, [value = UNDEFINED]) => run(at, option(at, value))),
  fromNullishOr: lazily((at, [value = UNDEFINED]) => run(at, option(at, value))),
  fromOption: (_, [value]) => value,
  fromResult: (_, [value]) => value,
  service: (_, [key]) => key,
  serviceOption: lazily((at, [key]) => {
    const found = servicesOf(at.machine).get(keyName(at.machine, key) ?? '');
    return found ? yes(at, OPTION, found) : no(at, OPTION);
  }),
  context,
  services: context,
  runtime: context,
  log: quiet,
  logDebug: quiet,
  logTrace: quiet,
  logInfo: quiet,
  logWarning: quiet,
  logError: quiet,
  logFatal: quiet,
  sleep: quiet,
  yieldNow: quiet,
  addFinalizer: quiet,
  annotateCurrentSpan: quiet,
  acquireRelease: (_, [acquire]) => acquire,
};
