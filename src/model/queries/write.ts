import type { Write } from '../model.ts';
import { toConditions } from '../trace/conditions.ts';
import { foundBefore } from '../trace/found-before.ts';
import { countOf } from '../trace/lists.ts';
import { freshId, type Machine, type Read } from '../trace/machine.ts';
import { placeAt } from '../trace/source.ts';
import type { Bind, Fields, TableValue, Value } from '../trace/values.ts';
import { type Change, givenTo, keep, termsOf } from './change.ts';
import { insert } from './insert.ts';
import { nothingSet } from './nothing-set.ts';
import { lookUpRefused, valuesRefused } from './refused-values.ts';
import { EMPTY, execute, newRead } from './select.ts';
import { sqlFormula, sqlValue } from './terms.ts';
import { violations } from './violations.ts';

/** Writes, once the builder is awaited; what it gives are the rows it returns, or the driver's result. */
export function write(machine: Machine, state: Change): Value {
  if (state.kind === 'insert') return insert(machine, state);
  const { table, node, error } = state;
  const { rows: before, beside } = touched(machine, state);
  const fields = state.values ? givenTo(machine, state, state.values) : new Map<string, Value>();
  if (state.returning) before(fields);
  const id = freshId(machine, table);
  const bind: Bind = (source) => (source === table.id ? id : beside(source));
  const where = state.where.flatMap((each) => toConditions(sqlFormula(each, bind)));
  const record: Write = {
    id,
    kind: state.kind,
    table: table.id,
    set: termsOf(table, fields, bind),
    where,
    at: placeAt(node),
  };
  lookUpRefused(machine, { id, table, node }, where);
  if (state.unset) nothingSet(machine, { table, fields, node, error: state.unset });
  valuesRefused(machine, { id, table, node }, { set: record.set, made: false });
  keep(machine, record);
  violations(machine, { table, record, node, error });
  if (state.returning) return before(fields);
  return { kind: 'special', name: 'result', get: (name) => affected(before(fields), name) };
}

function affected(rows: Value, name: string): Value | undefined {
  const counts = ['rowCount', 'rowsAffected', 'affectedRows', 'count', 'length'].includes(name);
  return counts && rows.kind === 'list' ? countOf(rows) : undefined;
}

/** The rows an update or delete finds, read only where the code looks at them or other tables bear on it. */
function touched(
  machine: Machine,
  state: Change,
): { rows: (changed: Fields) => Value; beside: Bind } {
  let made: Value | undefined;
  const { table, node, joins = [] } = state;
  const earlier = [...machine.writes];
  const beside = joins.length > 0 ? besides(machine, state) : undefined;
  const rows = (changed: Fields): Value => {
    if (made) return made;
    const read = beside?.read ?? newRead(machine, table, node);
    const bind: Bind = (source) => (source === table.id ? read.id : undefined);
    if (!beside) {
      read.where = state.where.flatMap((each) => toConditions(sqlFormula(each, bind)));
      foundBefore(machine, read, earlier);
    }
    const element = (id: string): Value => {
      const own: Bind = (source) => (source === table.id ? id : beside?.bind(source));
      const fields = new Map([...changed].map(([name, value]) => [name, sqlValue(value, own)]));
      return { kind: 'row', query: id, id, table, fields, sure: false };
    };
    made = { kind: 'list', query: read.id, element };
    return made;
  };
  return { rows, beside: beside?.bind ?? (() => undefined) };
}

/** The read that finds a write's rows together with those of other tables. */
function besides(machine: Machine, state: Change): { read: Read; bind: Bind } | undefined {
  const { table, node, joins = [], where } = state;
  const from: TableValue = { kind: 'table', table, source: table.id };
  const rows = execute(machine, { ...EMPTY, from, joins, where }, { node, outer: () => undefined });
  const read = machine.reads.find((each) => rows.kind === 'list' && each.id === rows.query);
  if (!read) return undefined;
  const bind: Bind = (source) => {
    const index = joins.findIndex((join) => join.table.source === source);
    return read.joins[index]?.id;
  };
  return { read, bind };
}
