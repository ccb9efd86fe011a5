import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { respond } from '../trace/chain.ts';
import { atom, not } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { branch } from '../trace/path.ts';
import { makeResponse } from '../trace/responses.ts';
import { placeAt } from '../trace/source.ts';
import {
  literal,
  literalOf,
  native,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';
import { credentialsOf } from './passport/credentials.ts';
import { registrationsOf, type Strategy, strategyNamed } from './passport/registrations.ts';

/** Passport on Express: strategies that find a user, and sessions that keep who it was. */
export const passport = {
  name: 'passport',
  from: /^passport$/,
  call: (machine, { name, args, made }) => {
    const fn = name.split('.').at(-1) ?? name;
    if (made) return undefined;
    if (fn === 'initialize')
      return native(fn, ([request, , next], at) => goOn(machine, { request, next, at }));
    if (fn === 'session')
      return native(fn, ([request, , next], at) => restored(machine, { request, next, at }));
    return fn === 'authenticate' || fn === 'authorize' ? authenticate(machine, args) : undefined;
  },
} satisfies LibraryReader;

interface Going {
  readonly request: Value | undefined;
  readonly next: Value | undefined;
  readonly at: ts.Node;
}

/** Requests are given what Passport puts on them. */
function goOn(machine: Machine, { request = UNDEFINED, next = UNDEFINED, at }: Going): Value {
  if (request.kind === 'special') {
    const user = () => machine.get(request, 'user', at);
    const logIn = native('logIn', (args, node) => loggedIn(machine, { request, args, node }));
    const logOut = native('logout', (args, node) => {
      request.set?.('user', UNDEFINED);
      return back(machine, args, node);
    });
    const is = native('isAuthenticated', () => user());
    for (const name of ['logIn', 'login']) request.set?.(name, logIn);
    for (const name of ['logOut', 'logout']) request.set?.(name, logOut);
    request.set?.('isAuthenticated', is);
  }
  return machine.call(next, [], at);
}

interface LoggingIn {
  readonly request: Value;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

function loggedIn(machine: Machine, { request, args, node }: LoggingIn): Value {
  if (request.kind === 'special') request.set?.('user', args[0] ?? UNDEFINED);
  return back(machine, args, node);
}

function back(machine: Machine, args: readonly Value[], node: ts.Node): Value {
  const done = args.find(
    (each) => each.kind === 'closure' || (each.kind === 'special' && each.call),
  );
  return done ? machine.call(done, [UNDEFINED], node) : UNDEFINED;
}

/** `passport.session()`: whoever the session names is looked up and put on the request. */
function restored(machine: Machine, going: Going): Value {
  const { request = UNDEFINED, at } = going;
  const find = registrationsOf(machine).deserialize;
  const session = request.kind === 'special' ? machine.get(request, 'session', at) : UNDEFINED;
  const held = session.kind === 'special' ? machine.get(session, 'passport', at) : UNDEFINED;
  if (!find || held.kind === 'undefined') return goOn(machine, going);
  const known = held.kind === 'choice' ? held.yes : held;
  branch(machine, machine.truth(held, at), {
    yes: () => {
      const done = native('done', ([, user = UNDEFINED]) => {
        if (request.kind === 'special') request.set?.('user', user);
        return goOn(machine, going);
      });
      const id = machine.get(known, 'user', at);
      machine.settle(machine.call(machine.standing(find), [id, done], at), at);
    },
    no: () => void goOn(machine, going),
  });
  return UNDEFINED;
}

/** `passport.authenticate('local', options, callback?)`: a strategy's user, or a refusal. */
function authenticate(machine: Machine, [name, ...more]: readonly Value[]): Value {
  const options = more.find((each) => each.kind === 'object');
  const callback = more.find((each) => each.kind === 'closure');
  const option = (key: string, node: ts.Node) =>
    options ? machine.get(options, key, node) : UNDEFINED;
  // Passport's own strategy, the one that `passport.session()` is short for.
  if (name && stringOf(name) === 'session')
    return native('session', ([request, , next], at) => restored(machine, { request, next, at }));
  const strategy = strategyNamed(machine, (name && stringOf(name)) ?? '');
  return native(
    'authenticate',
    ([request = UNDEFINED, response = UNDEFINED, next = UNDEFINED], at) => {
      const refuse = (status: number, info: Value = UNDEFINED) => {
        if (callback) machine.call(callback, [literal(null), literal(false), info], at);
        else respond(machine, refused(option('failureRedirect', at), { status, node: at }), at);
      };
      const accept = (user: Value, info: Value) => {
        if (callback) machine.call(callback, [literal(null), user, info], at);
        else
          taken(machine, { user, request, response, next, to: option('successRedirect', at) }, at);
      };
      const fail = (error: Value) => machine.call(callback ?? next, [error], at);
      if (!strategy)
        return byOthers(machine, { name: (name && stringOf(name)) ?? '', accept, refuse }, at);
      const done = native(
        'done',
        ([error = UNDEFINED, user = UNDEFINED, info = UNDEFINED], node) => {
          const fails = error.kind !== 'undefined' && literalOf(error) !== null;
          if (fails) return fail(error);
          branch(machine, machine.truth(user, node), {
            yes: () => accept(user, info),
            no: () => refuse(401, info),
          });
          return UNDEFINED;
        },
      );
      const begin = () => respond(machine, elsewhere(strategy, at), at);
      credentialsOf(machine, { strategy, request, done, refuse, begin, fail, node: at });
      return UNDEFINED;
    },
  );
}

interface Taken {
  readonly user: Value;
  readonly request: Value;
  readonly response: Value;
  readonly next: Value;
  readonly to: Value;
}

function taken(
  machine: Machine,
  { user, request, response, next, to }: Taken,
  node: ts.Node,
): void {
  if (request.kind === 'special') request.set?.('user', user);
  if (stringOf(to) === undefined) machine.call(next, [], node);
  else machine.invoke(response, { name: 'redirect', args: [to] }, node);
}

/** A strategy of an identity provider, or one nobody can look into: a third party decides. */
function byOthers(
  machine: Machine,
  {
    name,
    accept,
    refuse,
  }: {
    readonly name: string;
    readonly accept: (user: Value, info: Value) => void;
    readonly refuse: (status: number) => void;
  },
  node: ts.Node,
): Value {
  const found = atom({
    kind: 'external',
    at: placeAt(node),
    name: `passport ${name}`.trim(),
    holds: true,
  });
  branch(machine, not(found), {
    yes: () => refuse(401),
    no: () => accept(unknown('req.user'), UNDEFINED),
  });
  return UNDEFINED;
}

/** A redirect to the provider of a strategy. */
function elsewhere({ name }: Strategy, node: ts.Node): Value {
  const location = unknown(`the provider of ${name}`);
  return makeResponse(node, { kind: 'redirect', status: literal(302), location });
}

function refused(
  to: Value,
  { status, node }: { readonly status: number; readonly node: ts.Node },
): Value {
  const body = literal(status === 400 ? 'Bad Request' : 'Unauthorized');
  return stringOf(to) === undefined
    ? makeResponse(node, { status: literal(status), body })
    : makeResponse(node, { kind: 'redirect', status: literal(302), location: to });
}
