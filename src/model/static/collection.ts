import type { Call, FunctionValue, Machine, Native, Semantics, Value } from './value.ts';
import { isSame, keeping, list, literal, native, nativeOf, UNKNOWN } from './value.ts';

/** The package that stands for the language itself. */
export const LANGUAGE = 'globalThis';

/** The language's classes that are read here. */
export const COLLECTIONS: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet']);

/** A `Map` or `Set`; keys are the same where the language says so. `open` once anything unknown came in. */
interface Collection extends Native {
  readonly type: 'collection';
  readonly paired: boolean;
  readonly entries: Map<unknown, Entry>;
  readonly open: { value: boolean };
}

interface Entry {
  readonly key: Value;
  readonly value: Value;
}

type NamedCall = Call & { readonly name: string };
type List = Value & { kind: 'list' };

/** What `Map`, `Set` and what is made of them do, before any request. */
export const COLLECTION_SEMANTICS: Semantics = {
  call: (_machine, { package: from, path }, call) => {
    const [name = ''] = path;
    const isOurs = from === LANGUAGE && path.length === 1 && COLLECTIONS.has(name);
    return isOurs && call.isNew ? native(made(name.endsWith('Map'), call.args)) : undefined;
  },
  method: (machine, receiver, call) =>
    isCollection(receiver) ? method(machine, receiver, call) : undefined,
  property: (_machine, receiver, name) => {
    if (name !== 'size' || !isCollection(receiver)) return undefined;
    return receiver.open.value ? UNKNOWN : literal(receiver.entries.size);
  },
};

/** What iterating over a value gives; undefined where nobody can tell. */
export function itemsOf(value: Value | undefined): List | undefined {
  if (value?.kind === 'list') return value;
  if (value?.kind === 'literal' && typeof value.value === 'string') {
    return listOf([...value.value].map((character) => literal(character)));
  }
  const collection = nativeOf(value);
  return isCollection(collection) ? pick(collection, elementOf(collection)) : undefined;
}

/** The same where a value is one of several: what any of them gives, each once. */
export function anyItemsOf(value: Value): List | undefined {
  if (value.kind !== 'either') return itemsOf(value);
  const sides = value.of.map(itemsOf);
  const lists = sides.filter((side) => side !== undefined);
  if (lists.length === 0) return undefined;
  const items: Value[] = [];
  for (const item of lists.flatMap((each) => each.items))
    if (!items.some((known) => isSame(known, item))) items.push(item);
  const open = lists.length < sides.length || lists.some((each) => each.open.value);
  return { ...listOf(items), open: { value: open } };
}

function isCollection(value: Native | undefined): value is Collection {
  return value?.type === 'collection';
}

function made(paired: boolean, [from]: readonly Value[]): Collection {
  const collection: Collection = {
    type: 'collection',
    paired,
    entries: new Map(),
    open: { value: false },
  };
  if (!from || (from.kind === 'literal' && from.value == null)) return collection;
  const items = itemsOf(from);
  if (!items || items.open.value) collection.open.value = true;
  for (const item of items?.items ?? []) {
    const [key = UNKNOWN, value = UNKNOWN] = paired ? (itemsOf(item)?.items ?? []) : [item, item];
    put(collection, key, value);
  }
  return collection;
}

function put({ entries, open }: Collection, key: Value, value: Value): void {
  const identity = identityOf(key, entries);
  if (identity === undefined) open.value = true;
  else entries.set(identity.is, { key, value: keeping(value) });
}

function method(machine: Machine, receiver: Collection, call: NamedCall): Value | undefined {
  const [first = literal(undefined), second = literal(undefined)] = call.args;
  switch (call.name) {
    case 'set':
    case 'add':
      put(receiver, first, call.name === 'add' ? first : second);
      return native(receiver);
    case 'get':
      return found(receiver, first, ({ value }) => value) ?? literal(undefined);
    case 'has':
      return found(receiver, first, () => literal(true)) ?? literal(false);
    case 'delete':
      return removed(receiver, first);
    case 'clear':
      receiver.entries.clear();
      receiver.open.value = false;
      return literal(undefined);
    case 'forEach':
      return visited(machine, receiver, call);
    default:
      return iterated(receiver, call.name);
  }
}

function found(
  { entries, open }: Collection,
  key: Value,
  read: (entry: Entry) => Value,
): Value | undefined {
  const identity = identityOf(key, entries);
  const entry = identity && entries.get(identity.is);
  if (entry) return read(entry);
  return open.value || !identity ? UNKNOWN : undefined;
}

function removed({ entries, open }: Collection, key: Value): Value {
  const identity = identityOf(key, entries);
  if (!identity || open.value) {
    if (identity) entries.delete(identity.is);
    return UNKNOWN;
  }
  return literal(entries.delete(identity.is));
}

function visited(machine: Machine, receiver: Collection, call: NamedCall): Value {
  const [visit = UNKNOWN] = call.args;
  for (const item of pick(receiver, (entry) => list([entry.value, entry.key])).items) {
    const args = item.kind === 'list' ? item.items : [UNKNOWN, UNKNOWN];
    machine.apply(visit, { ...call, args: [...args, native(receiver)], isNew: false });
  }
  return literal(undefined);
}

function iterated(receiver: Collection, name: string): Value | undefined {
  switch (name) {
    case 'keys':
      return pick(receiver, ({ key }) => key);
    case 'values':
      return pick(receiver, ({ value }) => value);
    case 'entries':
      return pick(receiver, ({ key, value }) => list([key, value]));
    default:
      return undefined;
  }
}

function elementOf({ paired }: Collection): (entry: Entry) => Value {
  return ({ key, value }) => (paired ? list([key, value]) : value);
}

/** A list of what stands there now, with an unknown item for whatever else there may be. */
function pick({ entries, open }: Collection, part: (entry: Entry) => Value): List {
  const items = [...entries.values()].map(part);
  return listOf(open.value ? [...items, UNKNOWN] : items, open.value);
}

function listOf(items: Value[], open = false): List {
  return { kind: 'list', items, open: { value: open }, origin: null };
}

/** What makes a key the same as another; undefined where nobody can tell. */
function identityOf(value: Value, entries: Collection['entries']): { is: unknown } | undefined {
  switch (value.kind) {
    case 'function':
      return { is: functionIn(entries, value) ?? value };
    case 'literal':
      return { is: value.value };
    case 'list':
      return { is: value.items };
    case 'object':
      return { is: value.entries };
    case 'native':
      return { is: value.native };
    case 'class':
      return { is: value.node };
    case 'module':
      return { is: `module ${value.file}` };
    case 'package':
      return { is: `package ${value.package} ${value.path.join('.')}` };
    default:
      return undefined;
  }
}

/** A function is the same where it is the same code among the same variables. */
function functionIn(entries: Collection['entries'], { node, frame }: FunctionValue): unknown {
  for (const [identity, { key }] of entries) {
    if (key.kind === 'function' && key.node === node && key.frame === frame) return identity;
  }
  return undefined;
}
