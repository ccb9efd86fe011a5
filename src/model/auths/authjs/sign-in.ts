import type { ts } from '../../../kernel/syntax.ts';
import { left } from '../../readers/next/leaving.ts';
import { isRaised } from '../../trace/errors.ts';
import { all, FALSE, type Formula, not, some, TRUE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch, branchValue, narrowed } from '../../trace/path.ts';
import { object } from '../../trace/terms.ts';
import { textCompare } from '../../trace/text-compare.ts';
import { noteToken } from '../../trace/tokens.ts';
import { settled } from '../../trace/tries.ts';
import { compareValues } from '../../trace/truth.ts';
import {
  literal,
  literalOf,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { authError } from './errors.ts';
import { optionIn, secretOf } from './options.ts';
import { authorizeOf } from './providers.ts';

interface SignIn {
  readonly options: Value;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/**
 * `signIn('credentials', { …, redirectTo })` on the server: finds out who it is through the provider's `authorize` and
 * leaves for where it is told to, or gives the address with `redirect: false`.
 */
export function signIn(machine: Machine, asked: SignIn): Value {
  const { options, args, node } = asked;
  const [provider, given = UNDEFINED] = args;
  const id = stringOf(provider);
  const providers = optionIn(machine, options, { path: ['providers'], node });
  const authorize = id === undefined ? undefined : authorizeOf(machine, { providers, id }, node);
  if (!authorize) return leave(machine, asked, unknown('signIn'));
  known(machine, { ...asked, authorize, given });
  if (machine.path.dead) return UNDEFINED;
  return target(machine, asked);
}

/** Runs `authorize` with what was given; nobody is an error, and so is whatever it throws. */
function known(
  machine: Machine,
  { options, authorize, given, node }: SignIn & { authorize: Value; given: Value },
): void {
  const user = settled(machine, {
    promise: () => machine.settle(machine.call(authorize, [given, unknown('request')], node), node),
    handler: (error, at) => {
      passOn(machine, error, at);
      return UNDEFINED;
    },
  });
  branch(machine, machine.truth(user, node), {
    yes: () => tokenMade(machine, { options, user, node }),
    no: () => {
      const fields: [string, Value][] = [['code', literal('credentials')]];
      const error = authError('CredentialsSignin', { kinds: ['SignInError'], fields });
      machine.throwValue(error, node);
    },
  });
}

/** An error of Auth.js is thrown as it is, any other as the cause of one; the database's own are left what they are. */
function passOn(machine: Machine, error: Value, at: ts.Node): void {
  const own = error.kind === 'instance' && error.ancestry.some((each) => OWN.test(each));
  const cause = object([['err', error]]);
  const wrapped = authError('CallbackRouteError', { fields: [['cause', cause]] });
  machine.throwValue(own || isRaised(error) ? error : wrapped, at);
}

const OWN = /^(AuthError|CredentialsSignin)$/;

/** What the session's token says of somebody, through `callbacks.jwt`. */
function tokenMade(
  machine: Machine,
  { options, user, node }: { options: Value; user: Value; node: ts.Node },
): void {
  const of = (name: string) => machine.get(user, name, node);
  const plain = object([
    ['name', of('name')],
    ['email', of('email')],
    ['sub', of('id')],
  ]);
  const callback = optionIn(machine, options, { path: ['callbacks', 'jwt'], node });
  const said = object([
    ['token', plain],
    ['user', user],
    ['account', object([], true)],
    ['trigger', literal('signIn')],
  ]);
  const token =
    callback.kind === 'closure'
      ? machine.settle(machine.call(callback, [said], node), node)
      : plain;
  const secret = secretOf(machine, { options, old: false }, node);
  noteToken(machine, { kind: 'authjs', secret, made: true, payload: token });
}

/** Where somebody who is signed in is led: Auth.js lets nobody be led to another site. */
function target(machine: Machine, asked: SignIn): Value {
  const { args, node } = asked;
  const to = optionIn(machine, args[1] ?? UNDEFINED, { path: ['redirectTo'], node });
  const referer = () => leave(machine, asked, unknown('referer'));
  if (to.kind !== 'term' && to.kind !== 'choice') return referer();
  return branchValue(machine, compareValues({ left: to, op: '!=', right: literal(null) }, node), {
    yes: () => allowed(machine, asked, to),
    no: referer,
  });
}

function allowed(machine: Machine, asked: SignIn, to: Value): Value {
  const { node } = asked;
  return branchValue(machine, fits(to, PATH, node), {
    yes: () => leave(machine, asked, to),
    no: () =>
      branchValue(machine, fits(to, ADDRESS, node), {
        yes: () => leave(machine, asked, unknown('origin')),
        no: () => leave(machine, asked, literal(MISTAKEN)),
      }),
  });
}

const PATH = { op: 'like', pattern: '/%', test: /^\// } as const;
const ADDRESS = {
  op: 'matches',
  pattern: '^[A-Za-z][A-Za-z0-9+.-]*:.+',
  test: /^[A-Za-z][A-Za-z0-9+.-]*:.+/,
} as const;
const MISTAKEN = '/api/auth/error?error=Configuration';

function fits(value: Value, form: typeof PATH | typeof ADDRESS, node: ts.Node): Formula {
  const said = stringOf(value);
  if (said !== undefined) return form.test.test(said) ? TRUE : FALSE;
  if (value.kind !== 'choice') return textCompare(value, form, node);
  return some([
    all([value.when, fits(value.yes, form, node)]),
    all([not(value.when), fits(value.no, form, node)]),
  ]);
}

function leave(machine: Machine, { args, node }: SignIn, to: Value): Value {
  const redirect = optionIn(machine, args[1] ?? UNDEFINED, { path: ['redirect'], node });
  if (literalOf(redirect) === false) return to;
  const location = narrowed(machine, to);
  machine.throwValue(
    left('redirect', [
      ['status', literal(307)],
      ['location', location],
    ]),
    node,
  );
  return UNDEFINED;
}
