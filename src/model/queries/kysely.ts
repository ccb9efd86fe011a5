import type { ts } from '../../kernel/syntax.ts';
import type { QueryCall, QueryReader } from '../reader.ts';
import { builtIn } from '../trace/classes.ts';
import type { Machine } from '../trace/machine.ts';
import { literal, type Special, stringOf, UNDEFINED, type Value } from '../trace/values.ts';
import { expressionBuilder, functions } from './kysely/eb.ts';
import type { NamedQuery } from './kysely/ends.ts';
import { type Context, expression, statementOf } from './kysely/expression.ts';
import { CAMEL, type Names, PLAIN, usualNames } from './kysely/names.ts';
import { selectFrom, selectNoFrom } from './kysely/select.ts';
import { sqlFunction, sqlTemplate } from './kysely/sql.ts';
import { writeTo } from './kysely/write.ts';
import { exists } from './sql/nodes.ts';

const DATABASES = /^(Kysely|Transaction|ControlledTransaction|QueryCreator)$/;

/** Kysely's query builder, expressions and sql templates. */
export const kysely = {
  name: 'kysely',
  from: /^(kysely|kysely\/.*|@vercel\/postgres-kysely)$/,
  call(machine, { name, args, node, made }) {
    if (name === 'Kysely' && made) return database(contextOf(machine, namesIn(args[0])));
    if (name === 'createKysely') return database(contextOf(machine, namesIn(args[1])));
    if (name === 'CamelCasePlugin') return { kind: 'special', name };
    if (name === 'NoResultError') return noResult();
    const context = contextOf(machine, usualNames(machine));
    if (name === 'expressionBuilder') return context.eb();
    const own = /^sql\.(\w+)$/.exec(name)?.[1];
    return own ? sqlFunction(context, { name: own, args, node }) : undefined;
  },
  template: (machine, { name, node, ...text }) =>
    name === 'sql' ? sqlTemplate(contextOf(machine, usualNames(machine)), text, node) : undefined,
  typed: (machine, { name }) =>
    DATABASES.test(name) ? database(contextOf(machine, usualNames(machine))) : undefined,
  guess(machine, receiver, { name, args, node }) {
    if (!QUERIES.test(name) || !isOutside(receiver)) return undefined;
    return databaseCall(contextOf(machine, usualNames(machine)), { name, args, node }, []);
  },
} satisfies QueryReader;

const QUERIES = /^(selectFrom|insertInto|updateTable|deleteFrom)$/;

/** What code outside the repo made. */
function isOutside(value: Value): boolean {
  if (value.kind === 'term') return ['env', 'external', 'opaque'].includes(value.term.kind);
  return value.kind === 'unknown' || value.kind === 'package';
}

function contextOf(machine: Machine, names: Names): Context {
  const context: Context = { machine, names, eb: () => expressionBuilder(context) };
  return context;
}

/** `new Kysely({ dialect, plugins: [new CamelCasePlugin()] })`. */
function namesIn(config: Value | undefined): Names {
  const plugins = config?.kind === 'object' ? config.fields.value.get('plugins') : undefined;
  const camel =
    plugins?.kind === 'array' && plugins.items.value.some(({ value }) => isCamel(value));
  return camel ? CAMEL : PLAIN;
}

function isCamel(value: Value): boolean {
  return value.kind === 'special' && value.name === 'CamelCasePlugin';
}

function noResult(): Value {
  const fields = [
    ['name', literal('NoResultError')] as const,
    ['message', literal('no result')] as const,
  ];
  return builtIn(['NoResultError', 'Error'], fields);
}

/** A connection or transaction; what WITH named before goes along with each query. */
function database(context: Context, ctes: readonly NamedQuery[] = []): Special {
  const self: Special = {
    kind: 'special',
    name: 'Kysely',
    get: (name) => (name === 'fn' ? functions(context) : undefined),
    invoke: (name, args, node) =>
      withCall(context, { name, args, node }, { self, ctes }) ??
      databaseCall(context, { name, args, node }, ctes),
  };
  return self;
}

function databaseCall(
  context: Context,
  { name, args, node }: QueryCall,
  ctes: readonly NamedQuery[],
): Value | undefined {
  const [first = UNDEFINED] = args;
  switch (name) {
    case 'selectFrom':
      return selectFrom(context, args, { node, ctes });
    case 'selectNoFrom':
      return selectNoFrom(context, args, node);
    case 'insertInto':
    case 'replaceInto':
      return writeTo(context, 'insert', { table: first, ctes });
    case 'updateTable':
      return writeTo(context, 'update', { table: first, ctes });
    case 'deleteFrom':
      return writeTo(context, 'delete', { table: first, ctes });
    case 'exists': {
      const select = statementOf(first);
      return select && expression(context, () => exists(select));
    }
    case 'transaction':
    case 'connection':
      return scoped((work, at) =>
        context.machine.settle(context.machine.call(work, [database(context)], at), at),
      );
    case 'startTransaction':
      return scoped(() => database(context));
    case 'commit':
    case 'rollback':
    case 'savepoint':
      return scoped(() => UNDEFINED);
    case 'destroy':
      return UNDEFINED;
    default:
      return undefined;
  }
}

/** `db.transaction().setIsolationLevel('serializable').execute(async (trx) => …)`. */
function scoped(execute: (work: Value, node: ts.Node) => Value): Special {
  const self: Special = {
    kind: 'special',
    name: 'transaction',
    invoke: (method, [work = UNDEFINED], node) =>
      method === 'execute' ? execute(work, node) : self,
  };
  return self;
}

interface Within {
  readonly self: Special;
  readonly ctes: readonly NamedQuery[];
}

/** `db.with('name', (db) => …)`, and the same database with other plugins. */
function withCall(
  context: Context,
  { name, args, node }: QueryCall,
  { self, ctes }: Within,
): Special | undefined {
  const [first = UNDEFINED, query = UNDEFINED] = args;
  if (name === 'withPlugin') return isCamel(first) ? database({ ...context, names: CAMEL }) : self;
  if (name === 'withoutPlugins') return database(contextOf(context.machine, PLAIN), ctes);
  if (name === 'withSchema' || name === 'withTables') return self;
  if (name !== 'with' && name !== 'withRecursive') return undefined;
  const made = query.kind === 'closure' ? context.machine.call(query, [self], node) : query;
  const called = (stringOf(first) ?? '').replace(/\(.*/, '');
  return database(context, [...ctes, { name: called, query: made }]);
}
