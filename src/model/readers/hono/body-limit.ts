import { optionsOf, outsideData, refuse } from '../../limits/limit.ts';
import { respond } from '../../trace/chain.ts';
import { takesBody } from '../../trace/input-facts.ts';
import type { Machine } from '../../trace/machine.ts';
import { side } from '../../trace/path.ts';
import { literal, native, UNDEFINED, type Value } from '../../trace/values.ts';

/**
 * hono/body-limit: a body that is larger is answered by `onError`, else by 413. How large a body is is no state of the app's
 * data: no other ending depends on it.
 */
export function bodyLimit(machine: Machine, options: Value | undefined): Value {
  return native('bodyLimit', ([c = UNDEFINED, next = UNDEFINED], node) => {
    if (takesBody(machine))
      side(machine, outsideData('sending more than bodyLimit takes', node), () => {
        const own = optionsOf(options).get('onError');
        const said = own ? machine.settle(machine.call(own, [c], node), node) : UNDEFINED;
        if (said.kind === 'response') respond(machine, said, node);
        else if (!machine.path.dead)
          refuse(machine, { status: literal(413), body: literal('Payload Too Large') }, node);
        return UNDEFINED;
      });
    return machine.call(next, [], node);
  });
}
