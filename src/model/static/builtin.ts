import { ts } from '../../kernel/syntax.ts';
import { askedOfList } from './asked.ts';
import { itemsOf } from './collection.ts';
import { startedAt } from './places.ts';
import { sorted } from './sorted.ts';
import type { Call, Machine, Value } from './value.ts';
import { either, list, literal, object, textOf, truthOf, UNKNOWN } from './value.ts';

type NamedCall = Call & { readonly name: string };
type List = Value & { kind: 'list' };

/** What a method of a list gives; undefined where it is none that we know. */
export function arrayMethod(machine: Machine, receiver: List, call: NamedCall): Value | undefined {
  const [first = UNKNOWN] = call.args;
  const visit = (item: Value, index: number): Value =>
    machine.apply(first, { ...call, args: [item, literal(index), receiver], isNew: false });
  switch (call.name) {
    case 'forEach':
      receiver.items.forEach(visit);
      return literal(undefined);
    case 'map':
      return { ...receiver, items: receiver.items.map(visit), origin: null };
    case 'flatMap':
      return flat({ ...receiver, items: receiver.items.map(visit) });
    case 'flat':
      return flat(receiver);
    case 'filter':
      return { ...receiver, items: receiver.items.filter((item, at) => kept(visit(item, at))) };
    case 'reduce':
      return reduce(machine, receiver, call);
    case 'push':
      receiver.items.push(...call.args);
      return literal(receiver.items.length);
    case 'pop':
    case 'shift':
      return receiver.open.value ? undefined : (receiver.items[call.name]() ?? literal(undefined));
    case 'concat':
      return behind(receiver, call.args);
    case 'join':
      return join(receiver, call);
    case 'entries':
      return list(receiver.items.map((item, index) => list([literal(index), item])));
    case 'values':
      return receiver;
    case 'sort':
      receiver.items.splice(0, receiver.items.length, ...sorted(machine, receiver, call));
      return receiver;
    case 'toSorted':
      return { ...receiver, items: sorted(machine, receiver, call), origin: null };
    case 'keys':
      return list(receiver.items.map((_item, index) => literal(index)));
    default:
      return askedOfList(receiver, call, visit);
  }
}

/** A list with others behind it; where one of them is not known for sure, either list that it comes to. */
function behind(receiver: List, others: readonly Value[]): Value {
  const unsure = others.find(({ kind }) => kind === 'either');
  if (unsure?.kind !== 'either')
    return flat({ ...receiver, items: [list([...receiver.items]), ...others] });
  const swapped = (one: Value) => others.map((other) => (other === unsure ? one : other));
  return either(unsure.of.map((one) => behind(receiver, swapped(one))));
}

/** `Object.entries(x)` and the like, where nothing in the repo is called `Object`. */
export function globalCall(
  machine: Machine,
  target: ts.PropertyAccessExpression,
  call: NamedCall,
): Value | undefined {
  const owner = target.expression;
  if (!ts.isIdentifier(owner) || machine.names.meaning(owner)) return undefined;
  const [first] = call.args;
  switch (`${owner.text}.${call.name}`) {
    case 'Object.entries':
      return parts(first, ([name, item]) => list([literal(name), item]));
    case 'Object.values':
      return parts(first, ([, item]) => item);
    case 'Object.keys':
      return parts(first, ([name]) => literal(name));
    case 'Array.from':
      return arrayFrom(machine, call);
    case 'Object.freeze':
    case 'Object.seal':
      return call.args.length === 1 ? first : undefined;
    case 'Object.assign':
      return merge(machine, call.args);
    case 'Object.fromEntries':
      return fromEntries(first);
    case 'process.cwd':
      return literal(startedAt(machine, target.getSourceFile().fileName));
    case 'Array.of':
      return list([...call.args]);
    default:
      return undefined;
  }
}

function kept(value: Value): boolean {
  return truthOf(value) !== false;
}

function flat(value: List): Value {
  const known = value.items.every((item) => item.kind !== 'unknown');
  const items = value.items.flatMap((item) => (item.kind === 'list' ? item.items : [item]));
  return { ...value, items, open: { value: value.open.value || !known }, origin: null };
}

function reduce(machine: Machine, receiver: List, call: NamedCall): Value {
  const [step = UNKNOWN, start] = call.args;
  const items = start ? [start, ...receiver.items] : receiver.items;
  const [first = UNKNOWN, ...rest] = items;
  return rest.reduce(
    (total, item) => machine.apply(step, { ...call, args: [total, item], isNew: false }),
    first,
  );
}

function join(receiver: List, call: NamedCall): Value | undefined {
  const separator = call.args.length === 0 ? ',' : textOf(call.args[0]);
  const texts = receiver.items.map((item) =>
    item.kind === 'literal' ? String(item.value) : undefined,
  );
  if (separator === undefined || receiver.open.value || texts.includes(undefined)) return undefined;
  return literal(texts.join(separator));
}

function parts(
  value: Value | undefined,
  part: (entry: readonly [string, Value]) => Value,
): Value | undefined {
  if (value?.kind === 'list') return list(value.items.map((item, at) => part([String(at), item])));
  if (value?.kind !== 'object') return undefined;
  const items = [...value.entries].map(part);
  return { kind: 'list', items, open: { value: value.open.value }, origin: null };
}

function merge(machine: Machine, args: readonly Value[]): Value | undefined {
  const [target, ...sources] = args;
  if (target?.kind === 'package')
    for (const [name, item] of sources.flatMap((each) => entriesOf(each)))
      for (const { assign } of machine.semantics) assign?.(target, name, item);
  if (target?.kind !== 'object') return undefined;
  for (const source of sources) {
    if (source.kind !== 'object') target.open.value = true;
    else for (const [name, item] of source.entries) target.entries.set(name, item);
  }
  return target;
}

function entriesOf(value: Value): (readonly [string, Value])[] {
  return value.kind === 'object' ? [...value.entries] : [];
}

/** `Array.from(items, visit)`: a new list. */
function arrayFrom(machine: Machine, call: NamedCall): Value | undefined {
  const [from, visit] = call.args;
  const items = copied(from);
  return items && visit
    ? arrayMethod(machine, items, { ...call, name: 'map', args: [visit] })
    : items;
}

function copied(value: Value | undefined): List | undefined {
  const items = itemsOf(value);
  return items && { ...items, items: [...items.items], open: { ...items.open } };
}

function fromEntries(from: Value | undefined): Value | undefined {
  const value = itemsOf(from);
  if (!value) return undefined;
  const result = object();
  if (value.open.value) result.open.value = true;
  for (const item of value.items) {
    const [name, entry] = item.kind === 'list' ? item.items : [];
    if (name?.kind === 'literal' && entry) result.entries.set(String(name.value), entry);
    else result.open.value = true;
  }
  return result;
}
