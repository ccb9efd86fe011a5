import { concat } from './composites.ts';
import { not } from './formula.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import { fieldsCell, truthValue, variable } from './terms.ts';
import { compareValues } from './truth.ts';
import {
  type Fields,
  literal,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

/** Where an address leads: a path, and what code put into its query. */
export interface Parts {
  readonly path: Value;
  readonly query: Fields;
  /** What a request's query holds beside, by name or as a whole; absent where it holds nothing else. */
  readonly sent?: (name: string | null) => Value;
}

const texts = new WeakMap<Value, () => Value>();
const copies = new WeakMap<Value, () => Special>();

/** A `URL` as code reads and changes it. */
export function urlValue(machine: Machine, parts: Parts): Special {
  const path = variable(parts.path);
  const query = fieldsCell(parts.query);
  const text = () => concat([path.value, ...searchOf(query.value)]);
  const found = (name: string) => query.value.get(name) ?? parts.sent?.(name) ?? literal(null);
  const search: Special = {
    kind: 'special',
    name: 'URLSearchParams',
    invoke: (method, [key, value = UNDEFINED], node) => {
      if (method === 'entries') return parts.sent?.(null);
      const name = stringOf(key);
      if (name === undefined) return undefined;
      if (method === 'has')
        return truthValue(
          not(compareValues({ left: found(name), op: '=', right: literal(null) }, node)),
        );
      if (method === 'get' || method === 'getAll') return found(name);
      if (method !== 'set' && method !== 'append') return undefined;
      set(machine, query, new Map([...query.value, [name, value]]));
      return UNDEFINED;
    },
  };
  const url: Special = {
    kind: 'special',
    name: 'URL',
    get: (name) => {
      if (name === 'pathname') return path.value;
      if (name === 'searchParams') return search;
      if (name === 'href') return text();
      return name === 'clone' || name === 'toString' ? undefined : unknown(`url.${name}`);
    },
    set: (name, value) => {
      if (name === 'pathname') set(machine, path, value);
      if (name === 'search') set(machine, query, new Map());
    },
    invoke: (method) => {
      if (method === 'clone') return copyOf(url);
      return method === 'toString' ? text() : undefined;
    },
  };
  texts.set(url, text);
  copies.set(url, () => urlValue(machine, { ...parts, path: path.value, query: query.value }));
  return url;
}

function searchOf(query: Fields): Value[] {
  return [...query].flatMap(([name, value], index) => [
    literal(`${index === 0 ? '?' : '&'}${encodeURIComponent(name)}=`),
    encoded(value),
  ]);
}

function encoded(value: Value): Value {
  const said = stringOf(value);
  return said === undefined ? value : literal(encodeURIComponent(said));
}

function copyOf(url: Value): Value | undefined {
  return copies.get(url)?.();
}

/** `new URL(text, base)`: undefined where nothing is known of either. */
export function urlFrom(machine: Machine, [target, base]: readonly Value[]): Value | undefined {
  if (!target) return undefined;
  const copy = copyOf(target);
  if (copy) return copy;
  if (!base || !texts.has(base)) return undefined;
  const [path, query] = split(target);
  return path && urlValue(machine, { path, query });
}

/** A written address as its path and what its query says outright. */
function split(target: Value): [Value | undefined, Fields] {
  const said = stringOf(target);
  if (said === undefined) return [target.kind === 'term' ? target : undefined, new Map()];
  const [path = '', search = ''] = said.split('?');
  const query = [...new URLSearchParams(search)].map(([name, value]): [string, Value] => [
    name,
    literal(value),
  ]);
  return [literal(path.startsWith('/') ? path : `/${path}`), new Map(query)];
}

/** The text of an address, whether it is one or made one. */
export function addressText(value: Value): Value {
  return texts.get(value)?.() ?? value;
}
