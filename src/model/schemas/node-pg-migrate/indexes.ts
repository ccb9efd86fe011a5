import type { Value } from '../../static/value.ts';
import { entryOf, plainText } from '../../static/value.ts';
import { rawOf } from '../migrations/ddl.ts';
import { bareName, besideOf, isSet, listed, nameOf, quote } from './names.ts';

/** `createIndex('users', ['a', { name: 'b', sort: 'DESC' }], { unique: true, where: 'c' })`. */
export function createIndex(
  table: Value | undefined,
  columns: Value | undefined,
  options: Value | undefined,
): string {
  const [method, where] = ['method', 'where'].map((key) => plainText(entryOf(options, key)));
  const nulls = plainText(entryOf(options, 'nulls'));
  return [
    `CREATE${isSet(entryOf(options, 'unique')) ? ' UNIQUE' : ''} INDEX`,
    quote(bareIndex(table, columns, options)),
    `ON ${nameOf(table)}${method ? ` USING ${method}` : ''}`,
    `(${listed(columns).map(columnSql).join(', ')})`,
    nulls ? `NULLS ${nulls.toUpperCase()}` : '',
    where ? `WHERE ${where}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** The index as it is dropped: in the schema of its table. */
export function indexName(
  table: Value | undefined,
  columns: Value | undefined,
  options: Value | undefined,
): string {
  return besideOf(table, bareIndex(table, columns, options));
}

function bareIndex(
  table: Value | undefined,
  columns: Value | undefined,
  options: Value | undefined,
): string {
  const given = plainText(entryOf(options, 'name'));
  if (given) return given;
  const unique = isSet(entryOf(options, 'unique')) ? '_unique' : '';
  return `${bareName(table)}_${listed(columns).map(bareName).join('_')}${unique}_index`;
}

/** A column or an expression, with its operator class and order (`operations/indexes/shared.ts`). */
function columnSql(column: Value): string {
  const written = rawOf(column);
  if (written !== undefined) return written;
  const name = bareName(column);
  const isExpression = /[^\w".]/.test(name);
  const target = isExpression ? (name.endsWith(')') ? name : `(${name})`) : quote(name);
  const opclass = entryOf(column, 'opclass');
  return [target, opclass ? nameOf(opclass) : '', plainText(entryOf(column, 'sort')) ?? '']
    .filter((part) => part !== '')
    .join(' ');
}
