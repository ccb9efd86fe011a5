import { majorOf } from '../../readers/version.ts';
import { apart } from '../../trace/apart.ts';
import { builtIn } from '../../trace/classes.ts';
import { dropped, isDropped } from '../../trace/dropped.ts';
import { inPlaceOf } from '../../trace/errors.ts';
import type { Machine } from '../../trace/machine.ts';
import { attempt } from '../../trace/tries.ts';
import { native, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { causeOf } from './cause.ts';
import { type At, caught, run, type Thrown } from './run.ts';
import { buildServices, type Services, within } from './services.ts';
import { EXIT, no, yes } from './sided.ts';

type Runner = (at: At, effect: Value) => Value;

/** Since the library's fourth version an error is thrown as it is; before, as one that tells of it. */
const AS_IT_IS = 4;

/** What an effect ends with is what its promise does. */
const thrown: Runner = (at, effect) => {
  const work = () => rejected(at, effect);
  return at.machine.frames.length > 0 && isDropped(at.node) ? dropped(at.machine, work) : work();
};

function rejected(at: At, effect: Value): Value {
  const { machine } = at;
  if ((majorOf(machine, 'effect') ?? 0) >= AS_IT_IS) return run(at, effect);
  return attempt(machine, {
    work: () => run(at, effect),
    handle: (error, node) => {
      machine.throwValue(fiberFailure(machine, error, node), node);
      return UNDEFINED;
    },
  });
}

/** The field of a FiberFailure that its cause is read by. */
export const FAILURE_CAUSE = '#cause';

function fiberFailure(machine: Machine, error: Value, node: At['node']): Value {
  const part = (name: string) =>
    error.kind === 'instance' || error.kind === 'object'
      ? machine.get(error, name, node)
      : UNDEFINED;
  const made = builtIn(
    ['FiberFailure', 'Error'],
    [
      ['message', part('message')],
      [FAILURE_CAUSE, causeOf(error, { machine, node })],
    ],
  );
  return inPlaceOf(error, made);
}

const exit: Runner = (at, effect) => {
  const failed = (error: Value, here: Thrown) => no(here, EXIT, causeOf(error, here));
  return caught(at, () => yes(at, EXIT, run(at, effect)), { failure: failed, defect: failed });
};

const alone: Runner = (at, effect) =>
  at.machine.frames.length > 0 ? dropped(at.machine, () => run(at, effect)) : run(at, effect);

const RUNNERS: Readonly<Record<string, Runner>> = {
  runPromise: thrown,
  runSync: thrown,
  runPromiseExit: exit,
  runSyncExit: exit,
  runFork: alone,
  runCallback: alone,
};

/** `Effect.runPromise(effect)`, `effect.pipe(Effect.runPromise)`, `Effect.runPromiseWith(services)(effect)`. */
export function runner(at: At, name: string, args: readonly Value[]): Value | undefined {
  const [first = UNDEFINED] = args;
  const plain = RUNNERS[name];
  if (plain) return plain(at, first);
  const inside = RUNNERS[name.replace(/With$/, '')];
  return inside && runningIn(inside, (here) => buildServices(here, first), at.machine);
}

/** `Runtime.runPromise(runtime)(effect)`, `Runtime.runPromise(runtime, effect)`. */
export function runtimeRunner(at: At, name: string, args: readonly Value[]): Value | undefined {
  const [runtime = UNDEFINED, effect] = args;
  const plain = RUNNERS[name];
  if (!plain) return undefined;
  const own = runningIn(plain, (here) => buildServices(here, runtime), at.machine);
  return effect ? at.machine.call(own, [effect], at.node) : own;
}

function runningIn(runs: Runner, services: (at: At) => Services, machine: Machine): Value {
  return native('run', ([effect = UNDEFINED], node) => {
    const at = { machine, node };
    return within(machine, services(at), () => runs(at, effect));
  });
}

/** `ManagedRuntime.make(layer)`: its services are made once, as the app starts. */
export function managedRuntime({ machine }: At, layer: Value): Special {
  let services: Services | undefined;
  const built = (at: At): Services => {
    if (services) return services;
    let made: Services = new Map();
    apart(machine, () => {
      made = buildServices(at, layer);
      return UNDEFINED;
    });
    services = made;
    return made;
  };
  return {
    kind: 'special',
    name: 'ManagedRuntime',
    invoke: (method, [effect = UNDEFINED], node) => {
      const runs = RUNNERS[method];
      const at = { machine, node };
      return runs ? within(machine, built(at), () => runs(at, effect)) : UNDEFINED;
    },
  };
}
