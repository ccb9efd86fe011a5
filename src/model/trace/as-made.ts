import type { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import type { Cell, Fields, Value } from './values.ts';

/** Something that an app makes as it starts, and that its code may fill before requests come. */
export interface AsMade {
  readonly fields: Fields;
  /** The variable that holds it, where it is an object written out. */
  readonly name: ts.Identifier | null;
  /** What was found to be in its fields since. */
  readonly since: Map<string, Value | undefined>;
}

const made = new WeakMap<Cell<Fields>, AsMade>();

/** Remembers what was made as the app starts; what a request makes for itself is nobody else's to fill. */
export function noteMade(
  machine: Machine,
  fields: Cell<Fields>,
  name: ts.Identifier | null = null,
): void {
  if (!machine.starting || made.has(fields)) return;
  made.set(fields, { fields: fields.value, name, since: new Map() });
}

export function madeAs(fields: Cell<Fields>): AsMade | undefined {
  return made.get(fields);
}
