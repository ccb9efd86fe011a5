import type { ts } from '../../kernel/syntax.ts';
import { partOfArray } from './array-parts.ts';
import { placeIn, sorted } from './array-places.ts';
import { compareTerms } from './compare.ts';
import { arrayOf, arrayOfAll, concat, spreadItems } from './composites.ts';
import { all, atom, either, FALSE, type Formula, some, TRUE } from './formula.ts';
import { comesTo } from './in-every-case.ts';
import { isAmong } from './labels.ts';
import { countOf, firstOf, listMethod } from './lists.ts';
import type { Machine } from './machine.ts';
import { branchValue, set } from './path.ts';
import { addTo, deleteFrom } from './sets.ts';
import { placeAt, textOf } from './source.ts';
import { called, choose, toTerm, truthValue } from './terms.ts';
import { byItsParts } from './text-parts.ts';
import { compareValues } from './truth.ts';
import {
  type Item,
  literal,
  literalOf,
  native,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

type ArrayValue = Value & { kind: 'array' };

interface Called {
  readonly name: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** An element or property of an array or of a query's rows. */
export function element(
  machine: Machine,
  value: ArrayValue | (Value & { kind: 'list' }),
  { name, node }: { name: string; node: ts.Node },
): Value {
  if (value.kind === 'list') return listElement(machine, value, { name, node });
  const items = value.items.value;
  // A `Set` is an array of what is in it.
  if (name === 'length' || name === 'size')
    return value.count?.of === items ? value.count.value : lengthOf(items);
  if (/^\d+$/.test(name)) {
    const item = items[Number(name)];
    if (!item) return UNDEFINED;
    return item.when ? choose(item.when, item.value, UNDEFINED) : item.value;
  }
  if (name === '?') return items[0]?.value ?? UNDEFINED;
  return native(
    name,
    (args, at) => arrayMethod(machine, value, { name, args, node: at }) ?? unknown(textOf(at)),
  );
}

/** How many rows there are, by whichever name a driver's result has for it. */
const COUNTS = /^(length|size|rowCount|count)$/;

function listElement(
  machine: Machine,
  list: Value & { kind: 'list' },
  { name, node }: { name: string; node: ts.Node },
): Value {
  if (COUNTS.test(name)) return countOf(list);
  if (/^\d+$/.test(name) || name === '?') {
    const read = machine.reads.find((each) => each.id === list.query);
    if (read && name === '0' && !read.of && !machine.counted.has(read.id)) read.many = false;
    return firstOf(list);
  }
  if (name === 'rows') return list;
  return native(
    name,
    (args, at) => listMethod(machine, list, { name, args, node: at }) ?? unknown(textOf(node)),
  );
}

function lengthOf(items: readonly Item[]): Value {
  const guards = items.flatMap(({ when }) => (when ? [when] : []));
  const sure = items.length - guards.length;
  return guards.length > COUNTED ? atLeast(guards, sure) : counted(guards, sure);
}

/** Of more items that may be missing it is not told how many are there, but whether any is. */
const COUNTED = 4;

function atLeast(guards: readonly Formula[], sure: number): Value {
  const schema = { type: 'number', minimum: sure + 1 };
  const more = called('length', [unknown('items')], { ...typed('number'), schema });
  return choose(some(guards), more, literal(sure));
}

/** So many, and one more for each guard that holds. */
function counted([guard, ...others]: readonly Formula[], sure: number): Value {
  if (!guard) return literal(sure);
  return choose(guard, counted(others, sure + 1), counted(others, sure));
}

type Method = (machine: Machine, array: ArrayValue, called: Called) => Value | undefined;

/** What array methods mean on elements that are known one by one. */
export function arrayMethod(
  machine: Machine,
  array: ArrayValue,
  called: Called,
): Value | undefined {
  return METHODS[called.name]?.(machine, array, called);
}

const METHODS: Readonly<Record<string, Method>> = {
  push: (machine, array, { args }) => {
    const added = args.map((value) => ({ value, when: null }));
    set(machine, array.items, [...array.items.value, ...added]);
    return unknown('length');
  },
  unshift: (machine, array, { args }) => {
    const added = args.map((value) => ({ value, when: null }));
    set(machine, array.items, [...added, ...array.items.value]);
    return unknown('length');
  },
  map: (machine, array, called) => arrayOf(mapItems(machine, array, called)),
  flatMap: (machine, array, called) =>
    arrayOf(mapItems(machine, array, called).flatMap((item) => spreadItems(item.value))),
  forEach: (machine, array, called) => {
    mapItems(machine, array, called);
    return UNDEFINED;
  },
  filter: (machine, array, called) =>
    arrayOf(
      array.items.value.flatMap((item) => {
        const when = tested(machine, item, called);
        return when.kind === 'some' && when.of.length === 0
          ? []
          : [{ ...item, when: isAlways(when) ? null : when }];
      }),
    ),
  some: (machine, array, called) =>
    truthValue(some(array.items.value.map((item) => tested(machine, item, called)))),
  every: (machine, array, called) =>
    truthValue(all(array.items.value.map((item) => tested(machine, item, called)))),
  find: (machine, array, called) =>
    array.items.value.reduceRight<Value>(
      (rest, item) => choose(tested(machine, item, called), item.value, rest),
      UNDEFINED,
    ),
  includes: (_, array, { args, node }) => truthValue(member(array, args[0] ?? UNDEFINED, node)),
  has: (_, array, { args, node }) => truthValue(member(array, args[0] ?? UNDEFINED, node)),
  add: addTo,
  delete: deleteFrom,
  clear: (machine, array) => {
    set(machine, array.items, []);
    return UNDEFINED;
  },
  indexOf: (_, array, { args: [value = UNDEFINED], node }) =>
    placeIn(array, { value, isIn: member(array, value, node) }, node),
  at: (_, array, { args }) => {
    const index = literalOf(args[0]);
    return typeof index === 'number'
      ? (array.items.value.at(index)?.value ?? UNDEFINED)
      : undefined;
  },
  concat: (_, array, { args }) => arrayOf([...array.items.value, ...args.flatMap(spreadItems)]),
  slice: (_, array, { args }) => {
    const [from, to] = args.map(literalOf);
    if (args.length === 0) return array;
    if (typeof from !== 'number') return undefined;
    return partOfArray(array, from, typeof to === 'number' ? to : undefined);
  },
  join: (_, array, { args }) => {
    const between = args[0] ?? literal(',');
    return concat(joinedItems(array.items.value, between));
  },
  reduce: (machine, array, { args, node }) => {
    const [fn, start] = args;
    if (!fn || !start) return undefined;
    return array.items.value.reduce((sum, item) => {
      const yes = () => machine.call(fn, [sum, item.value], node);
      return item.when ? branchValue(machine, item.when, { yes, no: () => sum }) : yes();
    }, start);
  },
  sort: (machine, array) => {
    set(machine, array.items, sorted(array.items.value));
    return array;
  },
  reverse: (machine, array) => {
    set(machine, array.items, array.items.value.toReversed());
    return array;
  },
  toSorted: (_, array) => arrayOf(sorted(array.items.value)),
  values: (_, array) => array,
  entries: (_, array) =>
    arrayOf(
      array.items.value.map((item, index) => ({
        ...item,
        value: arrayOfAll([literal(index), item.value]),
      })),
    ),
};

/** What `join` puts one after another: an item that may not be there comes with what stands between it and the others. */
function joinedItems(items: readonly Item[], between: Value): Value[] {
  const first = items.findIndex(({ when }) => !when || isAlways(when));
  return items.map(({ value, when }, index) => {
    const before = items.slice(0, index).map((each) => each.when ?? TRUE);
    const after = first >= 0 && index < first;
    const parts = after ? [value, between] : [between, value];
    const whole = index === first ? value : concat(parts);
    if (!when || isAlways(when)) return whole;
    const alone = first < 0 ? choose(some(before), whole, value) : whole;
    return choose(when, alone, literal(''));
  });
}

function isAlways(formula: Formula): boolean {
  return formula.kind === 'all' && formula.of.length === 0;
}

function tested(machine: Machine, item: Item, { args, node }: Called): Formula {
  const [fn] = args;
  if (!fn) return FALSE;
  const at = fn.kind === 'closure' ? (fn.node.body ?? node) : node;
  const holds =
    fn.kind === 'special' && fn.name === 'Boolean'
      ? machine.truth(item.value, node)
      : machine.truth(machine.call(fn, [item.value], node), at);
  return all([item.when ?? TRUE, holds]);
}

function mapItems(machine: Machine, array: ArrayValue, { args, node }: Called): Item[] {
  const [fn] = args;
  if (!fn) return [];
  return array.items.value.slice(0, 12).map((item, index) => {
    const work = () => machine.settle(machine.call(fn, [item.value, literal(index)], node), node);
    const value = item.when
      ? branchValue(machine, item.when, { yes: work, no: () => UNDEFINED })
      : work();
    return { ...item, value };
  });
}

/** `[a, b].includes(x)`: one `member` condition where the elements are terms. */
function member(array: ArrayValue, wanted: Value, node: ts.Node): Formula {
  if (wanted.kind === 'choice' && comesTo(wanted, 'unknown'))
    return either(wanted.when, member(array, wanted.yes, node), member(array, wanted.no, node));
  const items = array.items.value;
  const plain = items.every((item) => item.value.kind === 'term' && !item.when);
  const among = plain
    ? isAmong(
        wanted,
        items.map((item) => item.value),
      )
    : undefined;
  if (among) return among;
  if (plain && wanted.kind === 'term' && items.length > 1 && wanted.term.kind !== 'literal') {
    const { term } = wanted;
    const equals = items.map((item) => {
      const right = toTerm(item.value);
      return { right, always: byItsParts({ left: term, op: '=', right }) };
    });
    if (equals.some(({ always }) => always === true)) return TRUE;
    const of = equals.filter(({ always }) => always !== false).map(({ right }) => right);
    const [only] = of;
    if (!only) return FALSE;
    if (of.length === 1)
      return compareTerms(
        { left: term, op: '=', right: only },
        { at: placeAt(node), text: textOf(node) },
      );
    return atom({ kind: 'member', at: placeAt(node), term: wanted.term, of, holds: true });
  }
  return some(
    items.map((item) =>
      all([item.when ?? TRUE, compareValues({ left: wanted, op: '=', right: item.value }, node)]),
    ),
  );
}
