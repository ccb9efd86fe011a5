import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import type { Value } from '../../trace/values.ts';
import { handlerOf, instance, supplied } from './inject.ts';
import type { Enhancer } from './steps.ts';

/** A guard, pipe, filter or interceptor as an object: what is named by its class is made by the container. */
export function enhanced(machine: Machine, { registered, provider }: Enhancer): Value {
  const module = handlerOf(machine)?.module ?? null;
  if (provider && provider.kind !== 'class') return madeOf(machine, supplied(machine, provider));
  const value = machine.standing(registered);
  return value.kind === 'class'
    ? instance(machine, value, provider?.module ?? module)
    : madeOf(machine, value);
}

/**
 * Middleware as what is called with a request: an object whose class is the app's, a function, or, with nothing to look
 * into, a package's.
 */
export function middlewareOf(machine: Machine, enhancer: Enhancer): Value {
  const value = machine.standing(enhancer.registered);
  return value.kind === 'package' ? value : enhanced(machine, enhancer);
}

/** A class where an object is needed stands for its instance. */
export function madeOf(machine: Machine, value: Value): Value {
  const node = handlerOf(machine)?.method;
  if (!node) return value;
  if (value.kind === 'class') return instance(machine, value, handlerOf(machine)?.module ?? null);
  if (value.kind === 'package') return machine.construct(value, [], node);
  if (value.kind === 'choice')
    return branchValue(machine, value.when, {
      yes: () => madeOf(machine, value.yes),
      no: () => madeOf(machine, value.no),
    });
  return value;
}
