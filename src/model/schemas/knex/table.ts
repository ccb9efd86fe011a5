import type { Call, Native, Value } from '../../static/value.ts';
import { entryOf, native, textOf } from '../../static/value.ts';
import { literalSql, quoted, quotedList, rawOf, textsOf } from '../migrations/ddl.ts';
import {
  alterations,
  type ColumnBuilder,
  columnSql,
  createColumn,
  referenceSql,
} from './column.ts';
import { typeOf } from './types.ts';

/** The table a callback builds or changes. */
export interface TableBuilder extends Native {
  readonly type: 'knex-table';
  readonly target: string;
  /** Its name, for what Knex names after it. */
  readonly bare: string;
  readonly alters: boolean;
  readonly columns: ColumnBuilder[];
  /** Foreign keys of several columns or written apart from one. */
  readonly foreign: { readonly columns: readonly string[]; readonly to: ColumnBuilder }[];
  /** What else: constraints, as `ADD …`, then whole statements. */
  readonly constraints: string[];
  readonly changes: string[];
  readonly statements: string[];
  readonly before: string[];
}

export function createTable(
  target: string,
  { alters, bare }: { readonly alters: boolean; readonly bare: string },
): TableBuilder {
  const lists = {
    columns: [],
    foreign: [],
    constraints: [],
    changes: [],
    statements: [],
    before: [],
  };
  return { type: 'knex-table', target, bare, alters, ...lists };
}

export function isTable(value: Native): value is TableBuilder {
  return value.type === 'knex-table';
}

/** `t.increments('id')`, `t.unique(['a', 'b'])`, `t.dropColumn('c')`. */
export function tableCall(
  table: TableBuilder,
  call: Call & { readonly name: string },
): Value | undefined {
  const { name, args } = call;
  const [first, second, third] = args;
  const added = typeOf(call);
  if (added) {
    const column = createColumn(textOf(first) ?? added.name, added.sqlType);
    column.words.push(...added.words);
    column.checks.push(...added.checks);
    table.before.push(...added.before);
    table.columns.push(column);
    return native(column);
  }
  if (name === 'timestamps') stamps(table, args);
  else if (name === 'foreign') {
    const to = createColumn('', '');
    table.foreign.push({ columns: textsOf(first), to });
    return native(to);
  } else if (name === 'unique' || name === 'index') keyed(table, { name, first, second });
  else if (name === 'primary')
    table.constraints.push(`PRIMARY KEY (${quotedList(textsOf(first))})`);
  else if (name === 'check')
    table.constraints.push(`CHECK (${textOf(first) ?? rawOf(first) ?? 'true'})`);
  else changed(table, { name, first, second, third });
  return native(table);
}

interface Changing {
  readonly name: string;
  readonly first: Value | undefined;
  readonly second: Value | undefined;
  readonly third?: Value | undefined;
}

function keyed(table: TableBuilder, { name, first, second }: Changing): void {
  const columns = textsOf(first);
  const options = entryOf(second, 'indexName') ?? second;
  const given = textOf(options);
  const index = given ?? `${table.bare}_${columns.join('_')}_${name}`.toLowerCase();
  const where = rawOf(entryOf(second, 'predicate'));
  if (name === 'unique' && where === undefined) {
    table.constraints.push(`CONSTRAINT ${quoted(index)} UNIQUE (${quotedList(columns)})`);
    return;
  }
  const kind = name === 'unique' ? 'UNIQUE INDEX' : 'INDEX';
  table.statements.push(
    `CREATE ${kind} ${quoted(index)} ON ${table.target} (${quotedList(columns)})${where ? ` WHERE ${where}` : ''}`,
  );
}

function changed(table: TableBuilder, { name, first, second }: Changing): void {
  const named = (each: string) => quoted(each);
  const [one = ''] = textsOf(first);
  const { changes, bare } = table;
  const constraint = (kind: string) =>
    named(textOf(second) ?? `${bare}_${textsOf(first).join('_')}_${kind}`.toLowerCase());
  switch (name) {
    case 'dropColumn':
    case 'dropColumns':
      changes.push(...textsOf(first).map((each) => `DROP COLUMN ${named(each)}`));
      break;
    case 'renameColumn':
      changes.push(`RENAME COLUMN ${named(one)} TO ${named(textOf(second) ?? '')}`);
      break;
    case 'setNullable':
      changes.push(`ALTER COLUMN ${named(one)} DROP NOT NULL`);
      break;
    case 'dropNullable':
      changes.push(`ALTER COLUMN ${named(one)} SET NOT NULL`);
      break;
    case 'dropForeign':
      changes.push(`DROP CONSTRAINT IF EXISTS ${constraint('foreign')}`);
      break;
    case 'dropUnique':
      changes.push(`DROP CONSTRAINT IF EXISTS ${constraint('unique')}`);
      break;
    case 'dropPrimary':
      changes.push(`DROP CONSTRAINT IF EXISTS ${named(textOf(first) ?? `${bare}_pkey`)}`);
      break;
    case 'dropChecks':
      changes.push(...textsOf(first).map((each) => `DROP CONSTRAINT IF EXISTS ${named(each)}`));
      break;
    case 'dropTimestamps':
      changes.push('DROP COLUMN "created_at"', 'DROP COLUMN "updated_at"');
      break;
    default:
  }
}

/** `timestamps(useTimestamps, defaultToNow, useCamelCase)`. */
function stamps(table: TableBuilder, [, second, third]: readonly Value[]): void {
  const now = second && literalSql(second) === 'TRUE';
  const names =
    third && literalSql(third) === 'TRUE'
      ? ['createdAt', 'updatedAt']
      : ['created_at', 'updated_at'];
  for (const name of names) {
    const column = createColumn(name, 'timestamptz');
    if (now) column.words.push('NOT NULL', 'DEFAULT CURRENT_TIMESTAMP');
    table.columns.push(column);
  }
}

/** The statements a table's callback comes to. */
export function tableSql(table: TableBuilder): string[] {
  const { target, alters, columns, constraints, changes, statements, before } = table;
  const keys = table.foreign.map(
    ({ columns: own, to }) =>
      `CONSTRAINT ${quoted(`${table.bare}_${own.join('_')}_foreign`.toLowerCase())} FOREIGN KEY (${quotedList(own)}) ${referenceSql(to.reference)}`,
  );
  if (!alters) {
    const parts = [
      ...columns.map((column) => columnSql(column, table.bare)),
      ...constraints,
      ...keys,
    ];
    return [...before, `CREATE TABLE IF NOT EXISTS ${target} (${parts.join(', ')})`, ...statements];
  }
  const parts = [
    ...columns.flatMap((column) =>
      column.altered.yes ? alterations(column) : [`ADD COLUMN ${columnSql(column, table.bare)}`],
    ),
    ...changes,
    ...[...constraints, ...keys].map((each) => `ADD ${each}`),
  ];
  return [...before, ...parts.map((part) => `ALTER TABLE ${target} ${part}`), ...statements];
}
