import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import type { Machine } from '../trace/machine.ts';
import { called, object, partsOf, toTerm } from '../trace/terms.ts';
import { noteToken } from '../trace/tokens.ts';
import {
  input,
  literal,
  native,
  type Special,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';
import { whereCarried } from './session.ts';

/** Auth.js and NextAuth: sessions that are claims of an encrypted cookie. */
export const authjs = {
  name: 'authjs',
  from: /^(next-auth(\/(next|jwt))?|@auth\/[\w-]+)$/,
  call: (machine, { name, args, node, made }) => {
    const fn = name.split('.').at(-1) ?? name;
    if (made) return undefined;
    if (fn === 'default' || fn === 'NextAuth') return instanceOf(machine, args[0] ?? UNDEFINED);
    if (fn === 'getServerSession' || fn === 'unstable_getServerSession') {
      return sessionOf(machine, { options: args.at(-1) ?? UNDEFINED, old: true }, node);
    }
    return fn === 'getToken'
      ? tokenOf(machine, { options: UNDEFINED, old: true }, node)
      : undefined;
  },
} satisfies LibraryReader;

interface Instance {
  readonly options: Value;
  /** NextAuth 4, which names its cookie and its variable otherwise. */
  readonly old: boolean;
}

/** `const { auth, handlers, signIn } = NextAuth({ … })`. */
function instanceOf(machine: Machine, given: Value): Special {
  return {
    kind: 'special',
    name: 'NextAuth',
    get: (name) => {
      if (name === 'auth') return native('auth', (_, node) => authOf(machine, given, node));
      return /^(signIn|signOut|unstable_update)$/.test(name)
        ? native(name, () => UNDEFINED)
        : unknown(name);
    },
  };
}

/** The options may be made by a function, for each request anew. */
function authOf(machine: Machine, given: Value, node: ts.Node): Value {
  const options =
    given.kind === 'closure' ? machine.settle(machine.call(given, [], node), node) : given;
  return sessionOf(machine, { options, old: false }, node);
}

const cookieOf = ({ old }: Instance) => `${old ? 'next-auth' : 'authjs'}.session-token`;

function optionOf(
  machine: Machine,
  { options }: Pick<Instance, 'options'>,
  { path, node }: { readonly path: readonly string[]; readonly node: ts.Node },
): Value {
  return path.reduce<Value>(
    (value, name) => (value.kind === 'object' ? machine.get(value, name, node) : UNDEFINED),
    options,
  );
}

/** The session of the cookie a request carries, as `callbacks.session` makes it; else null. */
function sessionOf(machine: Machine, instance: Instance, node: ts.Node): Value {
  const { options } = instance;
  const adapter = optionOf(machine, { options }, { path: ['adapter'], node });
  const strategy = optionOf(machine, { options }, { path: ['session', 'strategy'], node });
  const signed = partsOf(toTerm(strategy)).some(
    (part) => part.kind === 'literal' && part.value === 'jwt',
  );
  // Sessions of an adapter stand in the database, as that adapter keeps them.
  if (adapter.kind !== 'undefined' && !signed) return unknown('auth()');
  return claimsWhere(machine, { instance, node }, (token) => {
    const user = object(
      ['name', 'email'].map((name) => [name, machine.get(token, name, node)] as const),
    );
    const session = object([
      ['user', user],
      ['expires', unknown('session.expires')],
    ]);
    const callback = optionOf(machine, { options }, { path: ['callbacks', 'session'], node });
    if (callback.kind !== 'closure') return session;
    const said = object([
      ['session', session],
      ['token', token],
    ]);
    return machine.settle(machine.call(callback, [said], node), node);
  });
}

function tokenOf(machine: Machine, instance: Instance, node: ts.Node): Value {
  return claimsWhere(machine, { instance, node }, (token) => token);
}

function claimsWhere(
  machine: Machine,
  { instance, node }: { readonly instance: Instance; readonly node: ts.Node },
  made: (token: Value) => Value,
): Value {
  const cookie = cookieOf(instance);
  const given = optionOf(machine, instance, { path: ['secret'], node });
  const name = instance.old ? 'NEXTAUTH_SECRET' : 'AUTH_SECRET';
  const secret = given.kind === 'undefined' ? term({ kind: 'env', name }, typed('string')) : given;
  noteToken(machine, { kind: 'authjs', secret });
  return whereCarried(
    machine,
    { cookie, node },
    {
      yes: () => {
        const carried = input('cookies', [cookie], { type: 'string' });
        return made(called('tokenClaims', [carried], typed('unknown')));
      },
      no: () => literal(null),
    },
  );
}
