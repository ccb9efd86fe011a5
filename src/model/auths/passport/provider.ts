import { builtIn } from '../../trace/classes.ts';
import { atom, type Formula } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { compareValues } from '../../trace/truth.ts';
import { literal, type Value } from '../../trace/values.ts';
import type { Asking } from './credentials.ts';

/** Packages of strategies that extend passport-oauth2's. */
const OAUTH2 =
  /passport-(?:oauth2$|.*-oauth20?$|(?:github2?|gitlab2|facebook|discord|linkedin|microsoft|slack|spotify|twitch-new|bitbucket)\b)/;

export function isOAuth2({ package: from }: { readonly package: string }): boolean {
  return OAUTH2.test(from);
}

/**
 * A request without a code is sent to the provider, who sends people back with one, or with an error where they would
 * not. As `authenticate` of passport-oauth2 1.8 has it (lib/strategy.js).
 */
export function fromProvider(
  machine: Machine,
  { request, strategy, begin, refuse, fail, node }: Asking,
  verify: () => void,
): void {
  const query = machine.get(request, 'query', node);
  const error = machine.get(query, 'error', node);
  const isDenied = compareValues({ left: error, op: '=', right: literal('access_denied') }, node);
  const name = `passport ${strategy.name}`;
  const confirmed = atom({ kind: 'external', at: placeAt(node), name, holds: true });
  const whether = (when: Formula, yes: () => void, no: () => void) =>
    void branch(machine, when, { yes, no });
  const take = () => whether(confirmed, verify, () => fail(errorOf('InternalOAuthError')));
  whether(
    machine.truth(error, node),
    () =>
      whether(
        isDenied,
        () => refuse(401),
        () => fail(errorOf('AuthorizationError')),
      ),
    () => whether(machine.truth(machine.get(query, 'code', node), node), take, begin),
  );
}

function errorOf(name: string): Value {
  return builtIn([name, 'Error'], [['name', literal(name)]]);
}
