import type { Json } from '../kernel/digest.ts';

/** A value as seroval's JSON has it: its kind `t`, and what that kind keeps. */
type Node = { readonly [key: string]: Json };

/** The kinds that JSON's values have, and those that answers bring beside (seroval, `constants.ts`). */
const KIND = {
  number: 0,
  string: 1,
  constant: 2,
  reference: 4,
  date: 5,
  array: 9,
  object: 10,
  bare: 11,
  error: 13,
  plugin: 25,
} as const;
/** `null`, `undefined`, `true`, `false` by their numbers; the others are numbers that JSON has no word for. */
const CONSTANTS: readonly Json[] = [null, null, true, false];

/** A value as seroval's `toJSON` writes it, whatever the runtime at the other end can do. */
export function encoded(value: unknown): Json {
  let count = 0;
  const node = (each: unknown): Node => {
    if (typeof each === 'string') return { t: KIND.string, s: escaped(each) };
    if (typeof each === 'number') return { t: KIND.number, s: each };
    if (typeof each !== 'object' || each === null) return { t: KIND.constant, s: constant(each) };
    const i = count;
    count += 1;
    if (Array.isArray(each)) return { t: KIND.array, i, a: each.map(node), o: 0 };
    const p = { k: Object.keys(each).map(escaped), v: Object.values(each).map(node) };
    return { t: KIND.object, i, p, o: 0 };
  };
  return { t: node(value), f: 127, m: [] };
}

function constant(value: unknown): number {
  return value === null ? 0 : value === undefined ? 1 : value === true ? 2 : 3;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\t': '\\t',
  '\f': '\\f',
  '<': '\\x3C',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};
const PLAIN = new Map(Object.entries(ESCAPES).map(([plain, written]) => [written, plain]));

function escaped(text: string): string {
  return text.replace(/["\\\n\r\b\t\f<\u2028\u2029]/g, (found) => ESCAPES[found] ?? found);
}

function unescaped(text: string): string {
  return text.replace(/\\(x3C|u202[89]|.)/g, (found) => PLAIN.get(found) ?? found);
}

/** What seroval's cross JSON stands for, as JSON; null for what JSON has no word for. */
export function decoded(written: Json): Json {
  const known = new Map<Json, Json>();
  const value = (node: Json | undefined): Json => {
    if (!isNode(node)) return null;
    if (node['t'] === KIND.reference) return known.get(node['i'] ?? null) ?? null;
    const found = READ[Number(node['t'])]?.(node, value) ?? null;
    if (node['i'] !== undefined) known.set(node['i'], found);
    return found;
  };
  return value(written);
}

type Read = (node: Node, value: (node: Json | undefined) => Json) => Json;

const READ: Readonly<Record<number, Read>> = {
  [KIND.number]: ({ s }) => s ?? null,
  [KIND.string]: ({ s }) => unescaped(String(s)),
  [KIND.constant]: ({ s }) => CONSTANTS[Number(s)] ?? null,
  [KIND.date]: ({ s }) => String(s),
  [KIND.array]: ({ a }, value) => (Array.isArray(a) ? a.map(value) : []),
  [KIND.object]: fields,
  [KIND.bare]: fields,
  [KIND.error]: ({ m }) => ({ message: unescaped(String(m)) }),
  [KIND.plugin]: ({ s }, value) =>
    Object.fromEntries(Object.entries(isNode(s) ? s : {}).map(([name, of]) => [name, value(of)])),
};

function fields({ p }: Node, value: (node: Json | undefined) => Json): Json {
  const { k, v } = isNode(p) ? p : {};
  if (!Array.isArray(k) || !Array.isArray(v)) return {};
  return Object.fromEntries(k.map((name, at) => [unescaped(String(name)), value(v[at])]));
}

function isNode(value: Json | undefined): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
