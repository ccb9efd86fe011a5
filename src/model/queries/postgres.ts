import type { ts } from '../../kernel/syntax.ts';
import type { QueryCall, QueryReader } from '../reader.ts';
import type { Machine } from '../trace/machine.ts';
import { type Special, stringOf, UNDEFINED, type Value } from '../trace/values.ts';
import { identifier, isIdentifier, sqlHelper, templateParts } from './postgres/parts.ts';
import { query } from './postgres/query.ts';
import type { Part } from './sql/fragments.ts';

const CLIENTS = /^(?:default\.|postgres\.)?(Sql|TransactionSql|ReservedSql|ISql|PgSqlClient)$/;
const STORES = /^BasePgStore(Module)?$/;

/**
 * postgres.js (its `src/index.js`, `src/types.js`), and the stores of `@hirosystems/api-toolkit` that classes extend to
 * have it as `this.sql` (`src/postgres/base-pg-store.ts`).
 */
export const postgres = {
  name: 'postgres',
  from: /^(postgres|@(hirosystems|stacks)\/api-toolkit)$/,
  call(machine, { name, made, from }) {
    if (made) return STORES.test(name) ? store(machine) : undefined;
    const makes =
      from === 'postgres' ? /^(default|\*|postgres)$/ : /^(connectPostgres|getPostgres)$/;
    return makes.test(name) ? client(machine) : undefined;
  },
  typed(machine, { name }) {
    if (STORES.test(name)) return store(machine);
    return CLIENTS.test(name) ? client(machine) : undefined;
  },
} satisfies QueryReader;

/** A connection or a transaction: a template's tag, and a function that puts names and lists into templates. */
function client(machine: Machine): Special {
  const self: Special = {
    kind: 'special',
    name: 'postgres',
    tag: (template, node) => query(machine, templateParts(template), node),
    call: ([first = UNDEFINED, ...rest]) =>
      isIdentifier(first, rest) ? identifier(stringOf(first) ?? '') : sqlHelper(first, rest),
    invoke: (name, args, node) => clientCall(machine, self, { name, args, node }),
  };
  return self;
}

function clientCall(
  machine: Machine,
  self: Special,
  { name, args, node }: QueryCall,
): Value | undefined {
  const [first = UNDEFINED, second] = args;
  switch (name) {
    case 'begin':
    case 'savepoint':
      return within(machine, self, { work: args.at(-1), node });
    case 'reserve':
      return self;
    case 'unsafe':
      return query(machine, unsafeParts(first, second), node);
    case 'json':
    case 'array':
    case 'typed':
      return first;
    case 'end':
    case 'close':
    case 'release':
    case 'notify':
    case 'listen':
      return UNDEFINED;
    default:
      return undefined;
  }
}

/** `sql.unsafe('… $1 …', [value])`. */
function unsafeParts(text: Value, given: Value | undefined): readonly Part[] {
  const said = stringOf(text);
  const values = given?.kind === 'array' ? given.items.value.map(({ value }) => value) : [];
  return (said ?? '').split(/(\$\d+)/).map((part) => {
    const number = /^\$(\d+)$/.exec(part)?.[1];
    const value = number === undefined ? undefined : values[Number(number) - 1];
    return value ? { value } : part;
  });
}

/** What a transaction's function gives, once its own promise is settled. */
function within(
  machine: Machine,
  sql: Special,
  { work, node }: { readonly work: Value | undefined; readonly node: ts.Node },
): Value | undefined {
  return work?.kind === 'closure'
    ? machine.settle(machine.call(work, [sql], node), node)
    : undefined;
}

function store(machine: Machine): Special {
  const sql = client(machine);
  return {
    kind: 'special',
    name: 'BasePgStore',
    get: (name) => (name === 'sql' || name === '_sql' ? sql : undefined),
    invoke: (name, [work], node) => {
      if (/^sql(Write)?Transaction$/.test(name)) return within(machine, sql, { work, node });
      return name === 'close' || name === 'refreshMaterializedView' ? UNDEFINED : undefined;
    },
  };
}
