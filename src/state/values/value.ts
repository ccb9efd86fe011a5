import type { Column } from '../../db/db.ts';
import type { Json } from '../../kernel/digest.ts';
import type { Draw } from '../../kernel/draw.ts';
import type { Domain } from './domain.ts';
import type { Family } from './family.ts';

/** What a value is wanted for. `max` is the greatest length of a text. */
export interface Wanted {
  readonly table: string;
  readonly column: Pick<Column, 'name' | 'type' | 'values' | 'array'>;
  readonly family: Family;
  readonly domain: Domain;
  readonly max: number | null;
  readonly draw: Draw;
}

/** A value that is an offset from the database's clock, in milliseconds. */
export interface Offset {
  readonly now: number;
}

/**
 * A kind of value: adding one is a file here and a line in `registry.ts`. `version` is part of the key,
 * so raising it changes its own values only. `name` is what `{fake: name}` asks for.
 */
export interface ValueKind {
  readonly name: string;
  readonly version: number;
  readonly families: readonly Family[];
  /** Matches the words of the column's name, joined by `_`; absent where the family alone decides. */
  readonly matches?: RegExp;
  /** Only where the table's name matches as well. */
  readonly within?: RegExp;
  make(wanted: Wanted): Json | Offset;
}

export function isOffset(value: unknown): value is Offset {
  return typeof value === 'object' && value !== null && 'now' in value;
}

/** `userEmail`, `user-email` and `UserEMAIL` as `user_email`. */
export function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
}

/** Cuts a text to a length without leaving a space at its end. */
export function cut(text: string, max: number | null): string {
  return max !== null && text.length > max ? text.slice(0, max).trimEnd() : text;
}
