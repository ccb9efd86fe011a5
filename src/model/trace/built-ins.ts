import { ts } from '../../kernel/syntax.ts';
import { builtIn } from './classes.ts';
import { arrayOf, spreadItems } from './composites.ts';
import { all, isFalse, isTrue, not, TRUE } from './formula.ts';
import { mapOf } from './lists.ts';
import type { Machine } from './machine.ts';
import { headersFrom, requestFrom } from './made-requests.ts';
import { set } from './path.ts';
import { promised } from './promises.ts';
import { proxied } from './proxies.ts';
import { regexp } from './regexps.ts';
import { makeResponse, statusOf } from './responses.ts';
import { textOf } from './source.ts';
import { choose, fieldsCell, termsIn } from './terms.ts';
import { compareValues } from './truth.ts';
import { urlFrom } from './urls.ts';
import {
  type Fields,
  literal,
  literalOf,
  openCell,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

/** `new Name(…)` of a built-in class. */
export function globalConstructor(
  machine: Machine,
  name: string,
  { args, node }: { args: readonly Value[]; node: ts.Node },
): Value {
  const [one = UNDEFINED, two] = args;
  if (/Error$/.test(name)) return errorOf(name, { message: one, options: two });
  if (name === 'Set') return one.kind === 'undefined' ? arrayOf([]) : distinct(one, node);
  if (name === 'Map') return mapFrom(machine, one, node);
  if (name === 'Response') return makeResponse(node, { body: one, ...statusOf(two) });
  if (name === 'RegExp' && stringOf(one) !== undefined) {
    return regexp(`/${stringOf(one)}/${stringOf(two) ?? ''}`);
  }
  if (name === 'Uint8Array' && one.kind === 'term' && !two) return one;
  if (name === 'Headers') return headersFrom(machine, { args, node });
  if (name === 'Request') return requestFrom(machine, { args, node });
  if (name === 'Proxy') return proxied(machine, args, node);
  if (name === 'Promise') return promised(machine, one, node);
  if (name === 'URL') {
    const otherwise = () => unknown(textOf(node), termsIn(one));
    return urlFrom(machine, args) ?? { kind: 'special', name: 'URL', get: otherwise };
  }
  return unknown(textOf(node), args.flatMap(termsIn));
}

/** Items are compared with so few others alone: there are as many comparisons as pairs. */
const COMPARED = 6;

/** What is in a `Set` of a list that is written out: an item that none before it is the same as. */
function distinct(value: Value, node: ts.Node): Value {
  const items = value.kind === 'array' ? value.items.value : [];
  if (items.length < 2 || items.length > COMPARED || value.kind !== 'array') return value;
  return arrayOf(
    items.flatMap((item, index) => {
      const before = items.slice(0, index).map((other) => {
        const same = compareValues({ left: item.value, op: '=', right: other.value }, node);
        return not(all([other.when ?? TRUE, same]));
      });
      const when = all([item.when ?? TRUE, ...before]);
      return isFalse(when) ? [] : [{ value: item.value, when: isTrue(when) ? null : when }];
    }),
  );
}

function errorOf(
  name: string,
  { message, options }: { message: Value; options: Value | undefined },
): Value {
  const cause = options?.kind === 'object' ? options.fields.value.get('cause') : undefined;
  const ancestry = name === 'Error' ? ['Error'] : [name, 'Error'];
  return builtIn(ancestry, [
    ['message', message],
    ['name', literal(name)],
    ['cause', cause ?? UNDEFINED],
  ]);
}

function mapFrom(machine: Machine, entries: Value, node: ts.Node): Value {
  if (entries.kind === 'list') return mapOf(machine, entries, node);
  const fields = new Map<string, Value>();
  for (const item of entries.kind === 'array' ? spreadItems(entries) : []) {
    const key = literalOf(machine.get(item.value, '0', node));
    if (key !== undefined) fields.set(String(key), machine.get(item.value, '1', node));
  }
  const isTold = entries.kind === 'undefined' || entries.kind === 'array';
  return literalMap(machine, fields, !isTold || (fields.size === 0 && isKept(node)));
}

/** Whether it is made as a module loads: with nothing in it, it is there for what requests leave behind. */
function isKept(node: ts.Node): boolean {
  for (let at = node.parent; at; at = at.parent) {
    if (ts.isFunctionLike(at)) return false;
    if (ts.isPropertyDeclaration(at)) return ts.getModifiers(at)?.some(isStatic) === true;
  }
  return true;
}

function isStatic({ kind }: ts.Modifier): boolean {
  return kind === ts.SyntaxKind.StaticKeyword;
}

const MOST = 12;

/** What stands under a key that only the request or the data tells. */
function byKey(
  entries: Fields,
  { asked, method }: { asked: Value; method: 'get' | 'has' },
  node: ts.Node,
): Value {
  return [...entries].reduceRight<Value>(
    (otherwise, [key, value]) => {
      const when = compareValues({ left: asked, op: '=', right: literal(key) }, node);
      return choose(when, method === 'has' ? literal(true) : value, otherwise);
    },
    method === 'has' ? literal(false) : UNDEFINED,
  );
}

function partOfEntry([key, value]: readonly [string, Value], method: string): Value {
  if (method === 'values') return value;
  return method === 'keys' ? literal(key) : listed([literal(key), value]);
}

function listed(values: readonly Value[]): Value {
  return arrayOf(values.map((value) => ({ value, when: null })));
}

/** A `Map` with keys known from the code. */
function literalMap(machine: Machine, initial: Map<string, Value>, isOpen: boolean): Value {
  const cell = fieldsCell(initial);
  const openness = openCell(isOpen);
  const held: Value = { kind: 'object', fields: cell, open: openness };
  return {
    kind: 'special',
    name: 'Map',
    get: (name) => (name === 'size' && !openness.value ? literal(cell.value.size) : undefined),
    invoke: (method, args, node) => {
      const key = literalOf(args[0]);
      const open = openness.value;
      if (method === 'get' && key !== undefined) return machine.get(held, String(key), node);
      if (method === 'has' && key !== undefined && !open)
        return literal(cell.value.has(String(key)));
      const asked = key === undefined && !open && cell.value.size <= MOST ? args[0] : undefined;
      if (asked && (method === 'get' || method === 'has')) {
        return byKey(cell.value, { asked, method }, node);
      }
      if (method === 'set' && key !== undefined) {
        cell.value = new Map([...cell.value, [String(key), args[1] ?? UNDEFINED]]);
        return held;
      }
      if (method === 'set') set(machine, openness, true);
      if (!open && /^(values|keys|entries)$/.test(method))
        return listed([...cell.value].map((entry) => partOfEntry(entry, method)));
      return unknown(textOf(node), args.flatMap(termsIn));
    },
  };
}
