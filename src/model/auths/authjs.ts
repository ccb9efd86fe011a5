import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import type { Machine } from '../trace/machine.ts';
import { object, partsOf, toTerm } from '../trace/terms.ts';
import { native, type Special, UNDEFINED, unknown, type Value } from '../trace/values.ts';
import { type Called, isFour, optionIn } from './authjs/options.ts';
import { provided } from './authjs/providers.ts';
import { signIn } from './authjs/sign-in.ts';
import { claimsCarried, tokenAsked } from './authjs/token.ts';

/** Auth.js and NextAuth: sessions that are claims of an encrypted cookie. */
export const authjs = {
  name: 'authjs',
  from: /^(next-auth(\/(next|jwt))?|@auth\/core(\/jwt)?|@auth\/(?!core)[\w-]+)$/,
  call: (machine, { name, args, node, made }) => {
    const fn = name.split('.').at(-1) ?? name;
    if (made) return undefined;
    if (fn === 'default' || fn === 'NextAuth') return instanceOf(machine, args[0] ?? UNDEFINED);
    if (fn === 'getServerSession' || fn === 'unstable_getServerSession') {
      return sessionOf(machine, { options: args.at(-1) ?? UNDEFINED, old: true }, node);
    }
    if (fn !== 'getToken') return undefined;
    return tokenAsked(machine, { options: args[0] ?? UNDEFINED, old: isFour(machine) }, node);
  },
} satisfies LibraryReader;

/** `Credentials({ … })`: a way to sign in, as its options say it. */
export const authjsProviders = {
  name: 'authjs-providers',
  from: /^(next-auth|@auth\/core)\/providers\/[\w-]+$/,
  call: (_, { args }) => provided(args[0]),
} satisfies LibraryReader;

/** `const { auth, handlers, signIn } = NextAuth({ … })`. */
function instanceOf(machine: Machine, given: Value): Special {
  return {
    kind: 'special',
    name: 'NextAuth',
    get: (name) => {
      if (name === 'auth') {
        return native('auth', (_, node) =>
          sessionOf(machine, { options: optionsOf(machine, given, node), old: false }, node),
        );
      }
      if (name === 'signIn') {
        return native(name, (args, node) =>
          signIn(machine, { options: optionsOf(machine, given, node), args, node }),
        );
      }
      return /^(signOut|unstable_update)$/.test(name)
        ? native(name, () => UNDEFINED)
        : unknown(name);
    },
  };
}

/** The options may be made by a function, for each request anew. */
function optionsOf(machine: Machine, given: Value, node: ts.Node): Value {
  return given.kind === 'closure' ? machine.settle(machine.call(given, [], node), node) : given;
}

/** The session of the cookie a request carries, as `callbacks.session` makes it; else null. */
function sessionOf(machine: Machine, called: Called, node: ts.Node): Value {
  const { options, old } = called;
  const adapter = optionIn(machine, options, { path: ['adapter'], node });
  const strategy = optionIn(machine, options, { path: ['session', 'strategy'], node });
  const signed = partsOf(toTerm(strategy)).some(
    (part) => part.kind === 'literal' && part.value === 'jwt',
  );
  // Sessions of an adapter stand in the database, as that adapter keeps them.
  if (adapter.kind !== 'undefined' && !signed) return unknown('auth()');
  return claimsCarried(machine, { options, old, node }, (token) => {
    const user = object(
      ['name', 'email'].map((name) => [name, machine.get(token, name, node)] as const),
    );
    const session = object([
      ['user', user],
      ['expires', unknown('session.expires')],
    ]);
    const callback = optionIn(machine, options, { path: ['callbacks', 'session'], node });
    if (callback.kind !== 'closure') return session;
    const said = object([
      ['session', session],
      ['token', token],
    ]);
    return machine.settle(machine.call(callback, [said], node), node);
  });
}
