import { type Type, term, typed, type Value } from './values.ts';

/** A text with something in it. */
export const FILLED: Type = { ...typed('string'), schema: { type: 'string', minLength: 1 } };

/** What the process makes up by itself: bytes and ids drawn at random, keys, and what is made of those. */
export function madeUp(): Value {
  return term({ kind: 'call', fn: 'random', args: [] }, FILLED);
}

export function isFilled({ schema }: Type): boolean {
  return Number(schema?.['minLength']) > 0;
}

/** Whether a text has something in it whatever requests carry and tables hold. */
export function isFilledText(value: Value): boolean {
  if (value.kind !== 'term') return false;
  const { term, type } = value;
  if (term.kind === 'literal') return typeof term.value === 'string' && term.value !== '';
  return type.base === 'string' && !type.nullable && term.kind === 'call' && isFilled(type);
}
