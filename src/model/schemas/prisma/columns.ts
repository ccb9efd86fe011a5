import type { Field } from '@mrleebo/prisma-ast';
import type { Column } from '../../../db/db.ts';
import { attributeOf, isKind, nativeTypeOf, textOf } from './attributes.ts';

/** An enum by Prisma's name: its labels in the database by those in code, and its type there. */
export interface Enum {
  readonly type: string;
  readonly labels: ReadonlyMap<string, string>;
}

const TYPES: Readonly<Record<string, string>> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
  DateTime: 'timestamp(3) without time zone',
  Float: 'double precision',
  Decimal: 'numeric(65,30)',
  Json: 'jsonb',
  Bytes: 'bytea',
};

const NATIVE: Readonly<Record<string, string>> = {
  Text: 'text',
  VarChar: 'character varying',
  Char: 'character',
  Uuid: 'uuid',
  SmallInt: 'smallint',
  Integer: 'integer',
  BigInt: 'bigint',
  Oid: 'oid',
  Real: 'real',
  DoublePrecision: 'double precision',
  Decimal: 'numeric',
  Money: 'money',
  Date: 'date',
  Citext: 'citext',
  Json: 'json',
  JsonB: 'jsonb',
  Boolean: 'boolean',
  ByteA: 'bytea',
  Inet: 'inet',
  Xml: 'xml',
  Bit: 'bit',
  VarBit: 'bit varying',
};

const CLOCKS: Readonly<Record<string, string>> = {
  Timestamp: 'timestamp% without time zone',
  Timestamptz: 'timestamp% with time zone',
  Time: 'time% without time zone',
  Timetz: 'time% with time zone',
};

/** A scalar or enum field as the column it is; undefined for a relation. */
export function columnOf(
  field: Field,
  { enums, table }: { enums: ReadonlyMap<string, Enum>; table: string },
): Column | undefined {
  const kind = String(field.fieldType);
  const own = enums.get(kind);
  const unsupported = isKind(field.fieldType, 'function')
    ? textOf((field.fieldType['params'] as unknown[])[0])
    : undefined;
  const type = own?.type ?? unsupported ?? typeOf(field, kind);
  if (type === undefined) return undefined;
  const name = textOf(attributeOf(field, 'map')?.rest[0]) ?? field.name;
  const length = /^character(?: varying)?\((\d+)\)$/.exec(type)?.[1];
  return {
    name,
    property: field.name,
    type,
    nullable: field.optional === true,
    array: field.array === true,
    maxLength: length === undefined ? null : Number(length),
    values: own ? [...own.labels.values()] : null,
    ...labelsOf(own),
    default: defaultOf(field, { own, sequence: `${table}_${name}_seq`, kind }),
  };
}

function labelsOf(own: Enum | undefined): Pick<Column, 'labels'> {
  const mapped = own && [...own.labels].some(([name, label]) => name !== label);
  return mapped ? { labels: Object.fromEntries(own.labels) } : {};
}

function typeOf(field: Field, kind: string): string | undefined {
  const native = nativeTypeOf(field);
  if (!native) return TYPES[kind];
  const { name, args } = native;
  const clock = CLOCKS[name];
  const size = args.map(String).join(',');
  if (clock) return clock.replace('%', size === '' ? '(3)' : `(${size})`);
  const type = NATIVE[name] ?? TYPES[kind];
  if (name === 'Char' && size === '') return 'character(1)';
  return size === ''
    ? type
    : `${type}(${args.length === 1 && name === 'Decimal' ? `${size},0` : size})`;
}

function defaultOf(
  field: Field,
  { own, sequence, kind }: { own: Enum | undefined; sequence: string; kind: string },
): Column['default'] {
  const given = attributeOf(field, 'default')?.rest[0];
  if (given === undefined) {
    return attributeOf(field, 'updatedAt')
      ? { kind: 'application', text: '@updatedAt' }
      : { kind: 'none' };
  }
  if (isKind(given, 'function')) {
    const name = String(given['name']);
    const [first] = Array.isArray(given['params']) ? given['params'] : [];
    if (name === 'autoincrement')
      return { kind: 'expression', text: `nextval('${sequence}'::regclass)` };
    if (name === 'now') return { kind: 'expression', text: 'CURRENT_TIMESTAMP' };
    if (name === 'dbgenerated') return { kind: 'expression', text: textOf(first) ?? '?' };
    return { kind: 'application', text: `${name}()` };
  }
  if (isKind(given, 'array')) return { kind: 'expression', text: 'ARRAY[]' };
  const text = textOf(given);
  if (text === undefined) return { kind: 'literal', value: given as number | boolean };
  if (own) return { kind: 'literal', value: own.labels.get(text) ?? text };
  if (kind === 'Boolean') return { kind: 'literal', value: text === 'true' };
  const number = ['Int', 'Float', 'Decimal', 'BigInt'].includes(kind) ? Number(text) : Number.NaN;
  return { kind: 'literal', value: Number.isFinite(number) ? number : text };
}
