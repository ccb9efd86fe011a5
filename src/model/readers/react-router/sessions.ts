import type { ts } from '../../../kernel/syntax.ts';
import { atom, some } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { set } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { called, choose, fieldsCell, truthValue } from '../../trace/terms.ts';
import { compareValues } from '../../trace/truth.ts';
import {
  input,
  literal,
  type Special,
  stringOf,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';

/** A cookie as code declares it: its name, and whether a signature stands behind its value. */
interface Declared {
  readonly name: string;
}

/** What a storage finds by what its cookie holds; absent where the cookie holds all of it. */
type Find = (carried: Value, node: ts.Node) => Value;

/** `createCookie(name)`: its value is what the request brought, or null. */
export function cookieOf(machine: Machine, [name]: readonly Value[]): Value {
  const declared: Declared = { name: stringOf(name) ?? 'cookie' };
  return {
    kind: 'special',
    name: 'cookie',
    get: (key) => (key === 'name' ? literal(declared.name) : undefined),
    invoke: (method, _, node) => {
      if (method === 'serialize') return called('random', [], typed('string'));
      if (method !== 'parse') return undefined;
      return carriedBy(machine, declared, { node, empty: literal(null) });
    },
  };
}

/** `createCookieSessionStorage`, and storages that keep a session elsewhere under the id in their cookie. */
export function storageOf(
  machine: Machine,
  [options = UNDEFINED]: readonly Value[],
  node: ts.Node,
): Value {
  const cookie = machine.get(options, 'cookie', node);
  const own = cookie.kind === 'special' ? machine.get(cookie, 'name', node) : undefined;
  const declared = { name: stringOf(own ?? machine.get(cookie, 'name', node)) ?? '__session' };
  const read = machine.get(options, 'readData', node);
  const find: Find | undefined =
    read.kind === 'closure'
      ? (id, at) => machine.settle(machine.call(read, [id], at), at)
      : undefined;
  return {
    kind: 'special',
    name: 'sessionStorage',
    invoke: (method, [header], at) => {
      if (method === 'getSession') return sessionOf(machine, { declared, header, find }, at);
      return /^(commit|destroy)Session$/.test(method)
        ? called('random', [], typed('string'))
        : undefined;
    },
  };
}

function sessionOf(
  machine: Machine,
  {
    declared,
    header,
    find,
  }: { declared: Declared; header: Value | undefined; find: Find | undefined },
  node: ts.Node,
): Special {
  const given = fieldsCell(new Map());
  const asked = header !== undefined && header.kind !== 'undefined';
  const found =
    asked && find
      ? find(carriedBy(machine, declared, { node, empty: UNDEFINED }), node)
      : undefined;
  const brought = (name: string, at: ts.Node): Value => {
    if (!asked) return UNDEFINED;
    if (found) return machine.get(found, name, at);
    return carriedBy(machine, declared, { node: at, empty: UNDEFINED, part: name });
  };
  const read = (name: string, at: ts.Node) => given.value.get(name) ?? brought(name, at);
  return {
    kind: 'special',
    name: 'session',
    get: (key, at) => {
      if (key === 'id') return carriedBy(machine, declared, { node: at, empty: literal('') });
      return key === 'data' ? unknown('session.data') : undefined;
    },
    invoke: (method, [key, value = UNDEFINED], at) => {
      const name = stringOf(key);
      if (name === undefined) return undefined;
      if (method === 'get') return read(name, at);
      if (method === 'has')
        return truthValue(
          compareValues({ left: read(name, at), op: '!=', right: literal(null) }, at),
        );
      if (!/^(set|flash|unset)$/.test(method)) return undefined;
      set(
        machine,
        given,
        new Map([...given.value, [name, method === 'unset' ? UNDEFINED : value]]),
      );
      return UNDEFINED;
    },
  };
}

/** What a signed cookie holds; nothing where there is none, or one that nobody signed. */
function carriedBy(
  machine: Machine,
  { name }: Declared,
  { node, empty, part }: { node: ts.Node; empty: Value; part?: string },
): Value {
  const at = placeAt(node);
  const cookie = input('cookies', [name], { type: 'string' });
  const missing = compareValues({ left: cookie, op: '=', right: literal(null) }, node);
  const unsigned = atom({ kind: 'input', is: 'invalid', at, from: 'cookies', path: [name] });
  const claims = called('tokenClaims', [cookie], typed('unknown'));
  const held = part === undefined ? claims : machine.get(claims, part, node);
  return choose(some([missing, unsigned]), empty, held);
}
