import type { Condition, Place } from '../../condition/condition.ts';
import type { Query, Write } from '../../model/model.ts';
import { mentionsOf } from './mentions.ts';
import type { Setting } from './setting.ts';

/** Says which rows that must be there can't be, whatever the data; null where none is known. */
export function rowlessIn(setting: Setting): string | null {
  const needed = [...mentionsOf(setting).present, ...setting.when.flatMap(counted)];
  for (const id of needed) {
    const query = setting.queries.get(id);
    const why = query ? whyRowless(setting, query) : null;
    if (why !== null) return why;
  }
  return null;
}

/**
 * Why a query finds nothing: it goes through rows that are not there, or its rows would refer to one that the request
 * puts in only now.
 */
export function whyRowless(setting: Setting, query: Query): string | null {
  const gone = new Set(
    setting.when.flatMap((item) => (item.kind === 'absent' ? [item.query] : [])),
  );
  if (gone.size === 0) return null;
  const wholes = wholesOf(setting.queries, query);
  const whole = wholes.find((of) => gone.has(of.id));
  if (whole) return `${query.id} is of ${whole.id}, of which there is none`;
  const row = [...setting.writes.values()].find(
    (write) =>
      gone.has(write.comesUpon ?? '') &&
      wholes.some((of) => refersTo(of, write)) &&
      !isFilled(setting, query),
  );
  return row ? `${query.id} refers to the row that ${row.id} puts in` : null;
}

/** The query that some number of rows is asked of, which is not zero. */
function counted(condition: Condition): string[] {
  if (condition.kind !== 'count') return [];
  const { left, op, right } = condition;
  if (left.kind !== 'aggregate' || right.kind !== 'literal') return [];
  const least = Number(right.value);
  const needed = op === '>' ? least >= 0 : (op === '>=' || op === '=') && least > 0;
  return needed ? [left.query] : [];
}

/** A query and those that its rows are taken from. */
function wholesOf(queries: Setting['queries'], query: Query): Query[] {
  const whole = query.of === null ? undefined : queries.get(query.of);
  return [query, ...(whole ? wholesOf(queries, whole) : [])];
}

/** `query.column = row.column` for a row that an insert has just put in. */
function refersTo({ id, where }: Query, write: Write): boolean {
  return where.some((part: Condition) => {
    if (part.kind !== 'compare' || part.op !== '=') return false;
    const rows = [part.left, part.right].map((side) => (side.kind === 'column' ? side.row : null));
    return rows.includes(id) && rows.includes(write.id);
  });
}

/** Whether the request may have put in what the query finds. */
function isFilled({ writes, outcome }: Setting, query: Query): boolean {
  return outcome.writes.some((id) => {
    const write = writes.get(id);
    return write?.kind === 'insert' && mayPrecede(write, query);
  });
}

/** Whether a write may come before a read; what stands in one function is told apart by its lines. */
export function mayPrecede(write: Write, query: Query): boolean {
  if (write.table !== query.table) return false;
  return !isTogether(write.at, query.at) || write.at.line < query.at.line;
}

function isTogether(one: Place, other: Place): boolean {
  const within = (a: Place, b: Place) => `${a.symbol}.`.startsWith(`${b.symbol}.`);
  return one.file === other.file && (within(one, other) || within(other, one));
}
