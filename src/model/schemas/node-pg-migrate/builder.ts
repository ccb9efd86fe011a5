import type { Native, Semantics, Value } from '../../static/value.ts';
import { native, plainText, UNKNOWN } from '../../static/value.ts';
import { raw } from '../migrations/ddl.ts';
import type { Emit } from '../migrations/run.ts';
import { statementOf } from './statement.ts';

/** Types by the names that migrations give them: what `exports.shorthands` of this file and those before it have. */
export type Shorthands = ReadonlyMap<string, Value>;

/** `pgm`: what `up` is given. */
interface Builder extends Native {
  readonly type: 'pgm';
  readonly shorthands: Shorthands;
}

const CONNECTION: Native = { type: 'pgm-connection' };

export function builder(shorthands: Shorthands): Builder {
  return { type: 'pgm', shorthands };
}

/** What node-pg-migrate's builder sends, operation by operation (its `src/migrationBuilder.ts`). */
export function createNodePgMigrate(emit: Emit): Semantics {
  return {
    call: (_, { package: from, path }, { args }) => {
      const isLiteral = from === 'node-pg-migrate' && path[0] === 'PgLiteral';
      return isLiteral ? native(raw(plainText(args[0]) ?? '')) : undefined;
    },
    property: (_, receiver, name) =>
      isBuilder(receiver) && name === 'db' ? native(CONNECTION) : undefined,
    method: (_, receiver, call) => {
      const text = plainText(call.args[0]);
      if (receiver === CONNECTION) {
        if (text !== undefined) emit(text, call.node);
        return UNKNOWN;
      }
      if (!isBuilder(receiver)) return undefined;
      if (call.name === 'func') return native(raw(text ?? ''));
      const sent = statementOf(call.name, call.args, receiver.shorthands);
      if (sent) emit(sent, call.node);
      return UNKNOWN;
    },
  };
}

function isBuilder(value: Native): value is Builder {
  return value.type === 'pgm';
}
