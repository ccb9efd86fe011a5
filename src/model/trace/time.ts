import type { ts } from '../../kernel/syntax.ts';
import { arithmetic } from './operators.ts';
import { textOf } from './source.ts';
import { called, termsIn, toTerm, truthValue } from './terms.ts';
import { compareValues } from './truth.ts';
import { literal, literalOf, term, typed, UNDEFINED, unknown, type Value } from './values.ts';

/** The present, in milliseconds. */
export function now(): Value {
  return term({ kind: 'now' }, typed('instant'));
}

/** `new Date(…)`: instants are numbers of milliseconds. */
export function dateFrom(args: readonly Value[], node: ts.Node): Value {
  const [first] = args;
  if (!first) return now();
  if (args.length > 1) return unknown(textOf(node), args.flatMap(termsIn));
  const said = literalOf(first);
  if (typeof said === 'string') {
    const time = Date.parse(said);
    return Number.isNaN(time)
      ? unknown(textOf(node))
      : term({ kind: 'literal', value: time }, typed('instant'));
  }
  return first.kind === 'term' ? { ...first, type: { ...first.type, base: 'instant' } } : first;
}

const SECOND = 1000;
const UNITS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: SECOND,
  minute: 60 * SECOND,
  hour: 3_600 * SECOND,
  day: 86_400 * SECOND,
  week: 604_800 * SECOND,
};

type TimeCall = (args: readonly Value[], node: ts.Node) => Value;

function shifted(sign: '+' | '-', unit: number): TimeCall {
  return ([date = now(), amount = literal(0)]) => {
    const by = arithmetic('*', amount, literal(unit));
    return instant(arithmetic(sign, date, by));
  };
}

function instant(value: Value): Value {
  return value.kind === 'term' ? { ...value, type: typed('instant') } : value;
}

function difference(unit: number): TimeCall {
  return ([left = now(), right = now()]) => {
    const span = arithmetic('-', left, right);
    return unit === 1
      ? span
      : called('trunc', [arithmetic('/', span, literal(unit))], typed('number'));
  };
}

function comparing(op: '<' | '>' | '='): TimeCall {
  return ([left = now(), right = now()], node) =>
    truthValue(compareValues({ left, op, right }, node));
}

/** date-fns, by function name. */
export const DATE_FNS: Readonly<Record<string, TimeCall>> = {
  ...Object.fromEntries(
    Object.entries(UNITS).flatMap(([unit, size]) => {
      const name = unit[0]?.toUpperCase() + unit.slice(1);
      return [
        [`add${name}s`, shifted('+', size)],
        [`sub${name}s`, shifted('-', size)],
        [`differenceIn${name}s`, difference(size)],
      ];
    }),
  ),
  isBefore: comparing('<'),
  isAfter: comparing('>'),
  isEqual: comparing('='),
  isPast: ([date = now()], node) =>
    truthValue(compareValues({ left: date, op: '<', right: now() }, node)),
  isFuture: ([date = now()], node) =>
    truthValue(compareValues({ left: date, op: '>', right: now() }, node)),
  parseISO: ([date = now()], node) => dateFrom([date], node),
  toDate: ([date = now()], node) => dateFrom([date], node),
};

/** dayjs and luxon-like objects: an instant with methods. */
export function moment(date: Value): Value {
  return {
    kind: 'special',
    name: 'dayjs',
    invoke: (method, args, node) => momentMethod(date, { method, args }, node),
    settle: () => moment(date),
  };
}

function momentMethod(
  date: Value,
  { method, args }: { method: string; args: readonly Value[] },
  node: ts.Node,
): Value | undefined {
  const [first = now(), second] = args;
  const other = (momentOf.get(first) ?? first) as Value;
  const unit = UNITS[String(literalOf(second) ?? 'millisecond').replace(/s$/, '')] ?? 1;
  if (method === 'add' || method === 'subtract') {
    return keep(shifted(method === 'add' ? '+' : '-', unit)([date, first], node));
  }
  if (method === 'isBefore') return comparing('<')([date, other], node);
  if (method === 'isAfter') return comparing('>')([date, other], node);
  if (method === 'isSame') return comparing('=')([date, other], node);
  if (method === 'diff') return difference(unit)([date, other], node);
  if (['toDate', 'valueOf', 'toJSDate', 'toMillis'].includes(method)) return date;
  return method === 'utc' || method === 'clone' || method === 'tz' ? keep(date) : undefined;
}

const momentOf = new WeakMap<object, Value>();

function keep(date: Value): Value {
  const made = moment(date);
  momentOf.set(made, date);
  return made;
}

/** `dayjs(…)`: of nothing it is the present. */
export function dayjs([first = UNDEFINED]: readonly Value[], node: ts.Node): Value {
  return keep(first.kind !== 'undefined' ? dateFrom([momentOf.get(first) ?? first], node) : now());
}

/** Methods of `Date` on an instant. */
export function dateMethod(date: Value, name: string, node: ts.Node): Value | undefined {
  if (['getTime', 'valueOf', 'toISOString', 'toJSON', 'toString'].includes(name)) return date;
  if (/^(get|set|to)/.test(name)) {
    return called(name, [date], typed(name.startsWith('get') ? 'number' : 'string'));
  }
  return toTerm(date).kind === 'opaque' ? unknown(textOf(node)) : undefined;
}
