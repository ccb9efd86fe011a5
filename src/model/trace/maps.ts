import { ts } from '../../kernel/syntax.ts';
import { arrayOfAll, spreadItems } from './composites.ts';
import { mapOf } from './lists.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import { register } from './registrations.ts';
import { textOf } from './source.ts';
import { isStatic } from './static-members.ts';
import { choose, fieldsCell, object, termsIn } from './terms.ts';
import { compareValues } from './truth.ts';
import {
  type Cell,
  type Fields,
  literal,
  literalOf,
  openCell,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

/** `new Map(entries)`. */
export function mapFrom(machine: Machine, entries: Value, node: ts.Node): Value {
  if (entries.kind === 'list') return mapOf(machine, entries, node);
  const keys: Keys = new Map();
  const fields = new Map<string, Value>();
  let isTold = entries.kind === 'undefined' || entries.kind === 'array';
  for (const item of entries.kind === 'array' ? spreadItems(entries) : []) {
    const key = noted(keys, machine.get(item.value, '0', node));
    if (key === undefined) isTold = false;
    else fields.set(key, machine.get(item.value, '1', node));
  }
  const isEmpty = isTold && fields.size === 0;
  if (isEmpty && isKept(machine, node)) return keptMap(machine, node);
  return literalMap(machine, { keys, fields, openness: openCell(!isTold) });
}

/** `Object.fromEntries(entries)`: the whole part of a request whose entries these are, else an object of those written out. */
export function fromEntries(
  machine: Machine,
  [given = UNDEFINED]: readonly Value[],
  node: ts.Node,
): Value {
  const entries = given.kind === 'special' ? given.invoke?.('entries', [], node) : given;
  if (entries?.kind === 'term') return entries;
  const fields: [string, Value][] = [];
  for (const { value, when } of entries?.kind === 'array' ? entries.items.value : []) {
    const name = literalOf(machine.get(value, '0', node));
    if (name === undefined) return mapFrom(machine, given, node);
    const held = machine.get(value, '1', node);
    fields.push([String(name), when ? choose(when, held, UNDEFINED) : held]);
  }
  return entries?.kind === 'array' ? object(fields) : mapFrom(machine, given, node);
}

/** The entries of a `Map`, where a value is one. */
export function entriesOfMap(value: Value, node: ts.Node): Value | undefined {
  if (value.kind !== 'special' || value.name !== 'Map') return undefined;
  return value.invoke?.('entries', [], node);
}

/** What a map's entries are kept under, each with the key that it stands for. */
type Keys = Map<string, Value>;

/** Whether it is made as a module loads: with nothing in it, it is there for what other modules or requests put there. */
function isKept(machine: Machine, node: ts.Node): boolean {
  for (let at = node.parent; at; at = at.parent) {
    if (ts.isFunctionLike(at)) return false;
    if (ts.isPropertyDeclaration(at)) return isStatic(at) || machine.starting;
  }
  return true;
}

/** A map that has what modules put there as they load before anybody asks it. */
function keptMap(machine: Machine, node: ts.Node): Value {
  const openness = openCell(false);
  const map = literalMap(machine, { keys: new Map(), fields: new Map(), openness });
  let isAsked = false;
  const filled = () => {
    if (isAsked) return map;
    isAsked = true;
    // Whoever is the first to ask, in whichever branch: it is so for all.
    if (!register(machine, node)) openness.value = true;
    return map;
  };
  return {
    ...map,
    get: (name, at) => filled().get?.(name, at),
    invoke: (method, args, at) => filled().invoke?.(method, args, at),
  };
}

/** The name of a key, kept for it from now on; undefined where only the request or the data tells it. */
function noted(keys: Keys, key: Value): string | undefined {
  const name = nameOf(keys, key) ?? (isMade(key) ? `#${keys.size}` : undefined);
  if (name !== undefined && !keys.has(name)) keys.set(name, key);
  return name;
}

function nameOf(keys: Keys, key: Value): string | undefined {
  const said = key.kind === 'undefined' ? undefined : literalOf(key);
  if (said !== undefined || key.kind === 'undefined') return String(said);
  return [...keys].find(([, known]) => known === key)?.[0];
}

/** Whether a value is a key by being itself. */
function isMade({ kind }: Value): boolean {
  return /^(object|array|instance|closure|class)$/.test(kind);
}

const MOST = 12;

/** What stands under a key that only the request or the data tells. */
function byKey(
  { keys, fields }: { keys: Keys; fields: Fields },
  { asked, method }: { asked: Value; method: 'get' | 'has' },
  node: ts.Node,
): Value {
  return [...fields].reduceRight<Value>(
    (otherwise, [name, value]) => {
      const right = keys.get(name) ?? literal(name);
      const when = compareValues({ left: asked, op: '=', right }, node);
      return choose(when, method === 'has' ? literal(true) : value, otherwise);
    },
    method === 'has' ? literal(false) : UNDEFINED,
  );
}

/** A `Map` with keys known from the code. */
function literalMap(
  machine: Machine,
  { keys, fields, openness }: { keys: Keys; fields: Fields; openness: Cell<boolean> },
): Special {
  const cell = fieldsCell(fields);
  const held: Value = { kind: 'object', fields: cell, open: openness };
  const part = (method: string) => {
    const entries = [...cell.value].map(([name, value]) => ({
      key: keys.get(name) ?? literal(name),
      value,
    }));
    if (method === 'values') return arrayOfAll(entries.map(({ value }) => value));
    if (method === 'keys') return arrayOfAll(entries.map(({ key }) => key));
    return arrayOfAll(entries.map(({ key, value }) => arrayOfAll([key, value])));
  };
  const map: Special = {
    kind: 'special',
    name: 'Map',
    get: (name) => (name === 'size' && !openness.value ? literal(cell.value.size) : undefined),
    invoke: (method, args, node) => {
      const [asked = UNDEFINED, given = UNDEFINED] = args;
      const open = openness.value;
      if (method === 'set') {
        const key = noted(keys, asked);
        if (key === undefined) set(machine, openness, true);
        else cell.value = new Map([...cell.value, [key, given]]);
        return map;
      }
      const key = nameOf(keys, asked);
      if (method === 'get' && key !== undefined) return machine.get(held, key, node);
      if (!open && (method === 'get' || method === 'has')) {
        if (key !== undefined) return literal(cell.value.has(key));
        if (cell.value.size <= MOST)
          return byKey({ keys, fields: cell.value }, { asked, method }, node);
      }
      if (!open && /^(values|keys|entries)$/.test(method)) return part(method);
      return unknown(textOf(node), args.flatMap(termsIn));
    },
  };
  return map;
}
