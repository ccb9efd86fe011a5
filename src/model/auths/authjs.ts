import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import type { Machine } from '../trace/machine.ts';
import { object, partsOf, toTerm } from '../trace/terms.ts';
import { native, type Special, UNDEFINED, unknown, type Value } from '../trace/values.ts';
import { type Called, isFour, optionIn } from './authjs/options.ts';
import { provided } from './authjs/providers.ts';
import { signIn } from './authjs/sign-in.ts';
import { prismaAdapter, sessionStored } from './authjs/stored.ts';
import { claimsCarried, nameOf, tokenAsked, tokenDecoded } from './authjs/token.ts';

/** Auth.js and NextAuth: sessions that are claims of an encrypted cookie, or that an adapter keeps. */
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
    const asked = { options: args[0] ?? UNDEFINED, old: isFour(machine) };
    if (fn === 'getToken') return tokenAsked(machine, asked, node);
    return fn === 'decode' ? tokenDecoded(machine, asked, node) : undefined;
  },
} satisfies LibraryReader;

/** `Credentials({ … })`: a way to sign in, as its options say it. */
export const authjsProviders = {
  name: 'authjs-providers',
  from: /^(next-auth|@auth\/core)\/providers\/[\w-]+$/,
  call: (_, { args }) => provided(args[0]),
} satisfies LibraryReader;

/** Adapters whose queries are known. */
export const authjsAdapters = {
  name: 'authjs-adapters',
  from: /^@(next-)?auth\/prisma-adapter$/,
  call: (machine, { args }) => prismaAdapter(machine, args[0] ?? UNDEFINED),
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
  const callback = optionIn(machine, options, { path: ['callbacks', 'session'], node });
  const said = (session: Value, whose: readonly [string, Value]) => {
    if (callback.kind !== 'closure') return session;
    const given = object([['session', session], whose]);
    return machine.settle(machine.call(callback, [given], node), node);
  };
  if (adapter.kind !== 'undefined' && !signed) {
    const cookie = nameOf(old, false);
    return sessionStored(machine, { adapter, cookie, node }, ({ session, user }) => {
      const known = whoseOf(machine, user, node);
      const shown = old || callback.kind !== 'closure' ? known : user;
      return said(sessionFor(shown, machine.get(session, 'expires', node)), ['user', user]);
    });
  }
  return claimsCarried(machine, { options, old, node }, (token) =>
    said(sessionFor(whoseOf(machine, token, node), unknown('session.expires')), ['token', token]),
  );
}

/** What a session says of somebody, unless the app has it say more. */
function whoseOf(machine: Machine, of: Value, node: ts.Node): Value {
  return object(['name', 'email'].map((name) => [name, machine.get(of, name, node)] as const));
}

function sessionFor(user: Value, expires: Value): Value {
  return object([
    ['user', user],
    ['expires', expires],
  ]);
}
