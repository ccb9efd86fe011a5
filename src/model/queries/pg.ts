import type { ts } from '../../kernel/syntax.ts';
import type { QueryCall, QueryReader, Template } from '../reader.ts';
import { arrayOf, spreadItems } from '../trace/composites.ts';
import { databaseError } from '../trace/errors.ts';
import type { Machine } from '../trace/machine.ts';
import { calledBack } from '../trace/promises.ts';
import { textOf } from '../trace/source.ts';
import { termsIn } from '../trace/terms.ts';
import {
  literal,
  native,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';
import { driverResult } from './sql/driver-result.ts';
import { runSql } from './sql/run.ts';
import { withText } from './sql/text.ts';

const CLIENTS = /^(Pool|Client|PoolClient|ClientBase|native\.Pool|native\.Client|PostgresDb)$/;

/** node-postgres (and drivers with its interface): SQL as text with `$1`, `$2`, …. */
export const pg = {
  name: 'pg',
  from: /^(pg|pg-pool|@neondatabase\/serverless|@vercel\/postgres|@fastify\/postgres)$/,
  call(machine, { name, made }) {
    const last = name.replace(/^default\./, '');
    if (made && (CLIENTS.test(last) || last === 'default')) return client(machine);
    return /^(createPool|createClient|createSql)$/.test(last) ? client(machine) : undefined;
  },
  template: (machine, { name, node, ...text }) =>
    name === 'sql' ? result(machine, templateRows(machine, text, node), node) : undefined,
  typed: (machine, { name }) => (CLIENTS.test(name) ? client(machine) : undefined),
  guess(machine, receiver, called) {
    if (called.name !== 'query' || !isOutside(receiver)) return undefined;
    return sqlCall(machine, called);
  },
} satisfies QueryReader;

/** What code outside the repo made. */
function isOutside(value: Value): boolean {
  if (value.kind === 'term') return ['env', 'external', 'opaque'].includes(value.term.kind);
  return value.kind === 'unknown' || value.kind === 'package' || value.kind === 'special';
}

/** A pool or a client of one. */
function client(machine: Machine): Special {
  const made: Special = {
    kind: 'special',
    name: 'pg',
    invoke: (method, args, node) => {
      if (method === 'query') return sqlCall(machine, { name: method, args, node });
      if (method === 'connect') return connected(machine, { made, args, node });
      return ['release', 'end', 'on', 'once', 'removeListener'].includes(method)
        ? UNDEFINED
        : undefined;
    },
    tag: (text, node) => result(machine, templateRows(machine, text, node), node),
  };
  return made;
}

/** `connect()`, `connect((error, client, release) => …)`. */
function connected(
  machine: Machine,
  { made, args: [callback], node }: Pick<QueryCall, 'args' | 'node'> & { readonly made: Special },
): Value {
  if (callback?.kind !== 'closure') return made;
  machine.call(callback, [literal(null), made, native('release', () => UNDEFINED)], node);
  return UNDEFINED;
}

/** `query(text, values)`, `query({ text, values })`, either with a callback that is given errors, too. */
function sqlCall(machine: Machine, called: QueryCall): Value | undefined {
  const { args, node } = called;
  const callback = args.at(-1);
  if (callback?.kind !== 'closure') return asked(machine, called);
  const promise = () => asked(machine, called);
  return calledBack(machine, callback, { promise, node }) ? UNDEFINED : undefined;
}

function asked(machine: Machine, { args, node }: QueryCall): Value | undefined {
  const [first = UNDEFINED, second] = args;
  const config = first.kind === 'object' ? first.fields.value : undefined;
  const text = config?.get('text') ?? first;
  const given = config?.get('values') ?? (second?.kind === 'closure' ? undefined : second);
  const params = given ? spreadItems(given).map((item) => item.value) : [];
  const rows = withText(machine, { value: text, given: params.length, node }, (assembled) =>
    run(machine, { text: assembled.text, params: [...params, ...assembled.added], node }),
  );
  return rows || isSql(text) ? result(machine, rows, node) : undefined;
}

function isSql(text: Value): boolean {
  return stringOf(text) !== undefined || (text.kind === 'term' && text.term.kind === 'call');
}

function templateRows(machine: Machine, { texts, values }: Template, node: ts.Node) {
  const text = texts.map((part, index) => (index === 0 ? part : `$${index}${part}`)).join('');
  return run(machine, { text, params: values, node });
}

function run(
  machine: Machine,
  { text, params, node }: { text: string; params: readonly Value[]; node: ts.Node },
): Value | undefined {
  const done = runSql(machine, { text, params, node, error: databaseError });
  if (done?.kind === 'nothing') return arrayOf([]);
  return done ?? unknown(textOf(node), params.flatMap(termsIn));
}

/** The driver's result; of a statement that can't be followed nothing is known. */
function result(machine: Machine, rows: Value | undefined, node: ts.Node): Value {
  return driverResult(machine, rows ?? unknown(textOf(node)));
}
