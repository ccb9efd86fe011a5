import type { Machine } from '../../trace/machine.ts';
import { validTogether } from '../../trace/part-schemas.ts';
import type { Special, Value } from '../../trace/values.ts';
import { requestOf } from '../express/request.ts';
import { paramsSchema, partOf } from '../request-parts.ts';

/** A query as the pages router has it: what the path says goes before what the address says. */
export function mergedQuery(machine: Machine): Value {
  const names = [...machine.endpoint.path.matchAll(/[:*](\w+)/g)].map(([, name]) => name);
  if (names.length === 0) return partOf(machine, 'query');
  const query: Special = {
    kind: 'special',
    name: 'query',
    get: (name, node) =>
      machine.get(partOf(machine, names.includes(name) ? 'params' : 'query'), name, node),
    checked: (schema, node) => ({
      valid: validTogether(machine, schema, { params: paramsSchema(machine), node }),
      data: query,
    }),
  };
  return query;
}

/** The request of an API route: Node's, with the query of both. */
export function apiRequest(machine: Machine): Special {
  const request = requestOf(machine);
  const get: Special['get'] = (name, node) =>
    name === 'query' ? mergedQuery(machine) : request.get?.(name, node);
  return { ...request, get };
}
