import type { Call, Machine, Value } from '../../static/value.ts';
import { entryOf, list, literal, native, nativeOf, textOf } from '../../static/value.ts';
import { type ColumnDefault, type ColumnNative, type EnumNative, isDrizzle } from './natives.ts';

type NamedCall = Call & { readonly name: string };

/** Drizzle's column functions and the types PostgreSQL prints for them. */
const TYPES: Readonly<Record<string, string>> = {
  bigint: 'bigint',
  bigserial: 'bigint',
  bit: 'bit',
  boolean: 'boolean',
  bytea: 'bytea',
  char: 'character',
  cidr: 'cidr',
  date: 'date',
  decimal: 'numeric',
  doublePrecision: 'double precision',
  geometry: 'geometry',
  halfvec: 'halfvec',
  inet: 'inet',
  integer: 'integer',
  interval: 'interval',
  json: 'json',
  jsonb: 'jsonb',
  line: 'line',
  macaddr: 'macaddr',
  macaddr8: 'macaddr8',
  numeric: 'numeric',
  point: 'point',
  real: 'real',
  serial: 'integer',
  smallint: 'smallint',
  smallserial: 'smallint',
  sparsevec: 'sparsevec',
  text: 'text',
  time: 'time',
  timestamp: 'timestamp',
  uuid: 'uuid',
  varchar: 'character varying',
  vector: 'vector',
};

/** The column a column function makes (`text('name')`, `varchar({ length: 80 })`); undefined for another name. */
export function columnCall(name: string, args: readonly Value[]): Value | undefined {
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (type === undefined) return undefined;
  const written = textOf(args[0]);
  const options = args[written === undefined ? 0 : 1];
  const serial = /serial$/.test(name);
  return native({
    ...column(written ?? null, detailed(type, options)),
    maxLength: /^char/.test(type) ? numberOf(entryOf(options, 'length')) : null,
    values: textsOf(entryOf(options, 'enum')),
    ...(serial ? { notNull: true, default: { kind: 'sequence' } } : {}),
  } satisfies ColumnNative);
}

/** A column of an enum's type. */
export function enumColumn(of: EnumNative, args: readonly Value[]): Value {
  const type = of.schema === 'public' ? of.name : `${of.schema}.${of.name}`;
  return native({ ...column(textOf(args[0]) ?? null, type), values: of.values });
}

/** A column without any modifier. */
export function column(name: string | null, sqlType: string): ColumnNative {
  return {
    type: 'drizzle.column',
    name,
    property: '',
    sqlType,
    array: false,
    maxLength: null,
    values: null,
    notNull: false,
    primaryKey: false,
    unique: null,
    default: null,
    references: null,
    table: null,
  };
}

/** What a modifier (`.notNull()`, `.references(…)`) makes of a column; unknown ones leave it as it is. */
export function columnMethod(_machine: Machine, of: ColumnNative, call: NamedCall): Value {
  return native({ ...of, ...modified(of, call) });
}

/** What code reads off a column: the labels of an enum. */
export function columnProperty(of: ColumnNative, name: string): Value | undefined {
  if (name !== 'enumValues' || !of.values) return undefined;
  return list(of.values.map((value) => literal(value)));
}

function modified(of: ColumnNative, { name, args, node }: NamedCall): Partial<ColumnNative> {
  const [first, second] = args;
  switch (name) {
    case 'notNull':
      return { notNull: true };
    case 'primaryKey':
      return { primaryKey: true, notNull: true };
    case 'unique':
      return {
        unique: {
          name: textOf(first) ?? null,
          nullsNotDistinct: textOf(entryOf(second, 'nulls')) === 'not distinct',
        },
      };
    case 'array':
      return { array: true };
    case 'references':
      return first
        ? { references: { to: first, onDelete: textOf(entryOf(second, 'onDelete')) ?? null } }
        : {};
    case 'generatedAlwaysAsIdentity':
    case 'generatedByDefaultAsIdentity':
      return { notNull: true, default: { kind: 'identity', always: /Always/.test(name) } };
    default: {
      const value = defaultBy(of, { name, args, node });
      return value ? { default: value } : {};
    }
  }
}

function defaultBy(
  of: ColumnNative,
  { name, args, node }: Pick<NamedCall, 'name' | 'args' | 'node'>,
): ColumnDefault | null {
  const [first] = args;
  const written = 'arguments' in node ? (node.arguments?.[0]?.getText() ?? '') : '';
  switch (name) {
    case 'default':
      return first ? { kind: 'value', value: first } : null;
    case 'defaultNow':
      return { kind: 'expression', text: 'now()' };
    case 'defaultRandom':
      return { kind: 'expression', text: 'gen_random_uuid()' };
    case '$default':
    case '$defaultFn':
      return { kind: 'application', text: written };
    case '$onUpdate':
    case '$onUpdateFn':
      return of.default ?? { kind: 'application', text: written };
    case 'generatedAlwaysAs':
      return { kind: 'generated' };
    default:
      return null;
  }
}

function detailed(type: string, options: Value | undefined): string {
  const [length, precision, scale, dimensions] = ['length', 'precision', 'scale', 'dimensions'].map(
    (key) => numberOf(entryOf(options, key)),
  );
  if (type === 'timestamp' || type === 'time') {
    const zone = entryOf(options, 'withTimezone');
    const zoned = zone?.kind === 'literal' && zone.value === true;
    return `${type}${precision == null ? '' : `(${precision})`} with${zoned ? '' : 'out'} time zone`;
  }
  if (type === 'numeric' && precision != null) return `numeric(${precision},${scale ?? 0})`;
  if (type === 'character' && length == null) return 'character(1)';
  const size = length ?? dimensions;
  return size == null || type === 'text' ? type : `${type}(${size})`;
}

function numberOf(value: Value | undefined): number | null {
  return value?.kind === 'literal' && typeof value.value === 'number' ? value.value : null;
}

/** The texts of a list, an enum object or an enum of the database; null for anything else. */
export function textsOf(value: Value | undefined): string[] | null {
  const found = nativeOf(value);
  if (isDrizzle(found) && found.type === 'drizzle.enum') return [...found.values];
  const items =
    value?.kind === 'list'
      ? value.items
      : value?.kind === 'object'
        ? [...value.entries.values()]
        : [];
  const texts = items.map(textOf).filter((text) => text !== undefined);
  return texts.length > 0 && texts.length === items.length ? texts : null;
}
