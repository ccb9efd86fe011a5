import type { Column } from '../../db/db.ts';
import { typeOf } from './column-type.ts';

/** Whether a literal (an instant as milliseconds from now) can be put into a column. */
export function fitsColumn(column: Column, datum: string | number | boolean): boolean {
  switch (typeOf(column)) {
    case 'integer':
      return Number.isInteger(Number(datum)) && Math.abs(Number(datum)) <= integerLimit(column);
    case 'number':
      return datum !== '' && Number.isFinite(Number(datum));
    case 'instant':
    case 'date':
      return typeof datum === 'number' || !Number.isNaN(Date.parse(String(datum)));
    case 'boolean':
      return typeof datum === 'boolean';
    case 'uuid':
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(String(datum));
    case 'text':
      if (typeof datum !== 'string') return false;
      if (column.values) return column.values.includes(datum);
      return datum.length <= (column.maxLength ?? Number.POSITIVE_INFINITY) && fills(column, datum);
    case 'json':
    case 'other':
      return true;
  }
}

/** How long the texts of a `char(n)` are: a shorter one would come back with blanks; null for others. */
export function widthOf({ type, maxLength }: Column): number | null {
  return /^(char|character|bpchar)(\(|$)/.test(type) ? (maxLength ?? 1) : null;
}

function fills(column: Column, text: string): boolean {
  const width = widthOf(column);
  return width === null || text.length === width;
}

function integerLimit(column: Column): number {
  if (/^(smallint|int2|smallserial)/.test(column.type)) return 32_767;
  return /^(bigint|int8|bigserial)/.test(column.type) ? Number.MAX_SAFE_INTEGER : 2_147_483_647;
}
