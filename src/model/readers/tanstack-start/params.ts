import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Value } from '../../trace/values.ts';
import { partOf } from '../request-parts.ts';

/** Path parameters by their name; the rest of a path goes by `_splat`, or `*` as it did before. */
export function paramsOf(machine: Machine): Value {
  const params = partOf(machine, 'params');
  if (!machine.endpoint.path.includes('*')) return params;
  const get = (name: string, node: ts.Node) =>
    machine.get(params, /^(_splat|\*)$/.test(name) ? 'splat' : name, node);
  return { kind: 'special', name: 'params', get };
}
