import type { Machine } from '../../trace/machine.ts';
import type { Special } from '../../trace/values.ts';
import { responseOf as expressResponse } from '../express/response.ts';

/** The response object, of either platform: Fastify's `code` is Express's `status`. */
export function responseOf(machine: Machine): Special {
  const own = expressResponse(machine);
  const response: Special = {
    ...own,
    invoke: (method, args, node) => {
      const said = own.invoke?.(method === 'code' ? 'status' : method, args, node);
      return said === own ? response : said;
    },
  };
  return response;
}
