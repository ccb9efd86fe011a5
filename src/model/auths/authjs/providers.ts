import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { literalOf, UNDEFINED, type Value } from '../../trace/values.ts';

/** What a provider's function gives: its options. */
export function provided(options: Value = UNDEFINED): Value {
  return options.kind === 'object' ? options : object([], true);
}

/** The function that people of a provider are found with; undefined for one that sends them elsewhere. */
export function authorizeOf(
  machine: Machine,
  { providers, id }: { readonly providers: Value; readonly id: string },
  node: ts.Node,
): Value | undefined {
  if (providers.kind !== 'array') return undefined;
  for (const { value } of providers.items.value) {
    if (value.kind !== 'object') continue;
    const authorize = machine.get(value, 'authorize', node);
    const named = literalOf(machine.get(value, 'id', node)) ?? 'credentials';
    if (authorize.kind === 'closure' && named === id) return authorize;
  }
  return undefined;
}
