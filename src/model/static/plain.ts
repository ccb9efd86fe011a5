import { ts } from '../../kernel/syntax.ts';
import type { Machine, Primitive, Semantics, Value } from './value.ts';
import { literal, textOf } from './value.ts';

const MADE: Readonly<Record<string, (value: Primitive) => string | number | undefined>> = {
  String,
  Number,
  encodeURIComponent: (value) => encodeURIComponent(String(value)),
  decodeURIComponent: (value) => decoded(String(value)),
};

/** Undefined where it throws. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** `String(2)`, `Number('2')` of what is written out; undefined for any other call. */
export function plainCall(
  machine: Machine,
  target: ts.Expression,
  [first]: readonly Value[],
): Value | undefined {
  const make = ts.isIdentifier(target) ? MADE[target.text] : undefined;
  if (!make || first?.kind !== 'literal' || machine.names.meaning(target as ts.Identifier))
    return undefined;
  const made = make(first.value);
  return made === undefined ? undefined : literal(made);
}

const PARTS = ['major', 'minor', 'patch'];

/** What semver says of a version that is written out. */
export const VERSION_SEMANTICS: Semantics = {
  call: (_, { package: from, path }, { args: [version] }) => {
    const at = from === 'semver' ? PARTS.indexOf(path.at(-1) ?? '') : -1;
    const part = /^v?(\d+)\.(\d+)\.(\d+)/.exec(textOf(version) ?? '')?.[at + 1];
    return at < 0 || part === undefined ? undefined : literal(Number(part));
  },
};
