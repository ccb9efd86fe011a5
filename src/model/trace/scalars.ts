import type { ts } from '../../kernel/syntax.ts';
import { arrayOf, concat } from './composites.ts';
import { all, type Formula, TRUE } from './formula.ts';
import { atomsOf } from './input-facts.ts';
import { knownText, splitText } from './known-text.ts';
import { anyElement, elementOf } from './lists.ts';
import type { Machine } from './machine.ts';
import { FILLED, isFilledText } from './made.ts';
import { textOf } from './source.ts';
import { called, termsIn, truthValue } from './terms.ts';
import { textCompare } from './text-compare.ts';
import { dateMethod } from './time.ts';
import { isMetElsewhere } from './traversals.ts';
import { compareValues } from './truth.ts';
import { literal, stringOf, type Type, typed, UNDEFINED, unknown, type Value } from './values.ts';

interface Called {
  readonly name: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

const TEXT: Readonly<Record<string, { readonly fn: string; readonly type: Type['base'] }>> = {
  toLowerCase: { fn: 'lower', type: 'string' },
  toLocaleLowerCase: { fn: 'lower', type: 'string' },
  toUpperCase: { fn: 'upper', type: 'string' },
  toLocaleUpperCase: { fn: 'upper', type: 'string' },
  trim: { fn: 'trim', type: 'string' },
  trimStart: { fn: 'trim', type: 'string' },
  trimEnd: { fn: 'trim', type: 'string' },
  slice: { fn: 'substring', type: 'string' },
  substring: { fn: 'substring', type: 'string' },
  substr: { fn: 'substring', type: 'string' },
  subarray: { fn: 'substring', type: 'string' },
  replace: { fn: 'replace', type: 'string' },
  replaceAll: { fn: 'replace', type: 'string' },
  padStart: { fn: 'padStart', type: 'string' },
  charAt: { fn: 'charAt', type: 'string' },
  indexOf: { fn: 'indexOf', type: 'number' },
  getDay: { fn: 'getDay', type: 'number' },
};

/** Methods of strings, numbers and dates, and of request arrays. */
export function scalarMethod(machine: Machine, value: Value, called: Called): Value | undefined {
  const { name, args, node } = called;
  const [first = UNDEFINED] = args;
  if (value.kind === 'term' && value.type.base === 'instant') {
    const date = dateMethod(value, name, node);
    if (date) return date;
  }
  if (['toString', 'toFixed', 'valueOf', 'toISOString', 'normalize', 'getTime'].includes(name))
    return value;
  const contained = contains(value, called);
  if (contained) return truthValue(contained);
  const test = textTest(value, called);
  if (test) return truthValue(test);
  const known = knownText(value, called) ?? knownPlace(value, called);
  if (known) return known;
  if (name === 'concat') return concat([value, ...args]);
  if (name === 'localeCompare')
    return unknown(textOf(node), [...termsIn(value), ...termsIn(first)]);
  const fn = TEXT[name];
  if (fn) return calledOn(fn, value, args);
  if (name === 'split') return splitText(value, first, node);
  return inputArray(machine, value, called);
}

/** Where a text that is written out stands in another. */
function knownPlace(value: Value, { name, args: [part, from] }: Called): Value | undefined {
  const [whole, sought] = [stringOf(value), part && stringOf(part)];
  if (name !== 'indexOf' || from || whole === undefined || sought === undefined) return undefined;
  return literal(whole.indexOf(sought));
}

/** What they make of a text is as long as it. */
const CASES: ReadonlySet<string> = new Set(['lower', 'upper']);

function calledOn(
  known: { fn: string; type: Type['base'] },
  value: Value,
  args: readonly Value[],
): Value {
  const isKept = CASES.has(known.fn) && isFilledText(value);
  return called(known.fn, [value, ...args], isKept ? FILLED : typed(known.type));
}

/** `startsWith`, `endsWith` and `includes` of text are LIKE patterns. */
function textTest(value: Value, { name, args, node }: Called): Formula | undefined {
  const [first = UNDEFINED] = args;
  const part = stringOf(first);
  if (part === undefined || value.kind !== 'term') return undefined;
  const escaped = part.replace(/[\\%_]/g, '\\$&');
  const pattern =
    name === 'startsWith'
      ? `${escaped}%`
      : name === 'endsWith'
        ? `%${escaped}`
        : name === 'includes'
          ? `%${escaped}%`
          : undefined;
  if (pattern === undefined || (name === 'includes' && isArraySchema(value))) return undefined;
  const said = stringOf(value);
  if (said !== undefined) {
    const holds =
      name === 'startsWith'
        ? said.startsWith(part)
        : name === 'endsWith'
          ? said.endsWith(part)
          : said.includes(part);
    return compareValues({ left: literal(holds), op: '=', right: literal(true) }, node);
  }
  return textCompare(value, { op: 'like', pattern }, node);
}

/** `row.countries.includes(x)`: x is one of the elements of an array column. */
function contains(value: Value, { name, args, node }: Called): Formula | undefined {
  const [wanted] = args;
  if (name !== 'includes' || value.kind !== 'term' || value.term.kind !== 'column')
    return undefined;
  if (!wanted || !isArraySchema(value)) return undefined;
  const element = called('element', [value], typed('unknown'));
  return compareValues({ left: wanted, op: '=', right: element }, node);
}

function isArraySchema(value: Value & { kind: 'term' }): boolean {
  return value.type.schema?.['type'] === 'array';
}

/** What the elements of a list in the request are, which a `filter` has left. */
const left = new WeakMap<Value, Formula>();

/** The list, of which those elements are met from here on for which a predicate is true; what it is else stays. */
function filteredInput(
  machine: Machine,
  list: Value,
  { one, args: [fn], node }: Pick<Called, 'args' | 'node'> & { one: Value },
): Value {
  if (fn?.kind !== 'closure') return list;
  const when = machine.truth(machine.call(fn, [one], node), fn.node.body ?? node);
  if (!atomsOf(when).every(({ kind }) => kind === 'input' || kind === 'member')) return list;
  const kept = { ...list };
  left.set(kept, all([left.get(list) ?? TRUE, when]));
  return kept;
}

/** Array methods on a list in the request: its first element stands for all. */
function inputArray(
  machine: Machine,
  value: Value,
  { name, args, node }: Called,
): Value | undefined {
  if (value.kind !== 'term' || value.term.kind !== 'input') return undefined;
  if (name === 'filter') {
    const one = elementOf(machine, value, node);
    return filteredInput(machine, value, { one, args, node });
  }
  if (['flat', 'slice', 'sort', 'toSorted', 'reverse', 'values'].includes(name)) return value;
  if (
    ![
      'map',
      'flatMap',
      'forEach',
      'some',
      'every',
      'find',
      'includes',
      'has',
      'reduce',
      'join',
      'entries',
    ].includes(name)
  ) {
    return undefined;
  }
  const one = anyElement(machine, value, node);
  const when = isMetElsewhere(machine, value.term, node) ? null : (left.get(value) ?? null);
  return machine.invoke(arrayOf([{ value: one, when }]), { name, args }, node);
}
