import type { Value } from '../../static/value.ts';
import { entryOf, plainText, truthOf } from '../../static/value.ts';
import { literalSql, quoted, rawOf } from '../migrations/ddl.ts';
import { type Named, nameOf, sqlName } from './names.ts';
import { labelsOf, typeOf, typeSql } from './types.ts';

/** A column as a migration says it: `{ type: STRING, allowNull: false }`, or its type alone. */
export interface Written {
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
  readonly notNull: boolean;
  readonly isUnique: boolean;
  readonly default: string | undefined;
  readonly reference: string | undefined;
  /** What makes the type before its column, where it has one of its own. */
  readonly enumSql: string | undefined;
}

/** The columns in an object of them; one that can't be told is none. */
export function columnsOf(table: Named, columns: Value | undefined): Written[] {
  if (columns?.kind !== 'object') return [];
  return [...columns.entries].flatMap(([name, spec]) => columnOf(table, name, spec) ?? []);
}

export function columnOf(table: Named, called: string, spec: Value): Written | undefined {
  const said = (key: string) => truthIn(entryOf(spec, key));
  const given = entryOf(spec, 'type') ?? spec;
  const name = plainText(entryOf(spec, 'field')) ?? called;
  const enumName = `enum_${table.name}_${name}`;
  const sql = typeSql(given, enumName);
  if (sql === undefined) return undefined;
  const isSerial = said('autoIncrement') === true || said('autoIncrementIdentity') === true;
  return {
    name,
    type: isSerial ? (SERIALS[sql] ?? 'serial') : sql,
    isKey: said('primaryKey') === true,
    notNull: said('allowNull') === false,
    isUnique: said('unique') === true,
    default: isSerial ? undefined : defaultOf(entryOf(spec, 'defaultValue')),
    reference: referenceOf(spec),
    enumSql: enumOf(given, spec, enumName),
  };
}

const SERIALS: Readonly<Record<string, string>> = { bigint: 'bigserial', smallint: 'smallserial' };

function truthIn(value: Value | undefined): boolean | undefined {
  return value?.kind === 'literal' ? truthOf(value) : undefined;
}

/** `text` of a column in `CREATE TABLE`; a key of several columns stands by itself. */
export function columnSql(column: Written, isAlone: boolean): string {
  return [
    `${quoted(column.name)} ${column.type}`,
    column.notNull ? 'NOT NULL' : '',
    column.default === undefined ? '' : `DEFAULT ${column.default}`,
    column.isUnique ? 'UNIQUE' : '',
    column.isKey && isAlone ? 'PRIMARY KEY' : '',
    column.reference ?? '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** What Sequelize fills in itself (`NOW`, `UUIDV4`) is no default of the database. */
function defaultOf(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  const written = rawOf(value);
  if (written !== undefined) return written;
  if (value.kind === 'list' && value.items.length === 0) return "'{}'";
  if (value.kind === 'object' && value.entries.size === 0) return "'{}'";
  const isKnown = value.kind === 'literal' && value.value !== undefined;
  return isKnown ? literalSql(value) : undefined;
}

/** `references: { model: 'crews', key: 'id' }`, or the table with `referencesKey` beside it. */
function referenceOf(spec: Value): string | undefined {
  const to = entryOf(spec, 'references');
  const table = nameOf(entryOf(to, 'model') ?? to);
  if (!table) return undefined;
  const key = plainText(entryOf(to, 'key') ?? entryOf(spec, 'referencesKey')) ?? 'id';
  return `REFERENCES ${sqlName(table)} (${quoted(key)})${rulesSql(spec)}`;
}

export function rulesSql(options: Value | undefined): string {
  const rule = (words: string, key: string) => {
    const action = plainText(entryOf(options, key));
    return action ? ` ${words} ${action}` : '';
  };
  return `${rule('ON DELETE', 'onDelete')}${rule('ON UPDATE', 'onUpdate')}`;
}

function enumOf(given: Value, spec: Value, name: string): string | undefined {
  const type = typeOf(given);
  const inner = type?.name === 'ARRAY' ? typeOf(type.args[0]) : type;
  if (inner?.name !== 'ENUM') return undefined;
  const labels = labelsOf(inner, spec).map((label) => `'${label.replaceAll("'", "''")}'`);
  return `CREATE TYPE "${name}" AS ENUM (${labels.join(', ')})`;
}
