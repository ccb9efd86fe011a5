import type { Value } from '../../static/value.ts';
import { entryOf, plainText, textOf } from '../../static/value.ts';
import type { Shorthands } from './builder.ts';
import { adapted, columnsOf, typeOf } from './columns.ts';
import { constraintsOf } from './constraints.ts';
import { createIndex, indexName } from './indexes.ts';
import { bareName, isGiven, isSet, listed, nameOf, quote, valueSql } from './names.ts';

/** The SQL that an operation of node-pg-migrate sends; undefined where it has nothing to do with tables. */
export function statementOf(
  name: string,
  args: readonly Value[],
  shorthands: Shorthands,
): string | undefined {
  return STATEMENTS[ALIASES[name] ?? name]?.(args, shorthands) || undefined;
}

type Written = (args: readonly Value[], shorthands: Shorthands) => string;

const ALIASES: Readonly<Record<string, string>> = {
  addColumn: 'addColumns',
  dropColumn: 'dropColumns',
  createConstraint: 'addConstraint',
  addType: 'createType',
  addIndex: 'createIndex',
};

const STATEMENTS: Readonly<Record<string, Written>> = {
  sql: ([text, args]) => filled(plainText(text) ?? '', args),
  createTable: ([table, columns, options], shorthands) =>
    createTable(table, { columns, options }, shorthands),
  dropTable: ([table, options]) => `DROP TABLE IF EXISTS ${nameOf(table)}${cascade(options)}`,
  renameTable: ([table, to]) => `${alter(table)} RENAME TO ${nameOf(to)}`,
  addColumns: ([table, columns], shorthands) => {
    const { lines } = columnsOf(columns, shorthands);
    return lines.map((line) => `${alter(table)} ADD ${line}`).join(';');
  },
  dropColumns: ([table, columns, options]) => {
    const names =
      columns?.kind === 'object'
        ? [...columns.entries.keys()].map(quote)
        : listed(columns).map(nameOf);
    return names.map((name) => `${alter(table)} DROP ${name}${cascade(options)}`).join(';');
  },
  renameColumn: ([table, column, to]) =>
    `${alter(table)} RENAME ${nameOf(column)} TO ${nameOf(to)}`,
  alterColumn: ([table, column, options]) =>
    alterations(options)
      .map((each) => `${alter(table)} ALTER ${nameOf(column)} ${each}`)
      .join(';'),
  addConstraint: ([table, name, options]) => {
    const [given, written] = [plainText(name), plainText(options)];
    const own = given ? `CONSTRAINT ${quote(given)} ` : '';
    const all = written ? [`${own}${written}`] : constraintsOf(table, options, given);
    return all.map((each) => `${alter(table)} ADD ${each}`).join(';');
  },
  dropConstraint: ([table, name, options]) =>
    `${alter(table)} DROP CONSTRAINT ${nameOf(name)}${cascade(options)}`,
  renameConstraint: ([table, name, to]) =>
    `${alter(table)} RENAME CONSTRAINT ${nameOf(name)} TO ${nameOf(to)}`,
  createIndex: ([table, columns, options]) => createIndex(table, columns, options),
  dropIndex: ([table, columns, options]) =>
    `DROP INDEX IF EXISTS ${indexName(table, columns, options)}`,
  createType: ([name, values], shorthands) => createType(name, values, shorthands),
  dropType: ([name]) => `DROP TYPE IF EXISTS ${nameOf(name)}`,
  renameType: ([name, to]) => `ALTER TYPE ${nameOf(name)} RENAME TO ${nameOf(to)}`,
  addTypeValue: ([name, value, options]) => {
    const place = (word: string, key: string) => {
      const other = entryOf(options, key);
      return other ? ` ${word} ${valueSql(other)}` : '';
    };
    const added = value ? valueSql(value) : "''";
    return `ALTER TYPE ${nameOf(name)} ADD VALUE IF NOT EXISTS ${added}${place('BEFORE', 'before')}${place('AFTER', 'after')}`;
  },
  renameTypeValue: ([name, value, to]) =>
    value && to
      ? `ALTER TYPE ${nameOf(name)} RENAME VALUE ${valueSql(value)} TO ${valueSql(to)}`
      : '',
  createDomain: ([name, type, options], shorthands) =>
    createDomain(name, { type, options }, shorthands),
  dropDomain: ([name]) => `DROP DOMAIN IF EXISTS ${nameOf(name)}`,
  createTrigger: ([table, name]) =>
    `CREATE TRIGGER ${nameOf(name)} BEFORE INSERT ON ${nameOf(table)} EXECUTE FUNCTION ${quote(bareName(name))}()`,
  dropTrigger: ([table, name]) => `DROP TRIGGER IF EXISTS ${nameOf(name)} ON ${nameOf(table)}`,
};

