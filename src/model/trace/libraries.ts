import type { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import type { Value } from './values.ts';

/** What a data-access library makes of a call of its export; `made` for `new`, and for a class that extends it. */
export function libraryCall(
  machine: Machine,
  fn: Value & { kind: 'package' },
  called: { readonly args: readonly Value[]; readonly node: ts.Node; readonly made: boolean },
): Value | undefined {
  for (const { from, call } of machine.deps.queries) {
    const found = from.test(fn.package) ? call?.(machine, { ...called, name: fn.name }) : undefined;
    if (found) return found;
  }
  return undefined;
}
