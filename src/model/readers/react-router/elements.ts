import type { Shown } from '../../reader.ts';
import type { Machine } from '../../trace/machine.ts';
import { attempt } from '../../trace/tries.ts';
import { UNDEFINED, type Value } from '../../trace/values.ts';
import { keep } from '../request-parts.ts';
import { INSIDE } from '../shell.ts';
import { OUTLET } from './kept.ts';

/** Components of the packages that do more than show what stands inside them. */
export function routerElement(
  machine: Machine,
  { name, props, renders, node }: Shown,
): Value | undefined {
  if (name === 'Outlet') {
    const context = props.get('context');
    if (context) keep(machine, OUTLET, context);
    return INSIDE;
  }
  if (!/^(Typed)?Await$/.test(name) || !renders) return undefined;
  // What fails here is streamed behind a page that has its status already.
  return attempt(machine, {
    work: () => {
      const value = machine.settle(props.get('resolve') ?? UNDEFINED, node);
      return machine.call(renders, [value], node);
    },
    handle: () => props.get('errorElement') ?? UNDEFINED,
  });
}
