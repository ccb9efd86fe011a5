import { ts } from '../../kernel/syntax.ts';
import { textOf } from './source.ts';
import { overChoice, termsIn } from './terms.ts';
import { literalOf, type Type, term, unknown, type Value } from './values.ts';

/** Whole numbers of any size are told from others by this: their bits are not cut to 32. */
const BIG: Type = {
  base: 'number',
  nullable: false,
  schema: { type: 'integer', format: 'bigint' },
};

const TOGETHER: ReadonlyMap<ts.SyntaxKind, (left: bigint, right: bigint) => bigint> = new Map([
  [ts.SyntaxKind.BarToken, (left, right) => left | right],
  [ts.SyntaxKind.AmpersandToken, (left, right) => left & right],
  [ts.SyntaxKind.CaretToken, (left, right) => left ^ right],
  [ts.SyntaxKind.LessThanLessThanToken, (left, right) => left << right],
  [ts.SyntaxKind.GreaterThanGreaterThanToken, (left, right) => left >> right],
]);

const SHIFTS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.LessThanLessThanToken,
  ts.SyntaxKind.GreaterThanGreaterThanToken,
]);

/** As far as bits are shifted. */
const FARTHEST = 64;

const ASSIGNED: ReadonlyMap<ts.SyntaxKind, ts.SyntaxKind> = new Map([
  [ts.SyntaxKind.BarEqualsToken, ts.SyntaxKind.BarToken],
  [ts.SyntaxKind.AmpersandEqualsToken, ts.SyntaxKind.AmpersandToken],
  [ts.SyntaxKind.CaretEqualsToken, ts.SyntaxKind.CaretToken],
]);

/** `BigInt(x)`, `1n`: a value as a whole number of any size. */
export function bigNumber(value: Value): Value {
  if (value.kind === 'choice') return overChoice(value, bigNumber);
  const said = literalOf(value);
  if (said === undefined || said === null)
    return value.kind === 'term' ? { ...value, type: { ...value.type, base: 'number' } } : value;
  const number = Number(said);
  return Number.isSafeInteger(number) ? whole(number, true) : unknown(`BigInt(${said})`);
}

export function isBig(value: Value): boolean {
  return value.kind === 'term' && value.type.schema === BIG.schema;
}

/** `a | b` and its kin, where both are written out; undefined for any other operator. */
export function bitwise(node: ts.BinaryExpression, left: Value, right: Value): Value | undefined {
  const { kind: written } = node.operatorToken;
  const kind = ASSIGNED.get(written) ?? written;
  const run = TOGETHER.get(kind);
  if (!run) return undefined;
  const big = isBig(left) || isBig(right);
  const [one, given] = [left, right].map(wholeOf);
  const other = given !== undefined && !big && SHIFTS.has(kind) ? given & 31 : given;
  const isFar = other !== undefined && SHIFTS.has(kind) && Math.abs(other) > FARTHEST;
  if (one === undefined || other === undefined || isFar)
    return unknown(textOf(node), [...termsIn(left), ...termsIn(right)]);
  const cut = (bits: bigint) => (big ? bits : BigInt.asIntN(32, bits));
  const value = Number(cut(run(cut(BigInt(one)), cut(BigInt(other)))));
  return Number.isSafeInteger(value) ? whole(value, big) : unknown(textOf(node));
}

function wholeOf(value: Value): number | undefined {
  const said = literalOf(value);
  return typeof said === 'number' && Number.isSafeInteger(said) ? said : undefined;
}

/** `~a`; undefined where it is not written out. */
export function inverted(value: Value): Value | undefined {
  const said = wholeOf(value);
  const big = isBig(value);
  return said === undefined ? undefined : whole(big ? -said - 1 : ~said, big);
}

function whole(value: number, big: boolean): Value {
  return term({ kind: 'literal', value }, big ? BIG : { ...BIG, schema: null });
}
