import type { Call, Machine, Native, Semantics, Value } from '../../static/value.ts';
import { native, textOf, UNKNOWN } from '../../static/value.ts';
import { literalSql, quoted, raw } from '../migrations/ddl.ts';
import type { Emit } from '../migrations/run.ts';
import { columnCall, isColumn } from './column.ts';
import { createTable, isTable, type TableBuilder, tableCall, tableSql } from './table.ts';

export const DATABASE: Native = { type: 'knex-database' };
const FUNCTIONS: Native = { type: 'knex-functions' };

/** `knex.schema`, or a view of it in another schema. */
interface Builder extends Native {
  readonly type: 'knex-schema';
  readonly schema: string;
}

type NamedCall = Call & { readonly name: string };

/** What Knex's schema builder sends, statement by statement. */
export function createKnex(emit: Emit): Semantics {
  return {
    property: (_, receiver, name) => {
      if (receiver !== DATABASE) return undefined;
      if (name === 'schema') return native(builder(''));
      return name === 'fn' ? native(FUNCTIONS) : undefined;
    },
    method: (machine, receiver, call) => {
      if (receiver === FUNCTIONS) return native(raw(FUNCTION_SQL[call.name] ?? 'NULL'));
      if (receiver === DATABASE) return databaseCall(machine, call, emit);
      if (receiver.type === 'knex-schema') {
        return schemaCall(machine, { receiver: receiver as Builder, call }, emit);
      }
      if (isTable(receiver)) return tableCall(receiver, call);
      return isColumn(receiver) ? columnCall(receiver, call) : undefined;
    },
  };
}

const FUNCTION_SQL: Readonly<Record<string, string>> = {
  now: 'CURRENT_TIMESTAMP',
  uuid: 'gen_random_uuid()',
};

function builder(schema: string): Builder {
  return { type: 'knex-schema', schema };
}

/** `knex.raw(…)` is sent where it is awaited by itself, and a piece of SQL where it is given to the builder. */
function databaseCall(machine: Machine, call: NamedCall, emit: Emit): Value | undefined {
  const [first] = call.args;
  if (call.name === 'raw') {
    const text = filled(textOf(first) ?? '', call.args[1]);
    if (STATEMENT.test(text)) emit(text, call.node);
    return native(raw(text));
  }
  if (call.name === 'transaction' && first?.kind === 'function') {
    return machine.invoke(first, [native(DATABASE)]);
  }
  return undefined;
}

const STATEMENT = /^\s*(create|alter|drop|comment)\s/i;

/** `raw('?? > ?', ['seats', 0])`. */
function filled(text: string, given: Value | undefined): string {
  const values = given?.kind === 'list' ? [...given.items] : [];
  return text.replace(/\?\??/g, (mark) => {
    const value = values.shift();
    return mark === '??' ? quoted(textOf(value) ?? '') : literalSql(value);
  });
}

function schemaCall(
  machine: Machine,
  { receiver, call }: { receiver: Builder; call: NamedCall },
  emit: Emit,
): Value {
  const { name, args } = call;
  const [first, second] = args;
  const target = quoted(`${receiver.schema ? `${receiver.schema}.` : ''}${textOf(first) ?? ''}`);
  const send = (text: string) => emit(text, call.node);
  const table = (alters: boolean): void => {
    const made: TableBuilder = createTable(target, { alters, bare: textOf(first) ?? '' });
    if (second?.kind === 'function')
      machine.invoke({ ...second, self: native(made) }, [native(made)]);
    for (const text of tableSql(made)) send(text);
  };
  if (name === 'withSchema') return native(builder(textOf(first) ?? ''));
  if (name === 'createTable' || name === 'createTableIfNotExists') table(false);
  else if (name === 'table' || name === 'alterTable') table(true);
  else if (name === 'dropTable' || name === 'dropTableIfExists')
    send(`DROP TABLE IF EXISTS ${target} CASCADE`);
  else if (name === 'renameTable')
    send(`ALTER TABLE ${target} RENAME TO ${quoted(textOf(second) ?? '')}`);
  else if (name === 'raw') send(filled(textOf(first) ?? '', second));
  else if (name === 'createSchema' || name === 'createSchemaIfNotExists')
    send(`CREATE SCHEMA IF NOT EXISTS ${target}`);
  else if (/^has(Table|Column)$/.test(name)) return { ...UNKNOWN };
  return native(receiver);
}
