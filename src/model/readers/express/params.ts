import type { Registered } from '../../reader.ts';
import type { Machine } from '../../trace/machine.ts';
import { literal, type Value } from '../../trace/values.ts';
import { partOf } from '../request-parts.ts';
import { normalPaths } from './path.ts';

/** What a router runs once before whatever has a parameter in its path: `router.param('id', run)`. */
export interface Param {
  readonly name: string;
  readonly run: Registered;
}

const names = new WeakMap<Registered, string>();

export function paramFor(name: string, run: Registered): Param {
  names.set(run, name);
  return { name, run };
}

/** What of a router's parameters stands in a path. */
export function paramsIn(params: readonly Param[], path: string): readonly Param[] {
  if (params.length === 0) return [];
  const segments = (normalPaths(path) ?? []).flatMap((each) => each.split('/'));
  return params.filter(({ name }) =>
    segments.some((each) => /^[:*]/.test(each) && each.slice(1) === name),
  );
}

/** The parameter that a step is run for, with its name; nothing for other steps. */
export function paramGiven(machine: Machine, step: Registered): Value[] {
  const name = names.get(step);
  if (name === undefined) return [];
  return [machine.get(partOf(machine, 'params'), name, step.expression), literal(name)];
}
