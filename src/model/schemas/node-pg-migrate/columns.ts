import type { Value } from '../../static/value.ts';
import { entryOf, literal, object, plainText } from '../../static/value.ts';
import type { Shorthands } from './builder.ts';
import { isGiven, isSet, nameOf, quote, valueSql } from './names.ts';

type Options = ReadonlyMap<string, Value>;

const ADAPTED: Readonly<Record<string, string>> = {
  int: 'integer',
  string: 'text',
  float: 'real',
  double: 'double precision',
  datetime: 'timestamp',
  bool: 'boolean',
};

/** The SQL of a type by its name, as far as it is no shorthand. */
export function adapted(type: string): string {
  return ADAPTED[type] ?? type;
}

interface Columns {
  /** Each as `CREATE TABLE` has it. */
  readonly lines: readonly string[];
  /** The primary key, where several columns are said to be it. */
  readonly keys: readonly string[];
}

/** `{ id: 'id', email: { type: 'string', notNull: true } }` (`operations/tables/shared.ts`, `parseColumns`). */
export function columnsOf(columns: Value | undefined, shorthands: Shorthands): Columns {
  const all = columns?.kind === 'object' ? [...columns.entries] : [];
  const read = all.map(([name, written]) => ({ name, options: optionsOf(written, shorthands) }));
  const keys = read.filter(({ options }) => isSet(options.get('primaryKey')));
  const isJoint = keys.length > 1;
  return {
    lines: read.map(({ name, options }) => columnSql(name, options, isJoint)),
    keys: isJoint ? keys.map(({ name }) => name) : [],
  };
}

/** The type alone, with shorthands followed. */
export function typeOf(written: Value | undefined, shorthands: Shorthands): string {
  return written ? typeSql(optionsOf(written, shorthands)) : 'text';
}

/** What a column or a shorthand for it says, over what the shorthand it names says (`utils/types.ts`, `applyType`). */
function optionsOf(written: Value, shorthands: Shorthands, seen: readonly string[] = []): Options {
  const own: Options = written.kind === 'object' ? written.entries : new Map([['type', written]]);
  const type = textAt(own.get('type')) ?? '';
  const short = seen.includes(type) ? undefined : (shorthands.get(type) ?? ownShorthand(type));
  if (!short) return own;
  const under = optionsOf(short, shorthands, [...seen, type]);
  const base = under.get('type');
  return new Map([...under, ...own, ...(base ? [['type', base] as const] : [])]);
}

function ownShorthand(type: string): Value | undefined {
  return type === 'id'
    ? object([
        ['type', literal('serial')],
        ['primaryKey', literal(true)],
      ])
    : undefined;
}

/** A text, or a name out of the package's own list of types. */
function textAt(value: Value | undefined): string | undefined {
  if (value?.kind !== 'package' || value.path[0] !== 'PgType') return plainText(value);
  return value.path[1]?.toLowerCase().replace(/_(?!lsn|snapshot)/g, ' ');
}

function typeSql(options: Options): string {
  const written = options.get('type');
  const type = written?.kind === 'object' ? nameOf(written) : adapted(textAt(written) ?? 'text');
  const array = options.get('array');
  const size = plainText(array);
  return `${type}${isSet(array) ? (size ? `[${size}]` : '[]') : ''}`;
}

function columnSql(name: string, options: Options, isJoint: boolean): string {
  const text = (key: string) => plainText(options.get(key));
  const has = (key: string) => isSet(options.get(key));
  const otherwise = options.get('default');
  const [check, expression] = [text('check'), text('expressionGenerated')];
  const identity = options.get('sequenceGenerated');
  return [
    quote(name),
    typeSql(options),
    isGiven(otherwise) ? `DEFAULT ${valueSql(otherwise)}` : '',
    has('unique') ? 'UNIQUE' : '',
    has('primaryKey') && !isJoint ? 'PRIMARY KEY' : '',
    has('notNull') ? 'NOT NULL' : '',
    check ? `CHECK (${check})` : '',
    has('references') ? `${constraintName(options)}${referenceSql(options)}` : '',
    has('deferrable') ? deferrable(options.get('deferred')) : '',
    isSet(identity)
      ? `GENERATED ${plainText(entryOf(identity, 'precedence')) ?? 'BY DEFAULT'} AS IDENTITY`
      : '',
    expression ? `GENERATED ALWAYS AS (${expression}) STORED` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function constraintName(options: Options): string {
  const name = plainText(options.get('referencesConstraintName'));
  return name ? `CONSTRAINT ${quote(name)} ` : '';
}

/** `references: 'users'`, `'users(id)'`, `'"users"'` or a name with its schema. */
export function referenceSql(options: Options): string {
  const to = options.get('references');
  const written = plainText(to);
  const isSql = written !== undefined && (written.startsWith('"') || written.endsWith(')'));
  const rule = (words: string, key: string) => {
    const action = plainText(options.get(key));
    return action ? ` ${words} ${action}` : '';
  };
  return `REFERENCES ${isSql ? written : nameOf(to)}${rule('MATCH', 'match')}${rule('ON DELETE', 'onDelete')}${rule('ON UPDATE', 'onUpdate')}`;
}

export function deferrable(deferred: Value | undefined): string {
  return `DEFERRABLE INITIALLY ${isSet(deferred) ? 'DEFERRED' : 'IMMEDIATE'}`;
}
