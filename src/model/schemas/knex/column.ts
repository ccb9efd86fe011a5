import type { Call, Native, Value } from '../../static/value.ts';
import { native, textOf } from '../../static/value.ts';
import { literalSql, quoted, rawOf, textsOf } from '../migrations/ddl.ts';

/** A column while its chain is written, and what it is to be. */
export interface ColumnBuilder extends Native {
  readonly type: 'knex-column';
  readonly name: string;
  readonly sqlType: string;
  readonly words: string[];
  /** Set by `alter()`: an existing column gets its type, default and nullability anew. */
  readonly altered: { yes: boolean };
  readonly reference: { column: string; table: string; rules: string[] };
  readonly checks: string[];
}

export function createColumn(name: string, sqlType: string): ColumnBuilder {
  return {
    type: 'knex-column',
    name,
    sqlType,
    words: [],
    altered: { yes: false },
    reference: { column: '', table: '', rules: [] },
    checks: [],
  };
}

export function isColumn(value: Native): value is ColumnBuilder {
  return value.type === 'knex-column';
}

/** `.notNullable().references('id').inTable('users').onDelete('CASCADE')`. */
export function columnCall(column: ColumnBuilder, call: Call & { readonly name: string }): Value {
  const [first] = call.args;
  const text = textOf(first) ?? '';
  const { words, reference, checks } = column;
  const name = quoted(column.name);
  const simple = WORDS[call.name];
  if (simple !== undefined) words.push(simple);
  switch (call.name) {
    case 'defaultTo':
      words.push(`DEFAULT ${defaultSql(first)}`);
      break;
    case 'alter':
      column.altered.yes = true;
      break;
    case 'references': {
      const [table = '', key] = text.split('.');
      reference.column = key ?? table;
      if (key !== undefined) reference.table = table;
      break;
    }
    case 'inTable':
      reference.table = text;
      break;
    case 'onDelete':
    case 'onUpdate':
      reference.rules.push(`ON ${call.name.slice(2).toUpperCase()} ${text}`);
      break;
    case 'checkPositive':
      checks.push(`${name} > 0`);
      break;
    case 'checkNegative':
      checks.push(`${name} < 0`);
      break;
    case 'checkIn':
      checks.push(
        `${name} IN (${textsOf(first)
          .map((each) => `'${each}'`)
          .join(', ')})`,
      );
      break;
    case 'checkNotIn':
      checks.push(
        `${name} NOT IN (${textsOf(first)
          .map((each) => `'${each}'`)
          .join(', ')})`,
      );
      break;
    case 'checkRegex':
      checks.push(`${name} ~ '${text}'`);
      break;
    default:
  }
  return native(column);
}

const WORDS: Readonly<Record<string, string>> = {
  primary: 'PRIMARY KEY',
  unique: 'UNIQUE',
  notNullable: 'NOT NULL',
  notNull: 'NOT NULL',
};

/** A default as Knex writes it: objects as JSON, the rest as literals. */
function defaultSql(value: Value | undefined): string {
  if (rawOf(value) !== undefined || value?.kind === 'literal') return literalSql(value);
  if (value?.kind === 'object') return "'{}'";
  return value?.kind === 'list' ? "'[]'" : 'NULL';
}

/** The column as `CREATE TABLE` has it, what it points at included; constraints get Knex's names. */
export function columnSql(column: ColumnBuilder, table: string): string {
  const { name, sqlType, reference, checks } = column;
  const named = (kind: string) => `CONSTRAINT ${quoted(`${table}_${name}_${kind}`.toLowerCase())}`;
  const words = column.words.map((word) =>
    word === 'UNIQUE' ? `${named('unique')} UNIQUE` : word,
  );
  const key = reference.table === '' ? '' : ` ${named('foreign')} ${referenceSql(reference)}`;
  const checked = checks.map((each) => ` CHECK (${each})`).join('');
  return `${[quoted(name), sqlType, ...words].join(' ')}${checked}${key}`;
}

export function referenceSql({ column, table, rules }: ColumnBuilder['reference']): string {
  return ['REFERENCES', quoted(table), `(${quoted(column)})`, ...rules].join(' ');
}

/** What `.alter()` does to a column that is there. */
export function alterations({ name, sqlType, words }: ColumnBuilder): string[] {
  const to = `ALTER COLUMN ${quoted(name)}`;
  const otherwise = words.find((word) => word.startsWith('DEFAULT'));
  return [
    `${to} ${otherwise ? `SET ${otherwise}` : 'DROP DEFAULT'}`,
    `${to} ${words.includes('NOT NULL') ? 'SET' : 'DROP'} NOT NULL`,
    `${to} TYPE ${sqlType} USING (${quoted(name)}::${sqlType})`,
  ];
}
