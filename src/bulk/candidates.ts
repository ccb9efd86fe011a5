import type { LayoutColumn, SqlType } from '../db/db.ts';
import type { Draw } from '../kernel/draw.ts';
import type { Hints } from './check-hints.ts';
import { jsonOf, shapeOf } from './json-shape.ts';
import {
  baseOf,
  compositeOf,
  dateText,
  lengthOf,
  literalOf,
  quoteElement,
  scaleOf,
  type Types,
} from './literal.ts';
import { textFor } from './pattern.ts';

/** A column whose values are tried against CHECKs. */
export interface Tried {
  readonly column: LayoutColumn;
  readonly nullable: boolean;
  readonly hints: Hints;
  readonly checks: readonly string[];
  /** What a word list would give it, if one fits its name. */
  readonly word: ((draw: Draw) => string) | null;
}

/** A value a CHECK might want; many are wrong, and the database says which. `day` is near the row's other dates. */
export function candidateOf(
  tried: Tried,
  types: Types,
  { draw, day }: { draw: Draw; day: number },
): string | null {
  const { column, hints } = tried;
  if (tried.nullable && draw.int(2) === 0) return null;
  const { base, typmod } = baseOf(column, types);
  if (column.default !== null && draw.int(4) === 0) {
    const literal = /^'((?:[^']|'')*)'(?:::[\w ."]+(?:\(\d+\))?)?$|^(-?[\d.]+)$/.exec(
      column.default,
    );
    if (literal) return literal[2] ?? literal[1]?.replaceAll("''", "'") ?? null;
  }
  if (base.array) return arrayOf(tried, types, draw);
  if (base.kind === 'c') return compositeNear(tried, base, { types, draw });
  if (/^jsonb?$/.test(base.name)) return JSON.stringify(jsonOf(shapeOf(tried.checks), draw));
  if (/^(int[248]|numeric|float[48]|money)$/.test(base.name)) {
    return numberNear(hints.numbers, { name: base.name, typmod, draw });
  }
  const near = hints.days.length > 0 && draw.int(4) > 0 ? draw.pick(hints.days) : null;
  if (base.name === 'date')
    return dateText(near === null ? day + draw.int(120) : near - 2 + draw.int(5));
  if (/^timestamp/.test(base.name)) {
    const time = `${String(draw.int(24)).padStart(2, '0')}:${String(draw.int(60)).padStart(2, '0')}:00`;
    return `${dateText(near === null ? day + draw.int(120) : near - 2 + draw.int(5))} ${time}+00`;
  }
  if (/^(text|varchar|bpchar|citext|name)$/.test(base.name)) {
    const max = lengthOf(column, types);
    const text = textNear(tried, draw);
    return max === null ? text : text.slice(0, max);
  }
  return literalOf(column, types, draw);
}

function textNear({ hints, word }: Tried, draw: Draw): string {
  if (hints.texts.length > 0 && draw.int(3) > 0) return draw.pick(hints.texts);
  if (hints.patterns.length > 0 && draw.int(8) > 0) {
    const text = textFor(draw.pick(hints.patterns), draw);
    if (text !== null) return text;
  }
  if (hints.calls && draw.int(4) > 0) return draw.pick(SHAPES)(draw);
  if (draw.int(4) === 0 && hints.numbers.length > 0) {
    const length = Math.min(200, Math.max(1, Math.abs(draw.pick(hints.numbers))));
    return textFor(`^[a-z]{${Math.ceil(length)}}$`, draw) ?? '';
  }
  return word?.(draw) ?? draw.pick(['amber', 'birch', 'cedar', 'delta', 'fjord']);
}

/** Where a CHECK asks whether something is NULL, half of the fields are. */
function compositeNear(
  { checks }: Tried,
  base: SqlType,
  { types, draw }: { types: Types; draw: Draw },
): string {
  const asked = checks.some((check) => /\bIS (NOT )?NULL\b/i.test(check));
  return compositeOf(base, types, { draw, missing: () => asked && draw.int(2) === 0 });
}

function arrayOf({ column, hints }: Tried, types: Types, draw: Draw): string | null {
  const { base } = baseOf(column, types);
  const element = { type: base.element, typmod: column.typmod };
  const { name } = baseOf(element, types).base;
  if (/^(int[248]|numeric|float[48])$/.test(name) && hints.numbers.length > 0) {
    const items = Array.from({ length: 1 + draw.int(3) }, () => draw.pick(hints.numbers));
    const top = Math.max(...hints.numbers);
    const rest = top - items.slice(1).reduce((sum, one) => sum + one, 0);
    return `{${[draw.int(2) === 0 ? items[0] : rest, ...items.slice(1)].join(',')}}`;
  }
  if (/^(text|varchar)$/.test(name) && hints.texts.length > 0) {
    return `{${Array.from({ length: 1 + draw.int(3) }, () => quoteElement(draw.pick(hints.texts))).join(',')}}`;
  }
  return literalOf(column, types, draw);
}

function numberNear(
  hints: readonly number[],
  { name, typmod, draw }: { name: string; typmod: number; draw: Draw },
): string {
  const { whole, scale } = scaleOf(typmod);
  const cap =
    name === 'int2' ? 32_767 : name === 'numeric' ? 10 ** Math.min(whole, 15) - 1 : 2 ** 31 - 1;
  const [low, high] = hints.length > 0 ? [Math.min(...hints), Math.max(...hints)] : [0, 1000];
  const span = high > low ? high - low : Math.max(100, Math.abs(high));
  const kind = draw.int(4);
  let value = low + (draw.int(1_000_001) / 1_000_000) * span;
  if (kind === 0 && hints.length > 0) value = draw.pick(hints);
  if (kind === 1) value = draw.pick([high, low]) + draw.int(1000);
  value = Math.max(-cap, Math.min(cap, value));
  return /^int/.test(name)
    ? String(Math.round(value))
    : value.toFixed(Math.max(0, Math.min(scale, 6)));
}

/** Texts that functions are often asked about: their check digits are worked out, not tried. */
const SHAPES: readonly ((draw: Draw) => string)[] = [
  luhn,
  iban,
  (draw) => `user${draw.int(1_000_000)}@example.test`,
  (draw) => `https://example.test/${draw.hex(8)}`,
  (draw) => `item-${draw.hex(6)}`,
  (draw) => `+1555${String(draw.int(10_000_000)).padStart(7, '0')}`,
];

function luhn(draw: Draw): string {
  const digits = ['4', ...Array.from({ length: 14 }, () => String(draw.int(10)))];
  const sum = digits.reduce((total, digit, at) => {
    const doubled = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${digits.join('')}${(10 - (sum % 10)) % 10}`;
}

function iban(draw: Draw): string {
  const account = Array.from({ length: 18 }, () => String(draw.int(10))).join('');
  const rest = BigInt(`${account}131400`) % 97n;
  return `DE${String(98n - rest).padStart(2, '0')}${account}`;
}
