import type { Registered } from '../../reader.ts';
import { apart } from '../../trace/apart.ts';
import { fileScope } from '../../trace/environment.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import type { Value } from '../../trace/values.ts';
import { handlerOf, instance, supplied } from './inject.ts';
import type { Module } from './modules.ts';
import type { Enhancer } from './steps.ts';

/** A guard, pipe, filter or interceptor as an object: what is named by its class is made by the container. */
export function enhanced(machine: Machine, { registered, provider }: Enhancer): Value {
  if (provider && provider.kind !== 'class') return madeOf(machine, supplied(machine, provider));
  return madeOf(machine, machine.standing(registered), provider?.module);
}

/** Middleware as what is called with a request; with nothing to look into where it is a package's. */
export function middlewareOf(machine: Machine, { registered, by }: Enhancer): Value {
  const value =
    by && /\bthis\b/.test(registered.expression.getText())
      ? ofModule(machine, registered, by)
      : machine.standing(registered);
  return value.kind === 'package' ? value : madeOf(machine, value);
}

/** What a module's `configure` names as its own. */
function ofModule(machine: Machine, { file, expression, bound }: Registered, by: Module): Value {
  const { node } = by.type;
  const type = { kind: 'class', node, scope: fileScope(node.getSourceFile().fileName) } as const;
  const self = instance(machine, type, by);
  return apart(machine, () => machine.evaluate(expression, { ...fileScope(file, bound), self }));
}

/** A class where an object is needed stands for its instance. */
export function madeOf(machine: Machine, value: Value, from?: Module): Value {
  const { method: node, module = null } = handlerOf(machine) ?? {};
  if (!node) return value;
  if (value.kind === 'class') return instance(machine, value, from ?? module);
  if (value.kind === 'package') return machine.construct(value, [], node);
  if (value.kind === 'choice')
    return branchValue(machine, value.when, {
      yes: () => madeOf(machine, value.yes, from),
      no: () => madeOf(machine, value.no, from),
    });
  return value;
}
