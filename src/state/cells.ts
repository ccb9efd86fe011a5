import type { Column, Table } from '../db/db.ts';
import type { Json } from '../kernel/digest.ts';
import { refOf, type Value } from '../plan/plan.ts';
import type { Cell } from './draft.ts';
import type { Param, Unique } from './state.ts';
import { domainOf } from './values/domain.ts';
import { draw } from './values/draw.ts';
import { familyOf, rangeOf } from './values/family.ts';
import { generateKind, type Spot } from './values/generate.ts';
import { isOffset } from './values/value.ts';

const UNIT_MS = { D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;

/** An ISO 8601 duration of days and less, in milliseconds. */
export function durationMs(duration: string): number {
  const sign = duration.startsWith('-') ? -1 : 1;
  let ms = 0;
  for (const [, amount = '0', unit] of duration.matchAll(/(\d+(?:\.\d+)?)([DHMS])/g)) {
    ms += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }
  return sign * Math.round(ms);
}

/** A plan's value as what goes into a column; `spot` pins what the seed picks. */
export function cellOf(value: Value, spot: Spot): Cell {
  const ref = refOf(value);
  if (ref) return { kind: 'ref', row: ref.row, column: ref.column, index: spot.index };
  return { kind: 'param', param: paramOf(value, spot) };
}

function paramOf(value: Value, spot: Spot): Param {
  const { column } = spot;
  if (typeof value !== 'object' || value === null) return constant(value, column);
  if ('now' in value) return { kind: 'now', ms: durationMs(value.now) };
  if ('json' in value) return constant(value.json, column);
  if ('unique' in value) return unique(numbered(value.unique, spot.index), spot.table, column);
  if ('oneOf' in value) {
    const place = [spot.table.id, column.name, spot.row, spot.index] as const;
    return constant(draw(spot.seed, 'oneOf', ...place).pick(value.oneOf), column);
  }
  const made = 'fake' in value ? generateKind(value.fake, spot) : undefined;
  if (isOffset(made)) return { kind: 'now', ms: made.now };
  return constant(made ?? null, column);
}

/** A value that is the same in every run, written as the driver sends it to that column. */
export function constant(value: unknown, column: Column): Param {
  return { kind: 'value', value: encode(value as Json, column) };
}

export function unique(text: string, table: Table, column: Column): Unique {
  const family = familyOf(column);
  if (family === 'uuid') return { kind: 'unique', text, form: 'uuid', max: null };
  if (family === 'integer' || family === 'numeric') {
    const max = domainOf(table, column).max ?? rangeOf(column.type).max;
    return { kind: 'unique', text, form: 'integer', max };
  }
  return { kind: 'unique', text, form: 'text', max: column.maxLength };
}

function numbered(text: string, index: number): string {
  return index === 0 ? text : `${text}${index + 1}`;
}

function encode(value: Json, column: Column): Json {
  if (value === null) return null;
  if (column.array && Array.isArray(value)) return arrayLiteral(value);
  if (familyOf(column) === 'json') return JSON.stringify(value);
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function arrayLiteral(items: readonly Json[]): string {
  const each = items.map((item) => {
    if (item === null) return 'NULL';
    if (Array.isArray(item)) return arrayLiteral(item);
    const text = typeof item === 'object' ? JSON.stringify(item) : String(item);
    return `"${text.replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${each.join(',')}}`;
}
