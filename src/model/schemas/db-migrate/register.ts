import type { Call, Machine, Native, Semantics, Value } from '../../static/value.ts';
import { list, native, nativeOf, UNKNOWN } from '../../static/value.ts';
import type { Emit } from '../migrations/run.ts';
import { statementOf } from './statement.ts';

/** What `up(db)` is given. */
export const DATABASE: Native = { type: 'db-migrate-database' };

/** `db.runSql`, taken off; and once bound, with what it will be called with. */
interface Method extends Native {
  readonly type: 'db-migrate-method';
  readonly name: string;
  readonly args: readonly Value[];
}

type NamedCall = Call & { readonly name: string };

/** What db-migrate's own methods send, and in which order `async` has functions do so. */
export function createDbMigrate(emit: Emit): Semantics {
  const send = (machine: Machine, call: NamedCall): Value => {
    const text = statementOf(call.name, call.args);
    if (text) emit(text, call.node);
    for (const arg of call.args) goOn(machine, arg, call);
    return native(DATABASE);
  };
  const run = (machine: Machine, value: Value, call: Call): Value => {
    if (nativeOf(value)?.type === 'db-migrate-method') {
      return machine.apply(value, { ...call, args: [UNKNOWN], isNew: false });
    }
    return value.kind === 'function' ? machine.invoke(value, [UNKNOWN]) : UNKNOWN;
  };
  return {
    call: (machine, { package: from, path }, call) => {
      if (!/^async(\/|$)/.test(from)) return undefined;
      if (!/^(series|parallel|waterfall)$/.test(path.at(-1) ?? from.slice(6))) return undefined;
      const [tasks, done] = call.args;
      if (tasks?.kind === 'list') for (const task of tasks.items) run(machine, task, call);
      if (done?.kind === 'function') machine.invoke(done, []);
      return UNKNOWN;
    },
    property: (_, receiver, name) => (receiver === DATABASE ? native(method(name, [])) : undefined),
    method: (machine, receiver, call) => {
      if (receiver === DATABASE && !SETTLING.has(call.name)) return send(machine, call);
      if (!isMethod(receiver)) return undefined;
      if (call.name === 'bind') return native(method(receiver.name, call.args.slice(1)));
      const called = { name: receiver.name, args: [...receiver.args, ...call.args] };
      return call.name === '()' ? send(machine, { ...call, ...called }) : undefined;
    },
  };
}

const SETTLING = new Set(['then', 'catch', 'finally']);

function method(name: string, args: readonly Value[]): Method {
  return { type: 'db-migrate-method', name, args };
}

function isMethod(value: Native): value is Method {
  return value.type === 'db-migrate-method';
}

/** A callback goes on once the statement is done: with an error that is none, and rows nobody knows. */
function goOn(machine: Machine, value: Value, call: NamedCall): void {
  if (value.kind === 'function')
    machine.invoke(value, [{ kind: 'literal', value: null, origin: null }, list([])]);
  else if (value.kind === 'native' && isMethod(value.native))
    machine.apply(value, { ...call, args: [], isNew: false });
}
