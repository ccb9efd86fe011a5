import type { Term } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import { arrayOf, arrayOfAll } from './composites.ts';
import { FALSE, isFalse, isTrue, not } from './formula.ts';
import type { Machine } from './machine.ts';
import { derive, eachRow, exists, filtered, forget } from './rows.ts';
import { propertySchema } from './schema-parts.ts';
import { textOf } from './source.ts';
import { choose, toTerm, truthValue } from './terms.ts';
import { noteTraversal } from './traversals.ts';
import { compareValues } from './truth.ts';
import {
  type ListValue,
  literal,
  schemaType,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

interface Called {
  readonly name: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

type Method = (machine: Machine, list: ListValue, called: Called) => Value | undefined;

/** What array methods mean on the rows of a query. */
export function listMethod(machine: Machine, list: ListValue, called: Called): Value | undefined {
  return METHODS[called.name]?.(machine, list, called);
}

/** `list.length`. */
export function countOf(list: ListValue): Value {
  if (list.single) return literal(1);
  return term({ kind: 'aggregate', op: 'count', query: list.query, of: null }, typed('number'));
}

/** One of the rows, whichever; absent where there is none. */
export function firstOf(list: ListValue): Value {
  return list.element(list.query);
}

/** An element of a list in the request, as whoever goes through the list meets it: its schema says what there is. */
export function anyElement(machine: Machine, list: Value, node: ts.Node): Value {
  if (list.kind === 'term' && list.term.kind === 'input') noteTraversal(machine, list.term, node);
  return elementOf(machine, list, node);
}

/** The same, for who only looks at what elements are like. */
export function elementOf(machine: Machine, list: Value, node: ts.Node): Value {
  const one = machine.get(list, '0', node);
  const schema = list.kind === 'term' ? propertySchema(list.type.schema, '0') : null;
  const isSure = one.kind === 'term' && schema && !schemaType(schema).nullable;
  return isSure ? { ...one, sure: true } : one;
}

const METHODS: Readonly<Record<string, Method>> = {
  map: mapped,
  flatMap: (machine, list, called) => {
    const each = mapped(machine, list, called);
    return each?.kind === 'list' ? flattened(machine, each, called) : each;
  },
  forEach: (machine, list, called) => {
    mapped(machine, list, called);
    return UNDEFINED;
  },
  filter: (machine, list, called) => {
    const test = tester(machine, called);
    const { read, formula } = filtered(machine, list, { test, node: called.node, many: true });
    if (read) return { ...list, query: read.id };
    return isTrue(formula) ? list : arrayOf([]);
  },
  find: (machine, list, called) => found(machine, list, { ...called, otherwise: UNDEFINED }),
  findLast: (machine, list, called) => found(machine, list, { ...called, otherwise: UNDEFINED }),
  some: (machine, list, called) => truthValue(anyRow(machine, list, called)),
  every: (machine, list, called) => {
    const test = tester(machine, called);
    const opposite = (element: Value) => not(test(element));
    const { read, formula } = filtered(machine, list, {
      test: opposite,
      node: called.node,
      many: true,
    });
    if (read) return truthValue(not(exists(read.id, called.node)));
    return isFalse(formula) ? literal(true) : truthValue(not(exists(list.query, called.node)));
  },
  findIndex: (machine, list, called) => indexWhere(anyRow(machine, list, called)),
  includes: (machine, list, called) => truthValue(has(machine, list, called)),
  indexOf: (machine, list, called) => indexWhere(has(machine, list, called)),
  has: (machine, list, called) => truthValue(has(machine, list, called)),
  at: (_, list) => firstOf(list),
  reduce: reduced,
  slice: (_, list) => list,
  sort: (_, list) => list,
  toSorted: (_, list) => list,
  reverse: (_, list) => list,
  toReversed: (_, list) => list,
  flat: flattened,
  values: (_, list) => list,
  keys: (_, list) => list,
  entries: (_, list) => ({
    ...list,
    element: (id) => pair(unknown('index'), list.element(id)),
  }),
  join: (_, list, { node }) => unknown(textOf(node), [{ kind: 'rows', query: list.query }]),
};

function pair(first: Value, second: Value): Value {
  return arrayOfAll([first, second]);
}

/** `when ? 0 : -1`: what matters of an index is whether there is one. */
function indexWhere(there: ReturnType<typeof not>): Value {
  return choose(there, literal(0), literal(-1));
}

function tester(machine: Machine, { args, node }: Called) {
  return (element: Value) => {
    const [fn] = args;
    return fn ? machine.truth(machine.call(fn, [element], node), testNode(fn, node)) : FALSE;
  };
}

/** The place of a predicate is its body. */
function testNode(fn: Value, node: ts.Node): ts.Node {
  return fn.kind === 'closure' ? (fn.node.body ?? node) : node;
}

function anyRow(machine: Machine, list: ListValue, called: Called) {
  const test = tester(machine, called);
  const { read, formula } = filtered(machine, list, { test, node: called.node, many: false });
  if (read) return exists(read.id, called.node);
  return isTrue(formula) ? exists(list.query, called.node) : FALSE;
}

function found(machine: Machine, list: ListValue, called: Called & { otherwise: Value }): Value {
  const test = tester(machine, called);
  const { read, formula } = filtered(machine, list, { test, node: called.node, many: false });
  if (!read) return isTrue(formula) ? firstOf(list) : called.otherwise;
  const element = list.element(read.id);
  return element.kind === 'row'
    ? element
    : choose(exists(read.id, called.node), element, UNDEFINED);
}

/** Whether one of the elements equals a value. */
function has(machine: Machine, list: ListValue, { args, node }: Called) {
  const [wanted = UNDEFINED] = args;
  const test = (element: Value) => compareValues({ left: element, op: '=', right: wanted }, node);
  const { read, formula } = filtered(machine, list, { test, node, many: false });
  if (read) return exists(read.id, node);
  return isTrue(formula) ? exists(list.query, node) : FALSE;
}

function mapped(machine: Machine, list: ListValue, { args, node }: Called): Value | undefined {
  const [fn] = args;
  if (!fn) return undefined;
  const body = (element: Value) => machine.settle(machine.call(fn, [element], node), node);
  const { value, pure } = eachRow(machine, list, { body, node });
  if (!pure) return { ...list, element: () => value ?? UNDEFINED };
  let looked = false;
  const element = (id: string) => {
    looked = true;
    return quietly(machine, () => body(list.element(id)));
  };
  const load = () => {
    if (!looked) element(list.query);
  };
  return { ...list, element, load };
}

/** A list of lists as one: the rows that belong to any row of the outer. */
function flattened(machine: Machine, list: ListValue, { node }: Called): ListValue {
  const outer = derive(machine, list.query, { node, many: true });
  const inner = quietly(machine, () => list.element(outer.id));
  if (inner.kind === 'list') return inner;
  forget(machine, outer);
  return list;
}

/** Evaluates what is known to have no effects, leaving the path as it is. */
function quietly(machine: Machine, work: () => Value): Value {
  const { facts, dead, answered } = machine.path;
  Object.assign(machine.path, { dead: false, answered: false });
  const value = work();
  Object.assign(machine.path, { facts, dead, answered });
  return value;
}

function reduced(machine: Machine, list: ListValue, { args, node }: Called): Value {
  const [fn, start] = args;
  const zero = start?.kind === 'term' && start.term.kind === 'literal' && start.term.value === 0;
  const marker: Term = { kind: 'opaque', text: '#accumulator' };
  const after =
    fn && machine.call(fn, [term(marker, typed('number')), list.element(list.query)], node);
  const whole = after && toTerm(after);
  if (zero && whole?.kind === 'arith' && whole.op === '+') {
    const left = JSON.stringify(whole.left) === JSON.stringify(marker);
    const right = JSON.stringify(whole.right) === JSON.stringify(marker);
    const of = left ? whole.right : right ? whole.left : null;
    if (of) return term({ kind: 'aggregate', op: 'sum', query: list.query, of }, typed('number'));
  }
  return unknown(textOf(node), [{ kind: 'rows', query: list.query }]);
}

/** A `Map` whose entries come from rows: `get` finds the row with that key. */
export function mapOf(machine: Machine, entries: ListValue, at: ts.Node): Value {
  const part = (index: string): ListValue => ({
    ...entries,
    element: (id) => machine.get(entries.element(id), index, at),
  });
  const keys = part('0');
  return {
    kind: 'special',
    name: 'Map',
    get: (name) => (name === 'size' ? countOf(entries) : undefined),
    invoke: (method, args, node) => {
      if (method === 'has') return listMethod(machine, keys, { name: 'includes', args, node });
      if (method === 'get') return valueAt(machine, entries, { key: args[0] ?? UNDEFINED, node });
      if (method === 'values') return part('1');
      return method === 'keys' ? keys : method === 'entries' ? entries : undefined;
    },
  };
}

function valueAt(
  machine: Machine,
  entries: ListValue,
  { key, node }: { key: Value; node: ts.Node },
): Value {
  const test = (element: Value) =>
    compareValues({ left: machine.get(element, '0', node), op: '=', right: key }, node);
  const { read, formula } = filtered(machine, entries, { test, node, many: false });
  const id = read?.id ?? entries.query;
  if (isFalse(formula)) return UNDEFINED;
  const value = machine.get(entries.element(id), '1', node);
  return value.kind === 'row' ? value : choose(exists(id, node), value, UNDEFINED);
}
