import { bounded, type Closure, Unread } from './machine.ts';

/** Methods that only compute; each may be called with closures of ours. */
const TEXT = new Set(
  'at charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf match normalize padEnd padStart repeat replace replaceAll search slice split startsWith substring toLowerCase toUpperCase trim trimEnd trimStart'.split(
    ' ',
  ),
);
const LIST = new Set(
  'at concat every filter find findIndex flatMap forEach includes indexOf join lastIndexOf map pop push reduce reduceRight reverse shift slice some toReversed unshift'.split(
    ' ',
  ),
);
const PATTERN = new Set(['test', 'exec']);
const NUMBER = new Set(['toString', 'toFixed']);

/** A method's result on plain data. */
export function callMethod(receiver: unknown, name: string, args: readonly unknown[]): unknown {
  const known =
    typeof receiver === 'string'
      ? TEXT.has(name)
      : Array.isArray(receiver)
        ? LIST.has(name)
        : receiver instanceof RegExp
          ? PATTERN.has(name)
          : typeof receiver === 'number' && NUMBER.has(name);
  const method: unknown = known ? Reflect.get(Object(receiver), name) : undefined;
  const large = args.some((arg) => typeof arg === 'number' && arg > 1000);
  if (typeof method !== 'function' || (large && /^(repeat|pad)/.test(name))) throw new Unread();
  return bounded(Reflect.apply(method, receiver, [...args]));
}

/** A property of plain data: an element, a length, an own entry. */
export function memberOf(receiver: unknown, name: string): unknown {
  if (typeof receiver === 'string' || Array.isArray(receiver)) {
    if (name === 'length') return receiver.length;
    if (/^\d+$/.test(name)) return receiver[Number(name)];
    if (/^-?\d+$|^NaN$/.test(name)) return undefined;
    if (!Object.hasOwn(Object(receiver), name)) throw new Unread();
    return Reflect.get(Object(receiver), name);
  }
  if (receiver === null || typeof receiver !== 'object') throw new Unread();
  return Object.hasOwn(receiver, name) ? Reflect.get(receiver, name) : undefined;
}

const number: Closure = (value) => Number(value);
const whole: Closure = (value, radix) =>
  Number.parseInt(String(value), typeof radix === 'number' ? radix : undefined);

/** What the language's own names stand for, as far as they compute. */
export const GLOBALS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['Number', number],
  ['String', ((value) => String(value)) satisfies Closure],
  ['Boolean', ((value) => Boolean(value)) satisfies Closure],
  ['parseInt', whole],
  ['Number.parseInt', whole],
  ['parseFloat', number],
  ['isNaN', ((value) => Number.isNaN(Number(value))) satisfies Closure],
  ['Number.isNaN', ((value) => Number.isNaN(value)) satisfies Closure],
  ['Number.isInteger', ((value) => Number.isInteger(value)) satisfies Closure],
  ['Array.isArray', ((value) => Array.isArray(value)) satisfies Closure],
  [
    'Array.from',
    ((items, each) => {
      if (typeof items !== 'string' && !Array.isArray(items)) throw new Unread();
      return typeof each === 'function' ? callMethod([...items], 'map', [each]) : [...items];
    }) satisfies Closure,
  ],
  ...['abs', 'ceil', 'floor', 'max', 'min', 'round', 'sign', 'trunc', 'pow'].map(
    (name): [string, unknown] => [
      `Math.${name}`,
      (...given: readonly unknown[]) =>
        Reflect.apply(Reflect.get(Math, name) as () => number, Math, given.map(Number)),
    ],
  ),
]);
