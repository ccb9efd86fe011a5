import type { ts } from '../../kernel/syntax.ts';
import type { QueryCall, QueryReader } from '../reader.ts';
import type { Machine } from '../trace/machine.ts';
import { called } from '../trace/terms.ts';
import { type Special, stringOf, term, typed, UNDEFINED, type Value } from '../trace/values.ts';
import { builderFor } from './knex/builder.ts';
import { raw } from './knex/raw.ts';
import { CAMEL, type Names, PLAIN } from './kysely/names.ts';

/** Knex's query builder. */
export const knex = {
  name: 'knex',
  from: /^knex$/,
  call: (machine, { name }) =>
    /^(default|knex|Knex|\*)$/.test(name) ? database(machine, namesIn(machine)) : undefined,
  typed: (machine, { name }) =>
    /^(Knex|Knex\.Transaction)$/.test(name) ? database(machine, namesIn(machine)) : undefined,
} satisfies QueryReader;

const usual = new WeakMap<object, Names>();

/** Snake case in the database where the repo says so to Knex or Objection. */
function namesIn(machine: Machine): Names {
  const { program } = machine.deps;
  const known = usual.get(program);
  if (known) return known;
  const mapped = program.repo.files.some(
    ({ path }) =>
      /\.[mc]?[jt]s$/.test(path) && program.matches(path, /knexSnakeCaseMappers|knex-stringcase/),
  );
  const names = mapped ? CAMEL : PLAIN;
  usual.set(program, names);
  return names;
}

/** A connection or transaction: called with a table's name it begins a query. */
function database(machine: Machine, names: Names): Special {
  const start = (source: Value | undefined, node: ts.Node) =>
    builderFor(machine, names, { source, node });
  const self: Special = {
    kind: 'special',
    name: 'knex',
    call: ([source], node) => start(source, node),
    get: (name) => (name === 'fn' ? functions() : undefined),
    invoke: (name, args, node) => databaseCall(machine, { self, start }, { name, args, node }),
  };
  return self;
}

interface Database {
  readonly self: Special;
  readonly start: (source: Value | undefined, node: ts.Node) => Special;
}

function databaseCall(
  machine: Machine,
  { self, start }: Database,
  { name, args, node }: QueryCall,
): Value | undefined {
  const [first = UNDEFINED] = args;
  switch (name) {
    case 'transaction':
      return first.kind === 'closure'
        ? machine.settle(machine.call(first, [self], node), node)
        : self;
    case 'raw':
      return raw(machine, { args, node });
    case 'ref':
      return raw(machine, { args: [quoted(first)], node });
    case 'commit':
    case 'rollback':
    case 'destroy':
      return UNDEFINED;
    case 'withSchema':
    case 'queryBuilder':
      return start(undefined, node);
    default:
      return machine.invoke(start(undefined, node), { name, args }, node);
  }
}

function quoted(path: Value): Value {
  const text = (stringOf(path) ?? '').split('.').map((each) => `"${each}"`);
  return term({ kind: 'literal', value: text.join('.') }, typed('string'));
}

/** `knex.fn.now()`, `knex.fn.uuid()`. */
function functions(): Special {
  return {
    kind: 'special',
    name: 'knex.fn',
    invoke: (method) =>
      method === 'now'
        ? term({ kind: 'now' }, typed('instant'))
        : called('random', [], typed('string')),
  };
}
