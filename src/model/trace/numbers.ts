import type { ts } from '../../kernel/syntax.ts';
import { atom, not } from './formula.ts';
import { placeAt, textOf } from './source.ts';
import { called, overChoice, termsIn, truthValue } from './terms.ts';
import { literal, literalOf, typed, unknown, type Value } from './values.ts';

/** `Number(value)`. */
export function toNumber(value: Value): Value {
  const said = literalOf(value);
  if (said !== undefined && said !== null) return literal(Number(said));
  if (value.kind === 'choice') return overChoice(value, toNumber);
  if (value.kind !== 'term') return value;
  return { ...value, type: { ...value.type, base: 'number' } };
}

/** `+value`; a time stays what it is, and is compared as one. */
export function signed(value: Value): Value {
  return overChoice(value, (each) =>
    each.kind === 'term' && each.type.base === 'instant' ? each : toNumber(each),
  );
}

/** `base ** exponent`, where both are written out. */
export function power(base: Value, exponent: Value): Value | undefined {
  const [one, other] = [literalOf(base), literalOf(exponent)];
  return typeof one === 'number' && typeof other === 'number' ? literal(one ** other) : undefined;
}

/** `Number.isNaN(value)`. */
export function isNotNumber(value: Value, node: ts.Node): Value {
  return overChoice(value, (each) => notNumber(each, node));
}

/** `Number.isFinite(value)`. */
export function isFiniteNumber(value: Value, node: ts.Node): Value {
  return overChoice(value, (each) => aNumber(each, node));
}

function notNumber(value: Value, node: ts.Node): Value {
  if (value.kind === 'term' && value.term.kind === 'input') {
    const { from, path } = value.term;
    return truthValue(
      atom({ kind: 'input', is: 'invalid', at: placeAt(node), from, path: [...path] }),
    );
  }
  return value.kind === 'term' ? literal(false) : unknown(textOf(node), termsIn(value));
}

/** Any other number than what is none is finite. */
function aNumber(value: Value, node: ts.Node): Value {
  const none = notNumber(value, node);
  if (none.kind === 'test') return truthValue(not(none.formula));
  const isNumber = value.kind === 'term' && value.type.base === 'number';
  return isNumber ? literal(true) : unknown(textOf(node), termsIn(value));
}

/** `Math.floor(value)` and its kin. */
export function math(fn: string, args: readonly Value[]): Value {
  const said = args.map(literalOf);
  const sure = said.filter((each) => typeof each === 'number');
  const known = MATH[fn];
  if (known && sure.length === said.length) return literal(known(...sure));
  // The greatest is no less than each number that is written out.
  const least = fn === 'max' && sure.length > 0 ? { minimum: Math.max(...sure) } : null;
  return called(fn, args, { ...typed('number'), schema: least });
}

const MATH: Readonly<Record<string, (...args: number[]) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  trunc: Math.trunc,
  abs: Math.abs,
  min: Math.min,
  max: Math.max,
};
