import type { ts } from '../../../kernel/syntax.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { called, toTerm } from '../../trace/terms.ts';
import { noteToken } from '../../trace/tokens.ts';
import { literal, native, stringOf, typed, UNDEFINED, type Value } from '../../trace/values.ts';
import { errorOf } from '../http-errors.ts';
import { cookiesOf, headerOf, keep } from '../request-parts.ts';

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
    branch(machine, machine.truth(carried, node), {
      yes: () => void branch(machine, notSigned(carried, node), { yes: lacking, no: signed }),
      no: lacking,
    });
    return UNDEFINED;
  });
}

function notSigned(carried: Value, node: ts.Node) {
  const source = toTerm(carried);
  const at = placeAt(node);
  return source.kind === 'input'
    ? atom({ kind: 'input', is: 'invalid', at, from: source.from, path: [...source.path] })
    : atom({ kind: 'external', at, name: 'koa-jwt', holds: false });
}
