import { type RowValue, term, typed, UNDEFINED, unknown, type Value } from './values.ts';

/** A row's field as it was read. */
export function rowField(row: RowValue, name: string): Value {
  const own = row.fields.get(name);
  if (own) return own;
  const column = row.table?.columns.find((candidate) => candidate.property === name);
  if (!column) return row.table ? UNDEFINED : unknown(`${row.id}.${name}`);
  const key = row.table?.primaryKey.includes(column.name);
  const type = columnType(column);
  const whole = { kind: 'column', row: row.id, column: column.name } as const;
  return term(whole, key && type.base === 'string' ? { ...type, schema: FILLED } : type);
}

/** A text that is never empty: a key, a UUID. */
const FILLED = { minLength: 1 };

/** How a column's value behaves in JavaScript. */
export function columnType(column: { type: string; nullable: boolean; array: boolean }) {
  const base = /^bool/.test(column.type)
    ? 'boolean'
    : /^(int|smallint|bigint|real|double|numeric|decimal|serial|bigserial|smallserial|float)/.test(
          column.type,
        )
      ? 'number'
      : /^(timestamp|date|time)/.test(column.type)
        ? 'instant'
        : /^(text|varchar|char|uuid|citext)/.test(column.type)
          ? 'string'
          : 'unknown';
  const { nullable } = column;
  if (/^uuid/.test(column.type) && !column.array)
    return { ...typed(base, nullable), schema: FILLED };
  return column.array
    ? { base: 'unknown' as const, nullable, schema: { type: 'array' } }
    : typed(base, nullable);
}
