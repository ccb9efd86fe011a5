import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { called } from '../../trace/terms.ts';
import { noteToken } from '../../trace/tokens.ts';
import { literal, native, stringOf, typed, UNDEFINED, type Value } from '../../trace/values.ts';
import { errorOf } from '../http-errors.ts';
import { cookiesOf, headerOf, keep } from '../request-parts.ts';
import { ofToken } from '../signed-token.ts';

/**
 * koa-jwt: `ctx.state.user` (or `key`) is what the token says that the request carries; without a good one it is a 401,
 * or with `passthrough` nobody.
 */
export function tokenRequired(machine: Machine, options: Value): Value {
  return native('koa-jwt', ([, next = UNDEFINED], node) => {
    const option = (name: string) => machine.get(options, name, node);
    noteToken(machine, { secret: option('secret'), algorithms: [option('algorithms')] });
    const cookie = stringOf(option('cookie'));
    const carried = cookie
      ? machine.get(cookiesOf(), cookie, node)
      : headerOf(machine, 'authorization');
    const goOn = () => void machine.call(next, [], node);
    const refuse = () =>
      machine.throwValue(errorOf(literal(401), literal('Authentication Error')), node);
    const lacking = (): void => {
      branch(machine, machine.truth(option('passthrough'), node), { yes: goOn, no: refuse });
    };
    const signed = () => {
      const key = stringOf(option('key')) ?? 'user';
      keep(machine, `state.${key}`, called('tokenClaims', [carried], typed('unknown')));
      goOn();
    };
    ofToken(machine, carried, { missing: lacking, invalid: lacking, signed, by: 'koa-jwt', node });
    return UNDEFINED;
  });
}
