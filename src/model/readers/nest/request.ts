import type { Machine } from '../../trace/machine.ts';
import { type Special, UNDEFINED, unknown } from '../../trace/values.ts';
import { requestOf as expressRequest } from '../express/request.ts';

/** The request as Nest hands it to middleware, guards and handlers: none of them is mounted at a part of the path. */
export function requestOf(machine: Machine): Special {
  const own = expressRequest(machine, 0);
  return {
    ...own,
    get: (name, node) => {
      const value = own.get?.(name, node);
      // Kept by the platform itself where the app is made with `rawBody: true`.
      return name === 'rawBody' && value === UNDEFINED ? unknown('req.rawBody') : value;
    },
  };
}
