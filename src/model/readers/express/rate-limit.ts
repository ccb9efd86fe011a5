import { pastLimit, refuse } from '../../limits/limit.ts';
import type { Machine } from '../../trace/machine.ts';
import { side } from '../../trace/path.ts';
import { object } from '../../trace/terms.ts';
import { literal, native, UNDEFINED, type Value } from '../../trace/values.ts';

/** Whether a call's argument says how many requests are let through. */
export function isLimit(options: Value | undefined): options is Value & { kind: 'object' } {
  if (options?.kind !== 'object') return false;
  return ['windowMs', 'limit', 'max'].some((name) => options.fields.value.has(name));
}

/**
 * express-rate-limit: who sends more requests than it allows is answered by its handler, else by 429. What the
 * app has counted before is no state of its data, and no other ending depends on it.
 */
export function limited(machine: Machine, { fields }: Value & { kind: 'object' }): Value {
  return native('rateLimit', ([request, response, next = UNDEFINED], node) => {
    side(machine, pastLimit('express-rate-limit', node), () => {
      const handler = fields.value.get('handler');
      const status = fields.value.get('statusCode') ?? literal(429);
      const text = literal('Too many requests, please try again later.');
      const body = fields.value.get('message') ?? text;
      const used = object([...fields.value, ['statusCode', status], ['message', body]]);
      const args = [request ?? UNDEFINED, response ?? UNDEFINED, next, used];
      if (handler) return machine.call(handler, args, node);
      refuse(machine, { status, body }, node);
      return UNDEFINED;
    });
    return machine.call(next, [], node);
  });
}
