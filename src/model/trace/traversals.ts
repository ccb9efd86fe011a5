import type { InputPart, Term } from '../../condition/condition.ts';
import { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';

type Input = Term & { readonly kind: 'input' };

/** Where the code meets elements of each list in the request. */
const traversals = new WeakMap<Machine, Map<string, Set<ts.Node | 'by index'>>>();

/**
 * Notes that elements of a list are met at a place. A list's first element stands for all: what is asked of it at
 * two places may be asked of two elements.
 */
export function noteTraversal(machine: Machine, { from, path }: Input, node: ts.Node): void {
  const lists = traversals.get(machine) ?? new Map<string, Set<ts.Node | 'by index'>>();
  traversals.set(machine, lists);
  const key = keyOf(from, path);
  const met = lists.get(key) ?? new Set();
  lists.set(key, met.add(ts.isElementAccessExpression(node) ? 'by index' : node));
}

/** Whether elements of a list are met at a place other than this one. */
export function isMetElsewhere(machine: Machine, { from, path }: Input, node?: ts.Node): boolean {
  const met = [...(traversals.get(machine)?.get(keyOf(from, path)) ?? [])];
  return node ? met.some((each) => each !== node) : met.length > 1;
}

/** Whether a path leads through an element that may be another one at each place. */
export function isOfAnyElement(
  machine: Machine,
  from: InputPart,
  path: readonly string[],
): boolean {
  return path.some(
    (name, at) =>
      /^\d+$/.test(name) &&
      isMetElsewhere(machine, { kind: 'input', from, path: path.slice(0, at) }),
  );
}

function keyOf(from: InputPart, path: readonly string[]): string {
  return JSON.stringify([from, ...path]);
}
