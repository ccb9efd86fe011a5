import { builtIn } from '../../trace/classes.ts';
import type { Machine } from '../../trace/machine.ts';
import { literal, type Response, UNDEFINED, type Value } from '../../trace/values.ts';
import { keep, kept } from '../request-parts.ts';

/** The route whose component is rendered. */
export const CURRENT = 'router.current';
/** What its boundary is shown for. */
export const ERROR = 'router.error';
/** What the action gave back. */
export const ACTION = 'router.action';
/** What a layout gives to what stands inside it. */
export const OUTLET = 'router.outlet';
/** The status a loader asked for. */
export const STATUS = 'router.status';

/** The routes on the way to the one that answers. */
export const MATCHES = 'router.matches';

/** What a route's loader gave. */
export function loaded(machine: Machine, route: string): Value {
  return kept(machine, `router.data:${route}`) ?? UNDEFINED;
}

export function keepLoaded(machine: Machine, route: string, value: Value): void {
  keep(machine, `router.data:${route}`, value);
}

/** What a boundary is given for a response that was thrown. */
export function errorResponse({ status, body }: Response): Value {
  return builtIn(
    ['ErrorResponseImpl'],
    [
      ['status', status ?? literal(200)],
      ['statusText', literal('')],
      ['data', body ?? UNDEFINED],
    ],
  );
}

export function isErrorResponse(value: Value): boolean {
  return value.kind === 'instance' && value.ancestry[0] === 'ErrorResponseImpl';
}
