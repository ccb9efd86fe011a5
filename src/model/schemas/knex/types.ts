import type { Call, Value } from '../../static/value.ts';
import { entryOf, textOf } from '../../static/value.ts';
import { quoted, textsOf } from '../migrations/ddl.ts';

export interface ColumnType {
  /** What the column is called where no name is given. */
  readonly name: string;
  readonly sqlType: string;
  readonly words: readonly string[];
  readonly checks: readonly string[];
  /** What has to be sent before the column's table. */
  readonly before: readonly string[];
}

const PLAIN: Readonly<Record<string, string>> = {
  integer: 'integer',
  int: 'integer',
  tinyint: 'smallint',
  smallint: 'smallint',
  mediumint: 'integer',
  bigint: 'bigint',
  bigInteger: 'bigint',
  text: 'text',
  boolean: 'boolean',
  bool: 'boolean',
  date: 'date',
  time: 'time',
  binary: 'bytea',
  double: 'double precision',
  float: 'real',
  json: 'json',
  jsonb: 'jsonb',
  uuid: 'uuid',
  geometry: 'geometry',
};

/** The type a column method makes on PostgreSQL; undefined where it makes no column. */
export function typeOf({ name, args }: Call & { readonly name: string }): ColumnType | undefined {
  const [first, second, third] = args;
  const of = (sqlType: string, more: Partial<ColumnType> = {}): ColumnType => {
    return { name: '', sqlType, words: [], checks: [], before: [], ...more };
  };
  const plain = PLAIN[name];
  if (plain !== undefined) return of(plain);
  switch (name) {
    case 'increments':
    case 'bigincrements':
    case 'bigIncrements': {
      const big = name !== 'increments';
      const isKey = entryOf(second, 'primaryKey') ?? entryOf(first, 'primaryKey');
      const words = isFalse(isKey) ? ['NOT NULL'] : ['PRIMARY KEY'];
      return of(big ? 'bigserial' : 'serial', { name: 'id', words });
    }
    case 'string':
    case 'varchar':
      return of(`varchar(${numberOf(second) ?? 255})`);
    case 'char':
      return of(`char(${numberOf(second) ?? 1})`);
    case 'decimal':
    case 'numeric':
      return of(`numeric(${numberOf(second) ?? 8}, ${numberOf(third) ?? 2})`);
    case 'timestamp':
    case 'datetime':
    case 'dateTime':
      return of(isFalse(entryOf(second, 'useTz')) ? 'timestamp' : 'timestamptz');
    case 'specificType':
      return of(textOf(second) ?? 'text');
    case 'enu':
    case 'enum':
      return enumType(textOf(first) ?? '', { values: textsOf(second), options: third }, of);
    default:
      return undefined;
  }
}

/** Text with a CHECK, or a type of its own where one exists by that name. */
function enumType(
  column: string,
  { values, options }: { readonly values: readonly string[]; readonly options: Value | undefined },
  of: (sqlType: string, more?: Partial<ColumnType>) => ColumnType,
): ColumnType {
  const own = textOf(entryOf(options, 'enumName'));
  const list = values.map((each) => `'${each.replaceAll("'", "''")}'`).join(', ');
  const exists = entryOf(options, 'existingType');
  const isThere = exists?.kind === 'literal' && exists.value === true;
  const make = `CREATE TYPE ${quoted(own ?? '')} AS ENUM (${list})`;
  if (own !== undefined) return of(quoted(own), { before: isThere ? [] : [make] });
  return of('text', { checks: [`${quoted(column)} IN (${list})`] });
}

function numberOf(value: Value | undefined): number | undefined {
  return value?.kind === 'literal' && typeof value.value === 'number' ? value.value : undefined;
}

function isFalse(value: Value | undefined): boolean {
  return value?.kind === 'literal' && value.value === false;
}
