import type { ts } from '../../../kernel/syntax.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { unsigned } from '../../trace/secrets.ts';
import { placeAt } from '../../trace/source.ts';
import { called, partsOf, toTerm } from '../../trace/terms.ts';
import { noteToken } from '../../trace/tokens.ts';
import {
  input,
  literalOf,
  stringOf,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { fromProvider, isOAuth2 } from './provider.ts';
import type { Strategy } from './registrations.ts';

/** What a strategy is asked with, and whom it tells. */
export interface Asking {
  readonly strategy: Strategy;
  readonly request: Value;
  readonly done: Value;
  readonly refuse: (status: number) => void;
  /** Sends the request to a third party. */
  readonly begin: () => void;
  readonly fail: (error: Value) => void;
  readonly node: ts.Node;
}

/** Takes what a request carries and, where there is something, asks the strategy's own function whose it is. */
export function credentialsOf(machine: Machine, asking: Asking): void {
  const { strategy, request, done, node } = asking;
  const options = strategy.options ? machine.standing(strategy.options) : UNDEFINED;
  const option = (name: string) =>
    options.kind === 'object' ? machine.get(options, name, node) : UNDEFINED;
  const verify = (args: readonly Value[]): void => {
    const passed = literalOf(option('passReqToCallback')) === true ? [request] : [];
    const fn = machine.standing(strategy.verify);
    machine.settle(machine.call(fn, [...passed, ...args, done], node), node);
  };
  if (/local/.test(strategy.package)) local(machine, { ...asking, option, verify });
  else if (/jwt/.test(strategy.package)) token(machine, { ...asking, option, verify });
  else if (/bearer/.test(strategy.package)) bearer(machine, { ...asking, option, verify });
  else {
    const told = () => verify([unknown('token'), unknown('token'), unknown('profile')]);
    if (isOAuth2(strategy)) fromProvider(machine, asking, told);
    else told();
  }
}

interface Checking extends Asking {
  readonly option: (name: string) => Value;
  readonly verify: (args: readonly Value[]) => void;
}

/** A name and a password in the body; without either, a plain 400. */
function local(machine: Machine, { request, refuse, node, option, verify }: Checking): void {
  const names = [
    stringOf(option('usernameField')) ?? 'username',
    stringOf(option('passwordField')) ?? 'password',
  ];
  const body = machine.get(request, 'body', node);
  const values = names.map((name) => machine.get(body, name, node));
  const check = ([first, ...rest]: readonly Value[]): void => {
    if (!first) verify(values);
    else
      branch(machine, machine.truth(first, node), {
        yes: () => check(rest),
        no: () => refuse(400),
      });
  };
  check(values);
}

function token(machine: Machine, { request, refuse, node, option, verify }: Checking): void {
  noteToken(machine, {
    secret: option('secretOrKey'),
    algorithms: [option('algorithms')],
    said: [
      ['iss', option('issuer')],
      ['aud', option('audience')],
    ],
  });
  const extract = option('jwtFromRequest');
  const found =
    extract.kind === 'closure' || (extract.kind === 'special' && extract.call)
      ? machine.call(extract, [request], node)
      : UNDEFINED;
  const inputs = partsOf(toTerm(found)).some(({ kind }) => kind === 'input');
  const carried = inputs ? found : AUTHORIZATION;
  whereSigned(machine, { carried, refuse, node }, () =>
    verify([called('tokenClaims', [carried], typed('unknown'))]),
  );
}

const AUTHORIZATION = input('headers', ['authorization'], { type: 'string' });

function bearer(machine: Machine, { refuse, node, verify }: Checking): void {
  const there = { at: placeAt(node), from: 'headers', path: ['authorization'] } as const;
  branch(machine, atom({ kind: 'input', is: 'present', ...there }), {
    yes: () => verify([AUTHORIZATION]),
    no: () => refuse(401),
  });
}

function whereSigned(
  machine: Machine,
  { carried, refuse, node }: Pick<Asking, 'refuse' | 'node'> & { readonly carried: Value },
  then: () => void,
): void {
  branch(machine, machine.truth(carried, node), {
    yes: () => void branch(machine, unsigned(carried, node), { yes: () => refuse(401), no: then }),
    no: () => refuse(401),
  });
}
