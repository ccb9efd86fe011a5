import type { Value } from '../../static/value.ts';
import { entryOf, plainText, truthOf } from '../../static/value.ts';
import { literalSql, quoted, quotedList } from '../migrations/ddl.ts';
import { rulesSql } from './columns.ts';
import { fieldsOf, type Named, nameOf, sqlName } from './names.ts';

type Args = readonly (Value | undefined)[];

/** `addIndex('crews', ['name'], { unique: true })`, or the columns as `fields` of the options. */
export function addIndex(table: Named, [first, second]: Args): string {
  const options = first?.kind === 'object' ? first : second;
  const fields = fieldsOf(first?.kind === 'object' ? entryOf(first, 'fields') : first);
  const said = (key: string) => entryOf(options, key);
  const isUnique =
    isSet(said('unique')) || /unique/i.test(`${text(said('type'))}${text(said('indicesType'))}`);
  if (!isUnique || fields.length === 0) return '';
  const where = said('where');
  const only = where && whereSql(where);
  if (where && only === undefined) return '';
  const name = plainText(said('name') ?? said('indexName')) ?? indexNamed(table, fields);
  return `CREATE UNIQUE INDEX ${quoted(name)} ON ${sqlName(table)} (${quotedList(fields)})${only ? ` WHERE ${only}` : ''}`;
}

/** What Sequelize calls an index that is given no name. */
export function indexNamed({ name }: Named, fields: readonly string[]): string {
  return [name, ...fields]
    .join('_')
    .replace(/(?<=[a-z\d])[A-Z]/g, '_$&')
    .toLowerCase();
}

/** `addConstraint('crews', { fields, type: 'unique' })`; before its version 6 the fields stand by themselves. */
export function addConstraint(table: Named, [first, second]: Args): string {
  const options = first?.kind === 'object' ? first : second;
  const fields = fieldsOf(first?.kind === 'object' ? entryOf(first, 'fields') : first);
  const kind = KINDS[text(entryOf(options, 'type')).toLowerCase()];
  const body = kind?.sql(fields, options);
  if (!kind || !body) return '';
  const made = [table.name, ...fields, ...kind.more(options), kind.suffix].join('_');
  const name = plainText(entryOf(options, 'name')) ?? made;
  return `ALTER TABLE ${sqlName(table)} ADD CONSTRAINT ${quoted(name)} ${body}`;
}

interface Kind {
  readonly suffix: string;
  /** What stands in the constraint's own name beside its fields. */
  readonly more: (options: Value | undefined) => readonly string[];
  readonly sql: (fields: readonly string[], options: Value | undefined) => string | undefined;
}

const none = () => [];

const KINDS: Readonly<Record<string, Kind>> = {
  unique: { suffix: 'uk', more: none, sql: (fields) => `UNIQUE (${quotedList(fields)})` },
  'primary key': {
    suffix: 'pk',
    more: none,
    sql: (fields) => `PRIMARY KEY (${quotedList(fields)})`,
  },
  check: {
    suffix: 'ck',
    more: none,
    sql: (_, options) => {
      const where = whereSql(entryOf(options, 'where'));
      return where && `CHECK (${where})`;
    },
  },
  'foreign key': {
    suffix: 'fk',
    more: (options) => {
      const to = nameOf(entryOf(entryOf(options, 'references'), 'table'));
      return to ? [to.name] : [];
    },
    sql: (fields, options) => {
      const to = entryOf(options, 'references');
      const target = nameOf(entryOf(to, 'table') ?? entryOf(to, 'model'));
      const keys = fieldsOf(entryOf(to, 'field') ?? entryOf(to, 'fields') ?? entryOf(to, 'key'));
      return (
        target &&
        `FOREIGN KEY (${quotedList(fields)}) REFERENCES ${sqlName(target)} (${quotedList(keys)})${rulesSql(options)}`
      );
    },
  },
};

/** `{ afloat: true }`, `{ status: ['made', 'gone'] }`: plain comparisons; undefined for anything else. */
function whereSql(where: Value | undefined): string | undefined {
  if (where?.kind !== 'object' || where.open.value) return undefined;
  const parts = [...where.entries].map(([name, value]) => {
    if (value.kind === 'literal')
      return value.value === null
        ? `${quoted(name)} IS NULL`
        : `${quoted(name)} = ${literalSql(value)}`;
    if (value.kind !== 'list' || value.items.some(({ kind }) => kind !== 'literal'))
      return undefined;
    return `${quoted(name)} IN (${value.items.map(literalSql).join(', ')})`;
  });
  return parts.length > 0 && parts.every((part) => part !== undefined)
    ? parts.join(' AND ')
    : undefined;
}

function text(value: Value | undefined): string {
  return plainText(value) ?? '';
}

function isSet(value: Value | undefined): boolean {
  return value?.kind === 'literal' && truthOf(value) === true;
}
