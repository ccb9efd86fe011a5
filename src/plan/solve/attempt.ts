import { allocate } from './allocate.ts';
import { minimise } from './minimise.ts';
import { type Contradiction, contradiction, type Posed } from './problem.ts';
import { type Assignment, type Effort, search } from './search.ts';
import type { Setting } from './setting.ts';
import { settle } from './settle.ts';
import { shapesOf } from './shapes.ts';
import type { World } from './world.ts';
import { writtenRows } from './written.ts';

/** Rows with values under which everything asked for holds. */
export interface Solution {
  readonly world: World;
  readonly posed: Posed;
  /** Values by class; a class that isn't there may have any value. */
  readonly values: Assignment;
}

export type Attempt =
  | { readonly kind: 'found'; readonly solution: Solution }
  /** No state can do: literals that contradict each other in every world tried. */
  | ({ readonly kind: 'contradiction' } & Contradiction)
  | { readonly kind: 'none' };

/** Tries shape after shape, reusing rows for foreign keys before adding some. */
export function attempt(setting: Setting, effort: Effort): Attempt {
  const contradictions: Contradiction[] = [];
  const upserting = writtenRows(setting).length > 0;
  let always = true;
  let refused = false;
  for (const shape of shapesOf(setting)) {
    let before: World | null = null;
    for (const [parents, upserts] of upserting ? WITH_UPSERTS : MODES) {
      if (effort.left <= 0) return { kind: 'none' };
      if (upserts && !refused) continue;
      const allocated = { ...allocate(setting, shape), upserts };
      effort.left -= WORLD + allocated.rows.size ** 2;
      const settled = settle(allocated, parents);
      if (!upserts && settled && before && sameRows(before, settled.world)) continue;
      before = settled?.world ?? null;
      const tried = settled ? attemptWorld(settled, effort) : NONE;
      if (tried.kind === 'found') return tried;
      refused = tried.kind === 'contradiction';
      if (tried.kind === 'contradiction') contradictions.push(tried);
      else always = false;
    }
  }
  const [first] = contradictions;
  const proven = always && contradictions.every((item) => item.exact);
  return proven && first ? { ...first, kind: 'contradiction' } : NONE;
}

const MODES = [
  ['reuse', false],
  ['own', false],
] as const;
/** A row that the request's insert would come upon is only looked for where it can't be a new one. */
const WITH_UPSERTS = [...MODES, ['reuse', true]] as const;

/** What trying a world costs, in values tried: linking its rows grows with their square. */
const WORLD = 100;

const NONE: Attempt = { kind: 'none' };

function attemptWorld(settled: { world: World; posed: Posed }, effort: Effort): Attempt {
  const found = contradiction(settled.posed);
  if (found) return { ...found, kind: 'contradiction' };
  const values = search(settled.posed, effort);
  if (!values) return NONE;
  return { kind: 'found', solution: { ...settled, values: minimise(settled.posed, values) } };
}

function sameRows(left: World, right: World): boolean {
  return left.rows.size === right.rows.size;
}