function alter(table: Value | undefined): string {
  return `ALTER TABLE ${nameOf(table)}`;
}

function cascade(options: Value | undefined): string {
  return isSet(entryOf(options, 'cascade')) ? ' CASCADE' : '';
}

/** `pgm.sql('… {name} …', { name: 'users' })`: texts and names as identifiers, the rest as values. */
function filled(text: string, args: Value | undefined): string {
  const entries = args?.kind === 'object' ? [...args.entries] : [];
  return entries.reduce((written, [name, value]) => {
    const isName = textOf(value) !== undefined || value.kind === 'object';
    return written.replaceAll(`{${name}}`, isName ? nameOf(value) : valueSql(value));
  }, text);
}

interface Described {
  readonly columns: Value | undefined;
  readonly options: Value | undefined;
}

function createTable(
  table: Value | undefined,
  { columns, options }: Described,
  shorthands: Shorthands,
): string {
  if (isSet(entryOf(options, 'temporary'))) return '';
  const { lines, keys } = columnsOf(columns, shorthands);
  const joint =
    keys.length > 0
      ? [
          `CONSTRAINT ${quote(`${bareName(table)}_pkey`)} PRIMARY KEY (${keys.map(quote).join(', ')})`,
        ]
      : [];
  const all = [...lines, ...constraintsOf(table, entryOf(options, 'constraints')), ...joint];
  const parent = entryOf(options, 'inherits');
  const inherits = isGiven(parent) ? ` INHERITS (${nameOf(parent)})` : '';
  return `CREATE TABLE IF NOT EXISTS ${nameOf(table)} (${all.join(', ')})${inherits}`;
}

/** `alterColumn('users', 'age', { type: 'int', default: null, notNull: true })`. */
function alterations(options: Value | undefined): string[] {
  const [type, otherwise] = [plainText(entryOf(options, 'type')), entryOf(options, 'default')];
  const [notNull, identity] = [entryOf(options, 'notNull'), entryOf(options, 'sequenceGenerated')];
  const isNullable = (isGiven(notNull) && !isSet(notNull)) || isSet(entryOf(options, 'allowNull'));
  const isNothing = otherwise?.kind === 'literal' && otherwise.value === null;
  const made: string[] = [];
  if (isNothing) made.push('DROP DEFAULT');
  else if (isGiven(otherwise)) made.push(`SET DEFAULT ${valueSql(otherwise)}`);
  if (type) made.push(`SET DATA TYPE ${adapted(type)}`);
  if (isSet(notNull)) made.push('SET NOT NULL');
  else if (isNullable) made.push('DROP NOT NULL');
  if (isSet(identity))
    made.push(`ADD GENERATED ${plainText(entryOf(identity, 'precedence')) ?? ''} AS IDENTITY`);
  else if (isGiven(identity)) made.push('DROP IDENTITY');
  return made;
}

function createType(name: Value | undefined, values: Value | undefined, shorthands: Shorthands) {
  if (values?.kind !== 'object') {
    return `CREATE TYPE ${nameOf(name)} AS ENUM (${listed(values).map(valueSql).join(', ')})`;
  }
  const fields = [...values.entries].map(
    ([field, type]) => `${quote(field)} ${typeOf(type, shorthands)}`,
  );
  return `CREATE TYPE ${nameOf(name)} AS (${fields.join(', ')})`;
}

function createDomain(
  name: Value | undefined,
  { type, options }: { readonly type: Value | undefined; readonly options: Value | undefined },
  shorthands: Shorthands,
): string {
  const [otherwise, check] = [entryOf(options, 'default'), plainText(entryOf(options, 'check'))];
  const constraint = plainText(entryOf(options, 'constraintName'));
  const rules = [
    isGiven(otherwise) ? ` DEFAULT ${valueSql(otherwise)}` : '',
    constraint ? ` CONSTRAINT ${quote(constraint)}` : '',
    isSet(entryOf(options, 'notNull')) ? ' NOT NULL' : '',
    check ? ` CHECK (${check})` : '',
  ];
  return `CREATE DOMAIN ${nameOf(name)} AS ${typeOf(type, shorthands)}${rules.join('')}`;
}
