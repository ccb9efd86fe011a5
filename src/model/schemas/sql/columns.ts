import type { Node, TypeName } from 'libpg-query';
import * as z from 'zod';
import type { Column } from '../../../db/db.ts';
import { constantOf, namesOf } from '../../sql/parse.ts';
import { type Described, type Domain, idOfPath } from './database.ts';
import { CONSTRAINTS, expressionFrom, startOf, type Text } from './slices.ts';

/** Types as `format_type` writes them. */
const NAMES: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  float4: 'real',
  float8: 'double precision',
  varchar: 'character varying',
  bpchar: 'character',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
  varbit: 'bit varying',
};

const SERIALS: Readonly<Record<string, string>> = {
  serial: 'integer',
  serial4: 'integer',
  bigserial: 'bigint',
  serial8: 'bigint',
  smallserial: 'smallint',
  serial2: 'smallint',
};

export interface Typed {
  readonly type: string;
  readonly array: boolean;
  readonly maxLength: number | null;
  readonly values: string[] | null;
  readonly serial: boolean;
  readonly domain: Domain | null;
}

/** A written type, domains followed to what they are of. */
export function typeOf(name: TypeName | undefined, database: Described): Typed {
  const path = namesOf(name?.names).filter((part) => part !== 'pg_catalog');
  const bare = path.at(-1) ?? 'text';
  const array = (name?.arrayBounds ?? []).length > 0;
  const domain = database.domains.get(idOfPath(path));
  if (domain)
    return {
      ...domain,
      array: domain.array || array,
      values: domain.values && [...domain.values],
      serial: false,
      domain,
    };
  const serial = path.length === 1 && bare in SERIALS;
  const written = (name?.typmods ?? []).map(constantOf).filter((each) => typeof each === 'number');
  const mods =
    bare === 'bpchar' && written.length === 0 && (name?.names ?? []).length > 1 ? [1] : written;
  const known = SERIALS[bare] ?? NAMES[bare] ?? idOfPath(path);
  const values = database.enums.get(idOfPath(path)) ?? null;
  const length = bare === 'varchar' || bare === 'bpchar' ? (mods[0] ?? null) : null;
  return {
    type: withMods(known, bare, mods),
    array,
    maxLength: length,
    values: values && [...values],
    serial,
    domain: null,
  };
}

function withMods(known: string, bare: string, mods: readonly number[]): string {
  if (mods.length === 0 || bare === 'interval') return known;
  const [first, ...rest] = known.split(' ');
  if (/^time/.test(bare)) return [`${first}(${mods.join(',')})`, ...rest].join(' ');
  return bare === 'numeric' && mods.length === 1
    ? `numeric(${mods[0]},0)`
    : `${known}(${mods.join(',')})`;
}

/** What a DEFAULT says: a constant of the column's type, or an expression as its text. */
export function defaultOf(
  node: Node | undefined,
  { type, array }: { readonly type: string; readonly array: boolean },
  text: Text,
): Column['default'] {
  if (!node) return { kind: 'none' };
  const value = array ? undefined : ofType(constant(node), type);
  if (value !== undefined) return { kind: 'literal', value };
  return { kind: 'expression', text: expressionFrom(text, startOf(node), CONSTRAINTS) };
}

type Json = Extract<Column['default'], { kind: 'literal' }>['value'];

function ofType(value: Json | undefined, type: string): Json | undefined {
  if (typeof value !== 'string') return value;
  if (/^jsonb?$/.test(type)) return parsed(value);
  if (/^(integer|bigint|smallint|numeric|real|double)/.test(type)) return Number(value);
  if (type === 'boolean') return /^t/i.test(value);
  return /^(now|today|tomorrow|yesterday)$/i.test(value) && /^(time|date)/.test(type)
    ? undefined
    : value;
}

function parsed(text: string): Json | undefined {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function constant(node: Node): Json | undefined {
  if (!('TypeCast' in node)) return constantOf(node);
  const value = node.TypeCast.arg && constant(node.TypeCast.arg);
  const type = namesOf(node.TypeCast.typeName?.names).at(-1);
  return type === 'bool' && typeof value === 'string' ? value === 't' : value;
}
