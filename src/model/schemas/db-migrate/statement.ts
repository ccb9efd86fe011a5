import type { Value } from '../../static/value.ts';
import { entryOf, plainText } from '../../static/value.ts';
import { literalSql, quoted, quotedList, textsOf } from '../migrations/ddl.ts';

/** The SQL that a method of db-migrate's database sends; undefined where it sends none that has to do with tables. */
export function statementOf(name: string, args: readonly Value[]): string | undefined {
  return STATEMENTS[name]?.(args) || undefined;
}

type Written = (args: readonly Value[]) => string;

const STATEMENTS: Readonly<Record<string, Written>> = {
  runSql: ([text]) => plainText(text) ?? '',
  all: ([text]) => plainText(text) ?? '',
  createTable: ([table, spec]) => createTable(nameOf(table), entryOf(spec, 'columns') ?? spec),
  dropTable: ([table]) => `DROP TABLE IF EXISTS ${nameOf(table)} CASCADE`,
  renameTable: ([table, to]) => `ALTER TABLE ${nameOf(table)} RENAME TO ${nameOf(to)}`,
  addColumn: ([table, column, spec]) =>
    [
      `ALTER TABLE ${nameOf(table)} ADD COLUMN ${columnSql(nameOf(column), spec, true)}`,
      ...foreignKeySql(nameOf(table), nameOf(column), spec),
    ].join(';'),
  removeColumn: ([table, column]) =>
    `ALTER TABLE ${nameOf(table)} DROP COLUMN ${nameOf(column)} CASCADE`,
  renameColumn: ([table, column, to]) =>
    `ALTER TABLE ${nameOf(table)} RENAME COLUMN ${nameOf(column)} TO ${nameOf(to)}`,
  changeColumn: ([table, column, spec]) => changed(nameOf(table), nameOf(column), spec),
  addIndex: ([table, index, columns, unique]) =>
    isTrue(unique)
      ? `CREATE UNIQUE INDEX ${nameOf(index)} ON ${nameOf(table)} (${quotedList(textsOf(columns))})`
      : '',
  removeIndex: ([table, index]) => `DROP INDEX IF EXISTS ${nameOf(index ?? table)}`,
  addForeignKey: ([table, to, name, mapping, rules]) => {
    const pairs = mapping?.kind === 'object' ? [...mapping.entries] : [];
    const own = quotedList(pairs.map(([column]) => column));
    const theirs = quotedList(pairs.flatMap(([, column]) => plainText(column) ?? []));
    return `ALTER TABLE ${nameOf(table)} ADD CONSTRAINT ${nameOf(name)} FOREIGN KEY (${own}) REFERENCES ${nameOf(to)} (${theirs})${rulesSql(rules)}`;
  },
  removeForeignKey: ([table, name]) =>
    `ALTER TABLE ${nameOf(table)} DROP CONSTRAINT IF EXISTS ${nameOf(name)}`,
};

function nameOf(value: Value | undefined): string {
  return quoted(plainText(value) ?? '');
}

function createTable(table: string, spec: Value | undefined): string {
  const columns = spec?.kind === 'object' ? [...spec.entries] : [];
  const keys = columns.filter(([, column]) => isTrue(entryOf(column, 'primaryKey')));
  const lines = columns.map(([name, column]) => columnSql(quoted(name), column, keys.length === 1));
  if (keys.length > 1) lines.push(`PRIMARY KEY (${quotedList(keys.map(([name]) => name))})`);
  const create = `CREATE TABLE IF NOT EXISTS ${table} (${lines.join(', ')})`;
  const foreign = columns.flatMap(([name, column]) => foreignKeySql(table, quoted(name), column));
  return [create, ...foreign].join(';');
}

/** `{ type: 'string', length: 80, notNull: true }`, or the type alone. */
function columnSql(name: string, spec: Value | undefined, keyed: boolean): string {
  const flag = (key: string) => isTrue(entryOf(spec, key));
  const otherwise = entryOf(spec, 'defaultValue');
  return [
    `${name} ${typeSql(spec)}`,
    keyed && flag('primaryKey') ? 'PRIMARY KEY' : '',
    flag('notNull') ? 'NOT NULL' : '',
    flag('unique') ? 'UNIQUE' : '',
    otherwise && otherwise.kind !== 'unknown' ? `DEFAULT ${defaultSql(otherwise)}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function defaultSql(value: Value): string {
  const special = plainText(entryOf(value, 'special'));
  return special ?? literalSql(value);
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  int: 'INTEGER',
  datetime: 'TIMESTAMP',
  blob: 'BYTEA',
  binary: 'BYTEA',
};

const SERIALS: Readonly<Record<string, string>> = { bigint: 'BIGSERIAL', smallint: 'SMALLSERIAL' };

function typeSql(spec: Value | undefined): string {
  const type = plainText(spec) ?? plainText(entryOf(spec, 'type')) ?? 'text';
  if (isTrue(entryOf(spec, 'autoIncrement'))) return SERIALS[type.toLowerCase()] ?? 'SERIAL';
  const length = plainText(entryOf(spec, 'length'));
  return `${TYPES[type.toLowerCase()] ?? type.toUpperCase()}${length ? `(${length})` : ''}`;
}

function changed(table: string, column: string, spec: Value | undefined): string {
  const alter = `ALTER TABLE ${table} ALTER COLUMN ${column}`;
  const notNull = entryOf(spec, 'notNull');
  const otherwise = entryOf(spec, 'defaultValue');
  return [
    plainText(entryOf(spec, 'type')) ? `${alter} TYPE ${typeSql(spec)}` : '',
    notNull ? `${alter} ${isTrue(notNull) ? 'SET' : 'DROP'} NOT NULL` : '',
    otherwise ? `${alter} SET DEFAULT ${defaultSql(otherwise)}` : '',
  ]
    .filter((part) => part !== '')
    .join(';');
}

/** `foreignKey: { name, table, mapping: 'id', rules: { onDelete: 'CASCADE' } }`. */
function foreignKeySql(table: string, column: string, spec: Value | undefined): string[] {
  const key = entryOf(spec, 'foreignKey');
  if (!key) return [];
  const mapping = entryOf(key, 'mapping');
  const [first] = mapping?.kind === 'object' ? [...mapping.entries.values()] : [mapping];
  const to = `${nameOf(entryOf(key, 'table'))} (${nameOf(first)})`;
  const name = nameOf(entryOf(key, 'name'));
  return [
    `ALTER TABLE ${table} ADD CONSTRAINT ${name} FOREIGN KEY (${column}) REFERENCES ${to}${rulesSql(entryOf(key, 'rules'))}`,
  ];
}

function rulesSql(rules: Value | undefined): string {
  const rule = (name: string, key: string) => {
    const text = plainText(entryOf(rules, key));
    return text ? ` ${name} ${text}` : '';
  };
  return `${rule('ON DELETE', 'onDelete')}${rule('ON UPDATE', 'onUpdate')}`;
}

function isTrue(value: Value | undefined): boolean {
  return value?.kind === 'literal' && value.value === true;
}
