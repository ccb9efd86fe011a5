import type { Native, Value } from '../../static/value.ts';
import { nativeOf, textOf } from '../../static/value.ts';

/** SQL as code writes it out: `sql`now()``, `knex.raw('now()')`. */
export interface Raw extends Native {
  readonly type: 'raw-sql';
  readonly text: string;
}

export function raw(text: string): Raw {
  return { type: 'raw-sql', text };
}

/** The SQL a value is; undefined where it is no raw SQL. */
export function rawOf(value: Value | undefined): string | undefined {
  const native = nativeOf(value);
  return native?.type === 'raw-sql' ? (native as Raw).text : undefined;
}

/** A value as a literal in SQL; raw SQL stays as it is. */
export function literalSql(value: Value | undefined): string {
  const written = rawOf(value);
  if (written !== undefined) return written;
  if (value?.kind !== 'literal') return 'NULL';
  return typeof value.value === 'string'
    ? `'${value.value.replaceAll("'", "''")}'`
    : String(value.value ?? 'NULL').toUpperCase();
}

/** A name, quoted; one with a dot is a table of another schema. */
export function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');
}

export function quotedList(names: readonly string[]): string {
  return names.map(quoted).join(', ');
}

/** The texts in a list, or the one text there is. */
export function textsOf(value: Value | undefined): string[] {
  const items = value?.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => textOf(item) ?? []);
}
