import type { ts } from '../../kernel/syntax.ts';
import { atom } from '../trace/formula.ts';
import type { Machine, TokenUse } from '../trace/machine.ts';
import { set } from '../trace/path.ts';
import { placeAt } from '../trace/source.ts';
import { called, choose } from '../trace/terms.ts';
import { noteToken } from '../trace/tokens.ts';
import { input, literal, type Special, typed, UNDEFINED, type Value } from '../trace/values.ts';

export interface SessionOptions {
  /** The cookie that carries it, or what it is found by. */
  readonly cookie: string;
  /** What its cookie is made with, where it holds the session itself. */
  readonly sealed?: { readonly kind: TokenUse['kind']; readonly secret: Value | undefined };
}

/**
 * What an app keeps of a person from one request to the next: nothing where no cookie is carried, else what was put
 * there before. What this request puts there is there at once.
 */
export function sessionOf(machine: Machine, options: SessionOptions, node: ts.Node): Special {
  const { cookie, sealed } = options;
  if (sealed) noteToken(machine, sealed);
  return {
    kind: 'special',
    name: 'session',
    get: (name) =>
      put(machine, name) ?? (METHODS.has(name) ? undefined : keptAs(cookie, name, node)),
    set: (name, value) => {
      if (sealed) noteToken(machine, { ...sealed, made: true, said: flat(name, value) });
      keep(machine, name, value);
    },
    invoke: (method, args, at) => askedOf(machine, { method, args, at, cookie, node }),
  };
}

const METHODS = new Set(
  'regenerate destroy save reload touch updateConfig get set delete'.split(' '),
);

/** What was kept under a name by an earlier request. */
export function keptAs(cookie: string, name: string, node: ts.Node): Value {
  const carried = input('cookies', [cookie], { type: 'string' });
  const claims = called('tokenClaims', [carried], typed('unknown'));
  const there = atom({
    kind: 'input',
    is: 'present',
    at: placeAt(node),
    from: 'cookies',
    path: [cookie],
  });
  return choose(there, called('field', [claims, literal(name)], typed('unknown')), UNDEFINED);
}

interface Asked {
  readonly method: string;
  readonly args: readonly Value[];
  readonly at: ts.Node;
  readonly cookie: string;
  readonly node: ts.Node;
}

/** `save(done)`, `destroy(done)`; `get(name)` and `set(name, value)` where a session is asked that way. */
function askedOf(machine: Machine, { method, args, at, cookie, node }: Asked): Value | undefined {
  const [first = UNDEFINED, second = UNDEFINED] = args;
  const name =
    first.kind === 'term' && first.term.kind === 'literal' ? String(first.term.value) : '';
  if (method === 'get') return put(machine, name) ?? keptAs(cookie, name, node);
  if (method === 'set') keep(machine, name, second);
  if (method === 'destroy') for (const key of machine.variables.value.keys()) forget(machine, key);
  if (first.kind === 'closure' || (first.kind === 'special' && first.call)) {
    machine.call(first, [UNDEFINED], at);
  }
  return METHODS.has(method) ? UNDEFINED : undefined;
}

function put(machine: Machine, name: string): Value | undefined {
  return machine.variables.value.get(`session.${name}`);
}

function keep(machine: Machine, name: string, value: Value): void {
  set(
    machine,
    machine.variables,
    new Map([...machine.variables.value, [`session.${name}`, value]]),
  );
}

function forget(machine: Machine, key: string): void {
  if (!key.startsWith('session.')) return;
  set(machine, machine.variables, new Map([...machine.variables.value, [key, UNDEFINED]]));
}

/** `session.user = { id, role }` says `user.id` and `user.role`. */
function flat(name: string, value: Value): (readonly [string, Value])[] {
  if (value.kind !== 'object') return [[name, value]];
  return [...value.fields.value].flatMap(([key, each]) => flat(`${name}.${key}`, each));
}
