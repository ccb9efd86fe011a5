import type { Machine } from '../../trace/machine.ts';
import { literalOf, UNDEFINED, type Value } from '../../trace/values.ts';

/** An option of `emailAndPassword`. */
export function passwordOption(
  machine: Machine,
  given: Value,
  { name, node }: { readonly name: string; readonly node: Parameters<Machine['get']>[2] },
): ReturnType<typeof literalOf> {
  const group = machine.get(given, 'emailAndPassword', node);
  return literalOf(group.kind === 'object' ? machine.get(group, name, node) : UNDEFINED);
}
