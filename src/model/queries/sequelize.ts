import type { QueryCall, QueryReader } from '../reader.ts';
import type { Machine } from '../trace/machine.ts';
import { literal, type Special, UNDEFINED, type Value } from '../trace/values.ts';
import { lazily } from './lazily.ts';
import { textQuery } from './sequelize/query.ts';

/** Sequelize's connections, models and the rows they give. */
export const sequelize = {
  name: 'sequelize',
  from: /^sequelize$/,
  call: (machine, { name, made }) =>
    made && /^(default|\*|Sequelize|default\.Sequelize|default\.default)$/.test(name)
      ? connection(machine)
      : undefined,
  constant: (_, name) => {
    const [word = '', of] = name.split('.').reverse();
    if (of === 'Op') return literal(`Op.${word}`);
    return of === 'QueryTypes' ? literal(word) : undefined;
  },
  typed: (machine, { name }) => (name === 'Sequelize' ? connection(machine) : undefined),
} satisfies QueryReader;

/** What `new Sequelize(…)` gives. */
function connection(machine: Machine): Special {
  const made: Special = {
    kind: 'special',
    name: 'sequelize',
    invoke: (name, args, node) => connectionCall(machine, { name, args, node }),
  };
  return made;
}

const DONE = /^(authenticate|close|sync|drop|truncate|addHook|beforeDefine|afterDefine)$/;

function connectionCall(machine: Machine, { name, args, node }: QueryCall): Value | undefined {
  if (name === 'query') return lazily(machine, () => textQuery(machine, { args, node }));
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
