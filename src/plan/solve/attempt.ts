import { allocate } from './allocate.ts';
import type { Formula } from './formula.ts';
import { minimise } from './minimise.ts';
import { contradiction, type Posed } from './problem.ts';
import { type Assignment, search } from './search.ts';
import type { Setting } from './setting.ts';
import { settle } from './settle.ts';
import { type Shape, shapesOf } from './shapes.ts';
import type { World } from './world.ts';

/** Rows with values under which everything asked for holds. */
export interface Solution {
  readonly world: World;
  readonly posed: Posed;
  /** Values by class; a class that isn't there may have any value. */
  readonly values: Assignment;
}

export type Attempt =
  | { readonly kind: 'found'; readonly solution: Solution }
  /** No state can do: what contradicts, whatever rows there are. */
  | { readonly kind: 'contradiction'; readonly between: readonly Formula[] }
  | { readonly kind: 'none' };

/** Tries shape after shape, reusing rows for foreign keys before adding some. */
export function attempt(setting: Setting): Attempt {
  const contradictions: (readonly Formula[])[] = [];
  let always = true;
  for (const shape of shapesOf(setting)) {
    for (const parents of ['reuse', 'own'] as const) {
      const tried = attemptShape(setting, shape, parents);
      if (tried.kind === 'found') return tried;
      if (tried.kind === 'contradiction') contradictions.push(tried.between);
      else always = false;
    }
  }
  const [between] = contradictions;
  return always && between ? { kind: 'contradiction', between } : { kind: 'none' };
}

function attemptShape(setting: Setting, shape: Shape, parents: 'reuse' | 'own'): Attempt {
  const settled = settle(allocate(setting, shape), parents);
  if (!settled) return { kind: 'none' };
  const between = contradiction(settled.posed);
  if (between) return { kind: 'contradiction', between };
  const values = search(settled.posed);
  if (!values) return { kind: 'none' };
  return { kind: 'found', solution: { ...settled, values: minimise(settled.posed, values) } };
}
