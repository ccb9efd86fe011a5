import type { SelectStmt } from 'libpg-query';
import type { Special, Value } from '../../trace/values.ts';

const statements = new WeakMap<Special, () => SelectStmt>();

/** Says that a builder stands for a select, so that others can take it as a subquery. */
export function standsFor(made: Special, statement: () => SelectStmt): void {
  statements.set(made, statement);
}

/** The select a value stands for, where it is a builder of one. */
export function selectOf(value: Value | undefined): SelectStmt | undefined {
  return value?.kind === 'special' ? statements.get(value)?.() : undefined;
}
