import { ts } from '../../kernel/syntax.ts';
import type { QueryCall, QueryReader } from '../reader.ts';
import { versionsOf } from '../readers/version.ts';
import type { Machine } from '../trace/machine.ts';
import { textOf } from '../trace/source.ts';
import { termsIn } from '../trace/terms.ts';
import {
  literal,
  type RowValue,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';
import { lazily } from './lazily.ts';
import { instanceCall, instanceOf } from './sequelize/instances.ts';
import { model, modelCall } from './sequelize/model.ts';
import { textQuery } from './sequelize/query.ts';
import { rowCall } from './sequelize/rows.ts';
import { tableIn, tableNamed } from './sequelize/tables.ts';

const CONNECTION = /^(default|\*|Sequelize|default\.Sequelize|default\.default)$/;

/** Parts of SQL that are written as such. */
const SQL = /(^|\.)(literal|fn|col|cast|json|where)$/;

/** Sequelize's connections, models and the rows they give. */
export const sequelize = {
  name: 'sequelize',
  from: /^sequelize(-typescript)?$/,
  call: (machine, { name, made, type, args, node }) => {
    const table = tableIn(machine, type);
    if (table) return instanceOf(machine, table, { values: args[0], node });
    if (made) return CONNECTION.test(name) ? connection(machine) : undefined;
    return SQL.test(name) ? unknown(textOf(node), args.flatMap(termsIn)) : undefined;
  },
  constant: (_, name) => {
    const [word = '', of] = name.split('.').reverse();
    if (of === 'Op') return literal(`Op.${word}`);
    return of === 'QueryTypes' ? literal(word) : undefined;
  },
  typed: (machine, { name }) => (name === 'Sequelize' ? connection(machine) : undefined),
  member: (machine, row, name) => {
    const own = name === 'dataValues' ? row : name === 'isNewRecord' ? literal(false) : undefined;
    return own && versionsOf(machine, 'sequelize').length > 0 ? own : undefined;
  },
  guess: (machine, receiver, called) => {
    if (versionsOf(machine, 'sequelize').length === 0) return undefined;
    if (receiver.kind === 'row') return ofRow(machine, receiver, called);
    if (receiver.kind === 'unknown') return byName(machine, called);
    if (receiver.kind === 'instance') return instanceCall(machine, receiver, called);
    const table = receiver.kind === 'class' ? tableIn(machine, receiver) : undefined;
    return table && modelCall(machine, { ...called, table });
  },
} satisfies QueryReader;

/**
 * `db.User.findOne(…)`, `sequelize.transaction(…)` where nobody can follow who loads the models' files (sequelize-cli's
 * `models/index.js` reads the folder): by the model's name.
 */
function byName(machine: Machine, called: QueryCall): Value | undefined {
  const callee = ts.isCallExpression(called.node) ? called.node.expression : called.node;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const of = callee.expression;
  const name = (ts.isPropertyAccessExpression(of) ? of.name : of).getText();
  if (name === 'sequelize') return connectionCall(machine, called);
  const table = tableNamed(machine, name);
  return table && modelCall(machine, { ...called, table });
}

/** A method of a row, where its class has none of that name. */
function ofRow(machine: Machine, row: RowValue, called: QueryCall): Value | undefined {
  const own = machine.get(row, called.name, called.node);
  return own.kind === 'undefined' ? rowCall(machine, row, called) : undefined;
}

/** What `new Sequelize(…)` gives. */
function connection(machine: Machine): Special {
  const made: Special = {
    kind: 'special',
    name: 'sequelize',
    get: (name) => (name === 'models' ? models(machine) : undefined),
    invoke: (name, args, node) => connectionCall(machine, { name, args, node }),
  };
  return made;
}

/** `sequelize.models.user`. */
function models(machine: Machine): Special {
  const get = (name: string) => {
    const table = tableNamed(machine, name);
    return table && model(machine, table);
  };
  return { kind: 'special', name: 'models', get };
}

const DONE = /^(authenticate|close|sync|drop|truncate|addHook|beforeDefine|afterDefine)$/;

function connectionCall(machine: Machine, { name, args, node }: QueryCall): Value | undefined {
  if (name === 'query') return lazily(machine, () => textQuery(machine, { args, node }));
  if (name === 'define' || name === 'model') {
    const table = machine.deps.schema.tableAt(node) ?? tableNamed(machine, stringOf(args[0]));
    return table && model(machine, table);
  }
  if (name === 'transaction') return transaction(machine, { name, args, node });
  return DONE.test(name) ? UNDEFINED : undefined;
}

/** A transaction to be ended by whoever began it, or one around a function. */
function transaction(machine: Machine, { args, node }: QueryCall): Value {
  const work = args.find((each) => each.kind === 'closure');
  const begun: Special = {
    kind: 'special',
    name: 'transaction',
    get: (name) => (name === 'LOCK' ? locks() : UNDEFINED),
    set: () => undefined,
    invoke: (name) => (/^(commit|rollback|afterCommit)$/.test(name) ? UNDEFINED : undefined),
  };
  return work ? machine.settle(machine.call(work, [begun], node), node) : begun;
}

function locks(): Special {
  return { kind: 'special', name: 'LOCK', get: (name) => literal(name) };
}
