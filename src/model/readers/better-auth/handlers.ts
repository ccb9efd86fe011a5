import type { HandlerSemantics } from '../../reader.ts';
import { exitHere } from '../../trace/closures.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { assume } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { type Special, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { sessionOf } from './session.ts';
import { signIn } from './sign-in.ts';
import { signUp } from './sign-up.ts';

/** What an instance of better-auth is, inside a handler and as the handler of its own routes. */
export const handlers: HandlerSemantics = {
  from: /^better-auth(\/|$)/,
  call: (machine, { name, args, made }) => {
    const fn = name.split('.').at(-1) ?? name;
    if (made) return undefined;
    if (fn === 'betterAuth') return instanceOf(machine, args[0] ?? UNDEFINED);
    return fn === 'fromNodeHeaders' ? (args[0] ?? UNDEFINED) : undefined;
  },
  step: (machine, { registered }) => {
    const { expression: node } = registered;
    const options = optionsOf(machine.standing(registered));
    const answer = /\/sign-up\/email$/.test(machine.endpoint.path)
      ? signUp(machine, options, node)
      : signIn(machine, options, node);
    if (machine.path.dead) return;
    const exit = exitHere(machine, answer, { node, mark: 0 });
    machine.endings.push({ exit, thrown: null, step: machine.current });
  },
  recover: () => null,
};

const options = new WeakMap<Special, Value>();

function optionsOf(instance: Value): Value {
  return (instance.kind === 'special' && options.get(instance)) || UNDEFINED;
}

function instanceOf(machine: Machine, given: Value): Special {
  const api: Special = {
    kind: 'special',
    name: 'auth.api',
    invoke: (method, _, node) =>
      method === 'getSession' ? sessionOf(machine, given, node) : unknown(`auth.api.${method}`),
  };
  const instance: Special = {
    kind: 'special',
    name: 'auth',
    get: (name) => {
      if (name === 'api') return api;
      return /^\$/.test(name) ? UNDEFINED : undefined;
    },
    invoke: (method, _, node) => {
      if (method !== 'handler') return undefined;
      // Its other routes are its own: what they answer is not read.
      assume(
        machine,
        atom({ kind: 'external', at: placeAt(node), name: 'better-auth', holds: true }),
      );
      return unknown('auth.handler');
    },
  };
  options.set(instance, given);
  return instance;
}
