import type { Value } from '../../static/value.ts';
import { entryOf, plainText, truthOf } from '../../static/value.ts';
import { quoted, quotedList } from '../migrations/ddl.ts';
import { columnOf, columnSql, columnsOf, type Written } from './columns.ts';
import { addConstraint, addIndex, indexNamed } from './constraints.ts';
import { fieldsOf, type Named, nameOf, sqlName } from './names.ts';

type Args = readonly (Value | undefined)[];

/** The SQL that a method of the query interface sends; undefined where it sends none that has to do with tables. */
export function statementOf(name: string, [first, ...rest]: Args): string | undefined {
  const table = nameOf(first, plainText(entryOf(rest[1], 'schema')));
  return (table && STATEMENTS[name]?.(table, rest)) || undefined;
}

const STATEMENTS: Readonly<Record<string, (table: Named, args: Args) => string>> = {
  createTable: (table, [columns, options]) => createTable(table, columns, options),
  dropTable: (table) => `DROP TABLE IF EXISTS ${sqlName(table)} CASCADE`,
  renameTable: (table, [to]) =>
    `ALTER TABLE ${sqlName(table)} RENAME TO ${quoted(nameOf(to)?.name ?? '')}`,
  addColumn: (table, [name, spec]) => {
    const column = spec && columnOf(table, plainText(name) ?? '', spec);
    if (!column) return '';
    return sent(column, `ALTER TABLE ${sqlName(table)} ADD COLUMN ${columnSql(column, true)}`);
  },
  removeColumn: (table, [name]) => `ALTER TABLE ${sqlName(table)} DROP COLUMN ${field(name)}`,
  renameColumn: (table, [name, to]) =>
    `ALTER TABLE ${sqlName(table)} RENAME COLUMN ${field(name)} TO ${field(to)}`,
  changeColumn: (table, [name, spec]) => {
    const column = spec && columnOf(table, plainText(name) ?? '', spec);
    return column ? sent(column, changed(table, column)) : '';
  },
  addIndex,
  removeIndex: (table, [by]) =>
    `DROP INDEX IF EXISTS ${quoted(plainText(by) ?? indexNamed(table, fieldsOf(by)))}`,
  addConstraint,
  removeConstraint: (table, [name]) =>
    `ALTER TABLE ${sqlName(table)} DROP CONSTRAINT IF EXISTS ${field(name)}`,
  dropEnum: ({ name }) => `DROP TYPE IF EXISTS "${name}"`,
};

function field(value: Value | undefined): string {
  return quoted(plainText(value) ?? '');
}

function createTable(table: Named, columns: Value | undefined, options: Value | undefined): string {
  const all = columnsOf(table, columns);
  const keys = all.filter(({ isKey }) => isKey).map(({ name }) => name);
  const lines = all.map((column) => columnSql(column, keys.length === 1));
  const sets = entryOf(options, 'uniqueKeys');
  const uniques = sets?.kind === 'object' ? [...sets.entries.values()] : [];
  for (const each of uniques) {
    const isAside = truthOf(entryOf(each, 'customIndex') ?? each) === false;
    if (!isAside) lines.push(`UNIQUE (${quotedList(fieldsOf(entryOf(each, 'fields')))})`);
  }
  if (keys.length > 1) lines.push(`PRIMARY KEY (${quotedList(keys)})`);
  const create = `CREATE TABLE IF NOT EXISTS ${sqlName(table)} (${lines.join(', ')})`;
  return [...all.flatMap(({ enumSql }) => enumSql ?? []), create].join(';');
}

function sent({ enumSql }: Written, text: string): string {
  return enumSql ? `${enumSql};${text}` : text;
}

/** As Sequelize changes a column: what isn't said is dropped, but for one that is given a reference. */
function changed(table: Named, column: Written): string {
  const target = `ALTER TABLE ${sqlName(table)}`;
  const alter = `${target} ALTER COLUMN ${quoted(column.name)}`;
  const { reference } = column;
  const otherwise = column.default === undefined ? 'DROP DEFAULT' : `SET DEFAULT ${column.default}`;
  const isKept = (said: boolean) => !said && reference !== undefined;
  return [
    isKept(column.notNull) ? '' : `${alter} ${column.notNull ? 'SET' : 'DROP'} NOT NULL`,
    isKept(column.default !== undefined) ? '' : `${alter} ${otherwise}`,
    column.isUnique ? `${target} ADD UNIQUE (${quoted(column.name)})` : '',
    reference ? `${target} ADD FOREIGN KEY (${quoted(column.name)}) ${reference}` : '',
    reference ? '' : `${alter} TYPE ${column.type}`,
  ]
    .filter((part) => part !== '')
    .join(';');
}
