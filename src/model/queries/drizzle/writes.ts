import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { Write } from '../../model.ts';
import { builtIn } from '../../trace/classes.ts';
import { spreadFields } from '../../trace/composites.ts';
import { databaseError, errorFacts, type Violated } from '../../trace/errors.ts';
import type { Machine } from '../../trace/machine.ts';
import { type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { type Change, newChange } from '../change.ts';
import { write } from '../write.ts';

/** `db.insert(table)`, `db.update(table)`, `db.delete(table)`: written when awaited. */
export function writeBuilder(
  machine: Machine,
  kind: Write['kind'],
  { table, node }: { table: Table; node: ts.Node },
): Special {
  const unset = kind === 'update' ? { unset: ['Error'] } : {};
  return builder(machine, newChange({ table, node, error }, { kind, ...unset }));
}

function builder(machine: Machine, state: Change): Special {
  let result: Value | undefined;
  const made: Special = {
    kind: 'special',
    name: state.kind,
    settle: () => {
      result ??= write(machine, state);
      return result;
    },
    invoke: (method, args, node) => {
      const next = (change: Partial<Change>) => builder(machine, { ...state, ...change, node });
      const [first = UNDEFINED] = args;
      if (method === 'values' || method === 'set') return next({ values: first });
      if (method === 'where') return next({ where: [...state.where, first] });
      if (method === 'returning') return next({ returning: first });
      if (method === 'onConflictDoNothing') return next({ onConflict: 'nothing' });
      if (method === 'onConflictDoUpdate' || method === 'onDuplicateKeyUpdate')
        return next({ onConflict: 'update', upsert: upsertOf(first) });
      if (method === 'execute' || method === 'run') return machine.settle(made, node);
      return ['prepare', '$dynamic', 'from'].includes(method) ? made : undefined;
    },
  };
  return made;
}

/** `{ target, set }` of `onConflictDoUpdate`. */
function upsertOf(value: Value): NonNullable<Change['upsert']> {
  const { fields } = spreadFields(value);
  const target = fields.get('target') ?? UNDEFINED;
  const columns = target.kind === 'array' ? target.items.value.map((item) => item.value) : [target];
  return {
    target: columns.flatMap((each) => (each.kind === 'column' ? [each.column.name] : [])),
    set: spreadFields(fields.get('set') ?? UNDEFINED).fields,
  };
}

/** Drizzle puts its own error around the driver's, which says the same. */
function error(violated: Violated): Value {
  return builtIn(
    ['DrizzleQueryError', 'DatabaseError', 'PostgresError', 'DrizzleError', 'Error'],
    [['cause', databaseError(violated)], ...errorFacts(violated)],
  );
}
