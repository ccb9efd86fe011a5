import { createHash } from 'node:crypto';
import { type Datum, isFresh, type Scalar } from './formula.ts';

type Pure = (args: readonly Scalar[]) => Datum | undefined;

const number = (of: (value: number) => number): Pure => {
  return ([value]) =>
    value === null || value === undefined || Number.isNaN(Number(value))
      ? undefined
      : of(Number(value));
};
const text = (of: (value: string, other: string) => Scalar): Pure => {
  return ([value, other]) =>
    value === null || value === undefined ? null : of(String(value), String(other ?? ''));
};
const slice: Pure = ([value, from, to]) =>
  value === null || value === undefined
    ? null
    : String(value).slice(Number(from), to === undefined || to === null ? undefined : Number(to));
const numbers = (args: readonly Scalar[]) => args.filter((arg) => arg !== null).map(Number);

const hash = (name: string) =>
  text((value, encoding) =>
    createHash(name)
      .update(value)
      .digest(encoding === 'base64' || encoding === 'base64url' ? encoding : 'hex'),
  );

const PURE: Readonly<Record<string, Pure>> = {
  lower: text((value) => value.toLowerCase()),
  upper: text((value) => value.toUpperCase()),
  trim: text((value) => value.trim()),
  string: text((value) => value),
  length: text((value) => value.length),
  typeof: ([value]) => typeof value,
  substring: slice,
  charAt: ([value, at]) => String(value ?? '').charAt(Number(at)),
  indexOf: ([value, part]) => String(value ?? '').indexOf(String(part)),
  splitPart: ([value, by, at]) => String(value ?? '').split(String(by))[Number(at)] ?? null,
  matchPart: ([value, source, at, flags]) =>
    new RegExp(String(source), String(flags)).exec(String(value ?? ''))?.[Number(at)] ?? null,
  startsWith: text((value, other) => value.startsWith(other)),
  endsWith: text((value, other) => value.endsWith(other)),
  includes: text((value, other) => value.includes(other)),
  isUrl: ([value]) => URL.canParse(String(value)),
  urlPart: ([value, name]) =>
    URL.canParse(String(value)) ? String(Reflect.get(new URL(String(value)), String(name))) : null,
  floor: number(Math.floor),
  ceil: number(Math.ceil),
  round: number(Math.round),
  trunc: number(Math.trunc),
  abs: number(Math.abs),
  number: number((value) => value),
  boolean: ([value]) => Boolean(value),
  not: ([value]) => !value,
  min: (args) => Math.min(...numbers(args)),
  max: (args) => Math.max(...numbers(args)),
  concat: (args) => args.map((arg) => arg ?? '').join(''),
  sha256: hash('sha256'),
  sha512: hash('sha512'),
  sha1: hash('sha1'),
  md5: hash('md5'),
  coalesce: (args) => args.find((arg) => arg !== null) ?? null,
};

const ALIASES: Readonly<Record<string, string>> = {
  toLowerCase: 'lower',
  toUpperCase: 'upper',
  String: 'string',
  toString: 'string',
  Number: 'number',
  parseInt: 'trunc',
  parseFloat: 'number',
  Boolean: 'boolean',
  char_length: 'length',
};

/** Functions that leave a value in canonical form as it is, so that both sides may be the same value. */
const TRANSPARENT = new Set(['lower', 'trim', 'string', 'number', 'trunc', 'getTime', 'date']);

export function isTransparent(fn: string): boolean {
  return TRANSPARENT.has(ALIASES[fn] ?? fn);
}

/** Functions whose result says what their argument must have been, and nothing else does. */
export function isDigest(fn: string): boolean {
  return /^(sha(1|256|512)|md5)$/.test(fn);
}

export function isKnownCall(fn: string): boolean {
  const name = ALIASES[fn] ?? fn;
  return name in PURE || TRANSPARENT.has(name) || name === 'element';
}

/** The value of a pure function we know; undefined for others and for open arguments. */
export function applyCall(fn: string, args: readonly (Datum | undefined)[]): Datum | undefined {
  const name = ALIASES[fn] ?? fn;
  const [first] = args;
  if (TRANSPARENT.has(name) && isFresh(first)) return first;
  if (name === 'getTime' || name === 'date') return first;
  const known: Scalar[] = [];
  for (const arg of args) {
    if (arg === undefined || isFresh(arg)) {
      return name === 'coalesce' && known.every((item) => item === null) ? arg : undefined;
    }
    known.push(arg);
  }
  return PURE[name]?.(known);
}
