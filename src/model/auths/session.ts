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
    get: (name) => {
      const kept = () => keptAs(cookie, name, node);
      return put(machine, name, kept) ?? (METHODS.has(name) ? undefined : kept());
    },
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
  const kept = () => keptAs(cookie, name, node);
  if (method === 'get') return put(machine, name, kept) ?? kept();
  if (method === 'set') keep(machine, name, second);
  if (method === 'destroy') for (const key of machine.variables.value.keys()) forget(machine, key);
  if (first.kind === 'closure' || (first.kind === 'special' && first.call)) {
    machine.call(first, [UNDEFINED], at);
  }
  return METHODS.has(method) ? UNDEFINED : undefined;
}

/** What this request has put under a name; where only some ways did, on the others what was kept before. */
function put(machine: Machine, name: string, kept: () => Value): Value | undefined {
  const value = machine.variables.value.get(`session.${name}`);
  return value && orKept(value, kept);
}

function orKept(value: Value, kept: () => Value): Value {
  if (value === UNDEFINED) return kept();
  if (value.kind !== 'choice') return value;
  return choose(value.when, orKept(value.yes, kept), orKept(value.no, kept));
}

/** What was taken out, told from what nobody put there. */
const TAKEN_OUT = literal(null);

function keep(machine: Machine, name: string, value: Value): void {
  const made = value.kind === 'undefined' ? TAKEN_OUT : value;
  const { variables } = machine;
  set(machine, variables, new Map([...variables.value, [`session.${name}`, made]]));
}

function forget(machine: Machine, key: string): void {
  if (key.startsWith('session.')) keep(machine, key.slice('session.'.length), UNDEFINED);
}

/** `session.user = { id, role }` says `user.id` and `user.role`. */
function flat(name: string, value: Value): (readonly [string, Value])[] {
  if (value.kind !== 'object') return [[name, value]];
  return [...value.fields.value].flatMap(([key, each]) => flat(`${name}.${key}`, each));
}
