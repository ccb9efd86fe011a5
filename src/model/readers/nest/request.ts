import type { Machine } from '../../trace/machine.ts';
import type { Special } from '../../trace/values.ts';
import { requestOf as expressRequest } from '../express/request.ts';

/** The request as Nest hands it to middleware, guards and handlers: none of them is mounted at a part of the path. */
export function requestOf(machine: Machine): Special {
  return expressRequest(machine, 0);
}
