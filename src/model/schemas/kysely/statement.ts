import type { Call, Machine, Native, Value } from '../../static/value.ts';
import { native, textOf } from '../../static/value.ts';
import { literalSql, quoted, quotedList, rawOf, textsOf } from '../migrations/ddl.ts';
import type { Emit } from '../migrations/run.ts';
import { columnSql, createColumn } from './column.ts';

export type NamedCall = Call & { readonly name: string };
export type Names = (name: string) => string;

/** A statement of the schema builder as its calls have left it. */
export interface Statement extends Native {
  readonly type: 'kysely-statement';
  readonly kind: string;
  readonly name: string;
  readonly parts: string[];
  readonly words: Set<string>;
  readonly names: Names;
  readonly emit: Emit;
  on: string;
  where: string;
}

export function isStatement(value: Native): value is Statement {
  return value.type === 'kysely-statement';
}

/** `db.schema.createTable(…)` and its kin. */
export function started(call: NamedCall, names: Names, emit: Emit): Value {
  const made: Statement = {
    type: 'kysely-statement',
    kind: call.name,
    name: names(textOf(call.args[0]) ?? ''),
    parts: [],
    words: new Set(),
    names,
    emit,
    on: '',
    where: '',
  };
  return native(made);
}

/** One call of the chain; `execute` sends what it has come to. */
export function step(machine: Machine, made: Statement, call: NamedCall): Value {
  const [first, second, third] = call.args;
  const { names, parts } = made;
  const name = quoted(names(textOf(first) ?? ''));
  const added = constraintOf(machine, made, call);
  if (added !== undefined) {
    parts.push(`${made.kind === 'alterTable' ? 'ADD ' : ''}CONSTRAINT ${name} ${added}`);
    return native(made);
  }
  const alters = made.kind === 'alterTable';
  switch (call.name) {
    case 'execute':
      for (const text of sqlOf(made)) made.emit(text, call.node);
      break;
    case '$call':
      if (first?.kind === 'function') return machine.invoke(first, [native(made)]);
      break;
    case 'addColumn':
      parts.push(`${alters ? 'ADD COLUMN ' : ''}${name} ${columnOf(machine, second, third)}`);
      break;
    case 'dropColumn':
      parts.push(`DROP COLUMN ${name}`);
      break;
    case 'modifyColumn':
    case 'alterColumn':
      parts.push(...altered(machine, name, second));
      break;
    case 'renameTo':
      parts.push(`RENAME TO ${name}`);
      break;
    case 'renameColumn':
      parts.push(`RENAME COLUMN ${name} TO ${quoted(names(textOf(second) ?? ''))}`);
      break;
    case 'dropConstraint':
      parts.push(`DROP CONSTRAINT ${name}`);
      break;
    case 'on':
      made.on = name;
      break;
    case 'column':
    case 'columns':
      parts.push(...textsOf(first).map((each) => indexed(names(each))));
      break;
    case 'expression':
      parts.push(`(${rawOf(first) ?? ''})`);
      break;
    case 'where':
      made.where = [made.where, whereOf(call, names)].filter(Boolean).join(' AND ');
      break;
    case 'asEnum':
      parts.push(...textsOf(first).map((each) => `'${each}'`));
      break;
    default:
      made.words.add(call.name);
  }
  return native(made);
}

/** `'name desc'` in an index. */
function indexed(name: string): string {
  const [column = '', ...order] = name.split(' ');
  return [quoted(column), ...order].join(' ');
}

function whereOf({ args: [left, operator, right] }: NamedCall, names: Names): string {
  const written = rawOf(left);
  if (written !== undefined && operator === undefined) return written;
  const column = written ?? quoted(names(textOf(left) ?? ''));
  return `${column} ${textOf(operator) ?? '='} ${literalSql(right)}`;
}

/** `addUniqueConstraint(name, columns)` and its kin; undefined for any other call. */
function constraintOf(
  machine: Machine,
  { names }: Statement,
  { name, args: [, second, third, fourth, fifth] }: NamedCall,
): string | undefined {
  const columns = (of: Value | undefined) => quotedList(textsOf(of).map(names));
  switch (name) {
    case 'addPrimaryKeyConstraint':
      return `PRIMARY KEY (${columns(second)})`;
    case 'addUniqueConstraint':
      return `UNIQUE (${columns(second)})`;
    case 'addCheckConstraint':
      return `CHECK (${rawOf(second) ?? 'true'})`;
    case 'addForeignKeyConstraint': {
      const other = `${quoted(names(textOf(third) ?? ''))} (${columns(fourth)})`;
      return `FOREIGN KEY (${columns(second)}) REFERENCES ${other}${columnOf(machine, undefined, fifth)}`;
    }
    default:
      return undefined;
  }
}

/** A column's type with what its callback adds. */
function columnOf(machine: Machine, type: Value | undefined, callback: Value | undefined): string {
  const column = createColumn(rawOf(type) ?? textOf(type) ?? '');
  if (callback?.kind === 'function') machine.invoke(callback, [native(column)]);
  return columnSql(column);
}

/** `(col) => col.setNotNull()`. */
function altered(machine: Machine, name: string, callback: Value | undefined): string[] {
  const column = createColumn('');
  if (callback?.kind === 'function') machine.invoke(callback, [native(column)]);
  return column.alterations.map((each) => `ALTER COLUMN ${name} ${each}`);
}

function sqlOf({ kind, name, parts, words, on, where }: Statement): string[] {
  const list = parts.join(', ');
  const target = quoted(name);
  switch (kind) {
    case 'createTable':
      return words.has('temporary') ? [] : [`CREATE TABLE IF NOT EXISTS ${target} (${list})`];
    case 'alterTable':
      return parts.map((part) => `ALTER TABLE ${target} ${part}`);
    case 'dropTable':
      return [`DROP TABLE IF EXISTS ${target}`];
    case 'createIndex': {
      const unique = words.has('unique') ? 'UNIQUE ' : '';
      return [
        `CREATE ${unique}INDEX ${target} ON ${on} (${list})${where ? ` WHERE ${where}` : ''}`,
      ];
    }
    case 'dropIndex':
      return [`DROP INDEX IF EXISTS ${target}`];
    case 'createType':
      return [`CREATE TYPE ${target} AS ENUM (${list})`];
    case 'dropType':
      return [`DROP TYPE IF EXISTS ${target}`];
    default:
      return [];
  }
}
