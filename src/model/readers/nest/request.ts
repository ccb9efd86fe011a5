import type { Machine } from '../../trace/machine.ts';
import { type Special, UNDEFINED, unknown } from '../../trace/values.ts';
import { requestOf as expressRequest } from '../express/request.ts';

/** What the platform puts there, or a plugin for forms: Fastify, or either where the app is made with `rawBody: true`. */
const PLATFORM = /^(rawBody|server|routeOptions|id|isMultipart|parts|formData|saveRequestFiles)$/;

/** The request as Nest hands it to middleware, guards and handlers: none of them is mounted at a part of the path. */
export function requestOf(machine: Machine): Special {
  const own = expressRequest(machine, 0);
  return {
    ...own,
    get: (name, node) => {
      const value = own.get?.(name, node);
      return PLATFORM.test(name) && value === UNDEFINED ? unknown(`req.${name}`) : value;
    },
  };
}
