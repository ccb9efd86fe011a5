import type { Place } from '../../condition/condition.ts';
import { toConditions } from '../trace/conditions.ts';
import { freshId, type Machine, type Read } from '../trace/machine.ts';
import { type Bind, unknown, type Value } from '../trace/values.ts';
import type { Select } from './select.ts';
import { isAggregate, QUERY, sqlFormula, sqlValue } from './terms.ts';

interface Group {
  readonly state: Select;
  /** The row that stands for the group. */
  readonly id: string;
  readonly bind: Bind;
  /** The query whose rows are grouped. */
  readonly read: { readonly id: string; readonly at: Place };
}

/**
 * What a sum is in one group of rows: where each group is a row of the first table, it is taken over the rows joined to
 * that one. Undefined for values that are no sums, and for those of the query as a whole.
 */
export function sumOfGroup(
  machine: Machine,
  value: Value,
  { state, id, bind, read: whole }: Group,
): Value | undefined {
  if (!state.groups || id === whole.id || !isAggregate(value)) return undefined;
  const [join, ...others] = state.joins;
  if (!join || others.length > 0 || !byKey(state)) return unknown('a sum of a group');
  const read: Read = {
    id: freshId(machine, join.table.table),
    table: join.table.table.id,
    many: true,
    where: [],
    joins: [],
    of: null,
    limit: null,
    offset: null,
    at: whole.at,
  };
  machine.reads.push(read);
  machine.counted.add(read.id);
  const within: Bind = (source) =>
    source === QUERY || source === join.table.source ? read.id : bind(source);
  read.where = toConditions(sqlFormula(join.on, within));
  return sqlValue(value, within);
}

/** Whether rows of the first table are grouped by their key: each is a group of its own. */
function byKey({ from, groups }: Select): boolean {
  const keys = (groups ?? []).flatMap((group) =>
    group.kind === 'column' && group.source === from?.source ? [group.column.name] : [],
  );
  const own = from?.table.primaryKey ?? [];
  return own.length > 0 && own.every((name) => keys.includes(name));
}
