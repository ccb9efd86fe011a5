import type { Column } from '../../db/db.ts';

export type ColumnType =
  | 'text'
  | 'uuid'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'instant'
  | 'date'
  | 'json'
  | 'other';

const FAMILIES: readonly (readonly [RegExp, ColumnType])[] = [
  [/^uuid/, 'uuid'],
  [/^(small|big)?int|^int\d|^(small|big)?serial|^integer/, 'integer'],
  [/^(numeric|decimal|real|double|float|money)/, 'number'],
  [/^bool/, 'boolean'],
  [/^timestamp/, 'instant'],
  [/^date$/, 'date'],
  [/^json/, 'json'],
  [/^(text|varchar|char|character|citext|bpchar|name)/, 'text'],
];

/** The family of values a column takes; enum types are text with labels. */
export function typeOf(column: Column): ColumnType {
  if (column.array) return 'other';
  if (column.values) return 'text';
  return FAMILIES.find(([pattern]) => pattern.test(column.type))?.[1] ?? 'other';
}
