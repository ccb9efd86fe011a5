import type { Call, Machine, Native, Semantics, Value } from '../../static/value.ts';
import { literal, native, plainText, UNKNOWN } from '../../static/value.ts';
import { raw } from '../migrations/ddl.ts';
import type { Emit } from '../migrations/run.ts';
import { statementOf } from './statement.ts';
import { isTypeName, madeType, typeOf } from './types.ts';

/** What `up` is given; umzug gives it as the `context` of its first argument. */
export const QUERY_INTERFACE: Native = { type: 'sequelize-query-interface' };
const CONNECTION: Native = { type: 'sequelize-connection' };

/** What Sequelize's query interface sends, and what its constructors of types and SQL make. */
export function createQueryInterface(emit: Emit): Semantics {
  return {
    call: (_, { package: from, path }, { args }) => {
      const name = path.at(-1) ?? '';
      if (!/^sequelize(-typescript)?$/.test(from)) return undefined;
      if (name === 'literal') return native(raw(plainText(args[0]) ?? ''));
      if (name === 'fn') return native(raw(`${plainText(args[0]) ?? ''}()`));
      return isTypeName(name) ? native(madeType(name, args)) : undefined;
    },
    property: (_, receiver, name) => {
      if (receiver === QUERY_INTERFACE) return own(name);
      if (receiver === CONNECTION && /^(queryInterface|constructor)$/.test(name))
        return name === 'constructor' ? SEQUELIZE : native(QUERY_INTERFACE);
      const type = typeOf(native(receiver));
      return type && native(madeType(name === 'BINARY' ? 'BLOB' : type.name, type.args));
    },
    method: (machine, receiver, call) => {
      if (receiver === CONNECTION) return connectionCall(machine, call, emit);
      if (receiver !== QUERY_INTERFACE) return undefined;
      const text = statementOf(call.name, call.args);
      if (text) emit(text, call.node);
      return UNKNOWN;
    },
  };
}

const SEQUELIZE: Value = { kind: 'package', package: 'sequelize', path: [], origin: null };

function own(name: string): Value | undefined {
  if (name === 'sequelize') return native(CONNECTION);
  if (name === 'Sequelize') return SEQUELIZE;
  return /^(context|queryInterface)$/.test(name) ? native(QUERY_INTERFACE) : undefined;
}

type NamedCall = Call & { readonly name: string };

function connectionCall(
  machine: Machine,
  { name, args, node }: NamedCall,
  emit: Emit,
): Value | undefined {
  const [first] = args;
  if (name === 'getQueryInterface') return native(QUERY_INTERFACE);
  if (name === 'query') {
    const text = plainText(first);
    if (text) emit(text, node);
    return UNKNOWN;
  }
  if (name !== 'transaction') return undefined;
  const work = args.find(({ kind }) => kind === 'function');
  return work?.kind === 'function' ? machine.invoke(work, [UNKNOWN]) : literal(undefined);
}
