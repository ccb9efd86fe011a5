import type { Shown } from '../../reader.ts';
import type { Machine } from '../../trace/machine.ts';
import { attempt } from '../../trace/tries.ts';
import { UNDEFINED, type Value } from '../../trace/values.ts';
import { INSIDE } from '../shell.ts';

/** Components of the packages that do more than show what stands inside them. */
export function routerElement(
  machine: Machine,
  { name, props, renders, node }: Shown,
): Value | undefined {
  if (name === 'Outlet') return INSIDE;
  // A server shows what stands in for it.
  if (name === 'ClientOnly') return props.get('fallback') ?? UNDEFINED;
  if (name !== 'Await' || !renders) return undefined;
  return attempt(machine, {
    work: () =>
      machine.call(renders, [machine.settle(props.get('promise') ?? UNDEFINED, node)], node),
    handle: () => UNDEFINED,
  });
}
