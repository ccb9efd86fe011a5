import type { Column } from '../../db/db.ts';

/** What PostgreSQL's type names come down to when a value has to be made or written. */
export type Family =
  | 'text'
  | 'integer'
  | 'numeric'
  | 'float'
  | 'boolean'
  | 'timestamptz'
  | 'timestamp'
  | 'date'
  | 'time'
  | 'interval'
  | 'uuid'
  | 'json'
  | 'bytea'
  | 'inet'
  | 'enum'
  | 'other';

/** The family of a column's element type: an array column has the family of what it holds. */
export function familyOf(column: Pick<Column, 'type' | 'values'>): Family {
  if (column.values) return 'enum';
  return FAMILIES[bareType(column.type)] ?? 'other';
}

/** `numeric(10,2)[]` is `numeric`; `timestamp(3) with time zone` is `timestamp with time zone`. */
export function bareType(type: string): string {
  return type
    .toLowerCase()
    .replace(/\s*\(.*?\)/g, '')
    .replace(/(\[\d*\])+$/, '')
    .replace(/^pg_catalog\./, '')
    .trim();
}

/** The greatest and least value of a numeric type, and its digits after the point. */
export function rangeOf(type: string): { min: number; max: number; scale: number } {
  const bare = bareType(type);
  const declared = /\((\d+)(?:\s*,\s*(\d+))?\)/.exec(type);
  const scale = declared?.[2] ? Number(declared[2]) : 0;
  if (bare === 'smallint' || bare === 'int2' || bare === 'smallserial') return whole(2 ** 15);
  if (bare === 'integer' || bare === 'int4' || bare === 'int' || bare === 'serial') {
    return whole(2 ** 31);
  }
  if (declared && FAMILIES[bare] === 'numeric') {
    const max = 10 ** (Number(declared[1]) - scale) - 10 ** -scale;
    return { min: -max, max, scale };
  }
  const max = Number.MAX_SAFE_INTEGER;
  return { min: -max, max, scale: FAMILIES[bare] === 'integer' ? 0 : 2 };
}

function whole(limit: number): { min: number; max: number; scale: number } {
  return { min: -limit, max: limit - 1, scale: 0 };
}

const FAMILIES: Readonly<Record<string, Family>> = {
  text: 'text',
  'character varying': 'text',
  varchar: 'text',
  character: 'text',
  char: 'text',
  bpchar: 'text',
  citext: 'text',
  name: 'text',
  smallint: 'integer',
  int2: 'integer',
  integer: 'integer',
  int: 'integer',
  int4: 'integer',
  bigint: 'integer',
  int8: 'integer',
  smallserial: 'integer',
  serial: 'integer',
  bigserial: 'integer',
  numeric: 'numeric',
  decimal: 'numeric',
  money: 'numeric',
  real: 'float',
  float4: 'float',
  'double precision': 'float',
  float8: 'float',
  boolean: 'boolean',
  bool: 'boolean',
  'timestamp with time zone': 'timestamptz',
  timestamptz: 'timestamptz',
  'timestamp without time zone': 'timestamp',
  timestamp: 'timestamp',
  date: 'date',
  time: 'time',
  'time without time zone': 'time',
  'time with time zone': 'time',
  timetz: 'time',
  interval: 'interval',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
  bytea: 'bytea',
  inet: 'inet',
  cidr: 'inet',
};
