import type { ts } from '../../../kernel/syntax.ts';
import { optionsOf, refuse } from '../../limits/limit.ts';
import { respond } from '../../trace/chain.ts';
import { atom, type Formula } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { side } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { literal, native, UNDEFINED, type Value } from '../../trace/values.ts';

/**
 * hono/body-limit: a body that is larger is answered by `onError`, else by 413. How large a body is is no state of the app's
 * data: no other ending depends on it.
 */
export function bodyLimit(machine: Machine, options: Value | undefined): Value {
  return native('bodyLimit', ([c = UNDEFINED, next = UNDEFINED], node) => {
    if (!/^(GET|HEAD)$/.test(machine.endpoint.method))
      side(machine, larger(node), () => {
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

function larger(node: ts.Node): Formula {
  const name = 'sending more than bodyLimit takes';
  return atom({ kind: 'external', at: placeAt(node), name, holds: true });
}
