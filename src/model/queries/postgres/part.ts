import type { Formula } from '../../trace/formula.ts';
import type { Value } from '../../trace/values.ts';

/** A piece of a statement: text, a parameter, or one of two where a condition decides. */
export type Part =
  | string
  | { readonly value: Value }
  | { readonly when: Formula; readonly yes: readonly Part[]; readonly no: readonly Part[] };

/** `sql(rows)`, `sql(row, 'a', 'b')`. */
export interface Helper {
  readonly first: Value;
  readonly columns: readonly Value[];
}

/** A name, whose dots lead from a table to its column. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll('.', '"."')}"`;
}
