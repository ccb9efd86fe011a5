import type { Term } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import { canParse } from './addresses.ts';
import { assignAll, laidUpon } from './assign-all.ts';
import { bigNumber } from './bits.ts';
import { globalConstructor } from './built-ins.ts';
import { isView } from './bytes.ts';
import { arrayOfAll, spreadFields } from './composites.ts';
import { atom } from './formula.ts';
import { globalObject, isGlobal } from './global-object.ts';
import { hasOwn } from './in-object.ts';
import { parseJson } from './json-text.ts';
import { isPart, layOver } from './laid-over.ts';
import type { Machine } from './machine.ts';
import { madeUp } from './made.ts';
import { entriesOfMap, fromEntries } from './maps.ts';
import { isFiniteNumber, isNotNumber, math, toNumber } from './numbers.ts';
import { outside } from './outside.ts';
import { processValue, soon } from './process.ts';
import { together } from './promises.ts';
import { prototypeFor } from './prototypes.ts';
import { ownRequest } from './react-request.ts';
import { makeResponse, statusOf } from './responses.ts';
import { placeAt, textOf } from './source.ts';
import { called, object, overChoice, termsIn, toTerm, truthValue } from './terms.ts';
import { now } from './time.ts';
import { addressText } from './urls.ts';
import {
  literal,
  literalOf,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

type Call = (machine: Machine, args: readonly Value[], node: ts.Node) => Value;

const first = (args: readonly Value[]): Value => args[0] ?? UNDEFINED;

/** Functions of the language, by their name as written. */
const FUNCTIONS: Readonly<Record<string, Call>> = {
  Number: (_, args) => toNumber(first(args)),
  parseInt: (_, args) => toNumber(first(args)),
  parseFloat: (_, args) => toNumber(first(args)),
  'Number.parseInt': (_, args) => toNumber(first(args)),
  'Number.parseFloat': (_, args) => toNumber(first(args)),
  BigInt: (_, args) => bigNumber(first(args)),
  String: (_, args) => text(first(args)),
  Boolean: (machine, args, node) => truthValue(machine.truth(first(args), node)),
  isNaN: (_, args, node) => isNotNumber(first(args), node),
  'Number.isNaN': (_, args, node) => isNotNumber(first(args), node),
  isFinite: (_, args, node) => isFiniteNumber(first(args), node),
  'Number.isFinite': (_, args, node) => isFiniteNumber(first(args), node),
  'Number.isInteger': (_, args, node) => unknown(textOf(node), termsIn(first(args))),
  'Date.now': () => now(),
  'Date.parse': (_, args) => first(args),
  'Math.floor': (_, args) => math('floor', args),
  'Math.ceil': (_, args) => math('ceil', args),
  'Math.round': (_, args) => math('round', args),
  'Math.trunc': (_, args) => math('trunc', args),
  'Math.abs': (_, args) => math('abs', args),
  'Math.min': (_, args) => math('min', args),
  'Math.max': (_, args) => math('max', args),
  'Math.random': () => called('random', []),
  'crypto.randomUUID': madeUp,
  'crypto.getRandomValues': () => called('random', []),
  'JSON.stringify': (_, args) => first(args),
  'JSON.parse': (machine, args, node) => parseJson(machine, first(args), node),
  'URL.canParse': (_, args, node) =>
    canParse(args[0], node) ?? unknown(textOf(node), args.flatMap(termsIn)),
  'ArrayBuffer.isView': (_, args, node) => isView(first(args), node),
  'Array.isArray': (_, args, node) => overChoice(first(args), (each) => isArray(each, node)),
  'Array.from': (_, args, node) => entriesOfMap(first(args), node) ?? first(args),
  'Object.keys': (_, args, node) => keysOf(first(args), node),
  'Object.values': (_, args, node) => valuesOf(first(args), node),
  'Object.entries': (_, args, node) => entriesOf(first(args), node),
  'Object.hasOwn': hasOwn,
  'Object.prototype.hasOwnProperty.call': hasOwn,
  'Object.getPrototypeOf': (machine, args, node) => prototypeFor(machine, first(args), node),
  'Reflect.getPrototypeOf': (machine, args, node) => prototypeFor(machine, first(args), node),
  'Object.freeze': (_, args) => first(args),
  'Object.assign': (machine, args, node) => assigned(machine, args, node),
  'Object.fromEntries': fromEntries,
  'Promise.all': (machine, args, node) => together(machine, first(args), node),
  'Promise.allSettled': (machine, args, node) => together(machine, first(args), node),
  'Promise.resolve': (_, args) => first(args),
  'Promise.reject': (machine, args, node) => {
    machine.throwValue(first(args), node);
    return UNDEFINED;
  },
  'Response.json': (_, args, node) => {
    const [body = UNDEFINED, init] = args;
    return makeResponse(node, { body, ...statusOf(init) });
  },
  'Response.redirect': (_, [target = UNDEFINED, status], node) => {
    const location = addressText(target);
    return makeResponse(node, { kind: 'redirect', location, status: status ?? literal(302) });
  },
  'Reflect.get': (machine, args, node) => {
    const name = literalOf(args[1]);
    return typeof name === 'string' ? machine.get(first(args), name, node) : unknown(textOf(node));
  },
  setImmediate: soon,
  queueMicrotask: soon,
  structuredClone: (_, args) => first(args),
  'Symbol.for': (_, [name = UNDEFINED], node) =>
    stringOf(name) === undefined ? unknown(textOf(node)) : literal(`Symbol(${stringOf(name)})`),
  fetch: (machine, args, node) =>
    ownRequest(machine, args, node) ??
    outside(machine, { name: externalName('fetch', args), node }),
  encodeURIComponent: (_, args) => encoded(first(args)),
  decodeURIComponent: (_, args) => first(args),
  encodeURI: (_, args) => first(args),
  decodeURI: (_, args) => first(args),
  'Buffer.from': (_, args) => first(args),
};

function externalName(name: string, args: readonly Value[]): string {
  const said = literalOf(args[0]);
  const target = args[0] ? toTerm(args[0]) : undefined;
  const head = target?.kind === 'call' ? target.args[0] : undefined;
  const start = head?.kind === 'literal' ? head.value : said;
  return typeof start === 'string' ? `${name} ${start}` : name;
}

function text(value: Value): Value {
  const said = literalOf(value);
  return said === undefined ? value : literal(String(said));
}

/** Text that is written out is escaped; what stands between is taken for plain, as keys and numbers are. */
function encoded(value: Value): Value {
  const said = literalOf(value);
  if (said !== undefined) return literal(encodeURIComponent(String(said)));
  if (value.kind !== 'term' || value.term.kind !== 'call' || value.term.fn !== 'concat')
    return value;
  const args = value.term.args.map(
    (arg): Term =>
      arg.kind === 'literal' ? { ...arg, value: encodeURIComponent(String(arg.value)) } : arg,
  );
  return { ...value, term: { ...value.term, args } };
}

function isArray(value: Value, node: ts.Node): Value {
  if (value.kind === 'array' || value.kind === 'list') return literal(true);
  if (value.kind === 'term' && value.type.schema)
    return literal(value.type.schema['type'] === 'array');
  if (value.kind === 'term' && value.term.kind === 'input') {
    const { from, path } = value.term;
    return truthValue(
      atom({ kind: 'input', is: 'valid', at: placeAt(node), from, path: [...path] }),
    );
  }
  // What a column of JSON holds, or a third party answers, is any value.
  const isAny =
    value.kind === 'unknown' || (value.kind === 'term' && value.type.base === 'unknown');
  return isAny ? unknown(textOf(node), termsIn(value)) : literal(false);
}

function fieldsOf(value: Value): readonly (readonly [string, Value])[] | undefined {
  return value.kind === 'object' && !value.open.value ? [...value.fields.value] : undefined;
}

/** `Object.assign(a, b, …)`: what a row or an instance is given stays with it. */
function assigned(machine: Machine, args: readonly Value[], node: ts.Node): Value {
  const [target = UNDEFINED, ...rest] = args;
  if (target.kind === 'row' || target.kind === 'instance')
    return assignAll(machine, target, { parts: rest, node });
  if (isPart(target)) return layOver(machine, target, rest);
  if (target.kind === 'special') return laidUpon(machine, target, rest);
  // What a function carries beside is not kept: it is called as before.
  if (target.kind === 'closure') return target;
  const parts = args.map(spreadFields);
  return object(
    parts.flatMap(({ fields }) => [...fields]),
    parts.some(({ open }) => open),
  );
}

function keysOf(value: Value, node: ts.Node): Value {
  const fields = fieldsOf(value);
  return fields
    ? arrayOfAll(fields.map(([name]) => literal(name)))
    : unknown(textOf(node), termsIn(value));
}

function valuesOf(value: Value, node: ts.Node): Value {
  const fields = fieldsOf(value);
  return fields
    ? arrayOfAll(fields.map(([, each]) => each))
    : unknown(textOf(node), termsIn(value));
}

function entriesOf(value: Value, node: ts.Node): Value {
  const fields = fieldsOf(value);
  if (!fields) return unknown(textOf(node), termsIn(value));
  return arrayOfAll(fields.map(([name, each]) => arrayOfAll([literal(name), each])));
}

/** A global name: a function, a namespace of functions, `process`. */
export function globalValue(machine: Machine, name: string): Value | undefined {
  if (name === 'process') return processValue(machine);
  if (isGlobal(name)) return globalObject(machine, (each) => globalValue(machine, each));
  if (name === 'Infinity') return literal(Number.MAX_VALUE);
  if (name === 'NaN') return unknown('NaN');
  return isNamed(name) || CONSTRUCTED.test(name) ? namespace(machine, name) : undefined;
}

/** Whether a function has the name, or stands under it. */
function isNamed(name: string): boolean {
  return Object.keys(FUNCTIONS).some((each) => each === name || each.startsWith(`${name}.`));
}

const CONSTRUCTED =
  /^(Date|Map|Set|WeakMap|Error|[A-Z]\w*Error|Response|Request|Headers|URL|URLSearchParams|RegExp|Intl|Buffer|console|TextEncoder|TextDecoder|FormData|AbortController|Proxy|Reflect|Uint8Array)$/;

function namespace(machine: Machine, name: string): Special {
  const own = FUNCTIONS[name];
  return {
    kind: 'special',
    name,
    get: (member) => {
      const inner = `${name}.${member}`;
      return isNamed(inner) ? namespace(machine, inner) : undefined;
    },
    ...(own || /Error$/.test(name)
      ? {
          call: (args: readonly Value[], node: ts.Node) =>
            own ? own(machine, args, node) : globalConstructor(machine, name, { args, node }),
        }
      : {}),
    ...(name === 'console' ? { invoke: () => UNDEFINED } : {}),
  };
}
