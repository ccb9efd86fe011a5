import type { Table } from '../../src/db/db.ts';
import { isMade, type Plan, type PlannedRow, refOf, type Value } from '../../src/plan/plan.ts';
import type { BusinessState, Fact } from './list.ts';

/** Rows of a state, each as often as it is asked for. */
interface Wanted {
  readonly name: string | undefined;
  readonly table: string;
  readonly where: Readonly<Record<string, Fact>>;
}

interface Given {
  readonly name: string;
  readonly row: PlannedRow;
}

/** Whether a plan's rows hold a state: rows of their own for all of its rows, with every fact. */
export function holdsState(state: BusinessState, plan: Plan, tables: readonly Table[]): boolean {
  const known = new Map(tables.map((table) => [table.id, table]));
  const wanted = state.rows.flatMap(({ count = 1, ...row }) =>
    Array.from({ length: count }, (): Wanted => ({ ...row, name: row.name })),
  );
  const given = Object.entries(plan.given.rows).flatMap(([name, row]) =>
    Array.from({ length: isMade(row) ? (row.count ?? 1) : 1 }, (): Given => ({ name, row })),
  );
  return assign(wanted, given, { known, bound: new Map() });
}

interface So {
  readonly known: ReadonlyMap<string, Table>;
  /** The given row that stands for a named row of the state. */
  readonly bound: ReadonlyMap<string, Given>;
}

function assign(wanted: readonly Wanted[], given: readonly Given[], so: So): boolean {
  const [first, ...rest] = wanted;
  if (!first) return true;
  return given.some((one, index) => {
    if (one.row.table !== first.table) return false;
    const kept = Object.entries(first.where).every(([column, fact]) =>
      factHolds(one, { column, fact }, so),
    );
    if (!kept) return false;
    const bound = first.name ? new Map([...so.bound, [first.name, one]]) : so.bound;
    return assign(rest, given.toSpliced(index, 1), { ...so, bound });
  });
}

function factHolds(one: Given, { column, fact }: { column: string; fact: Fact }, so: So): boolean {
  const value = cellOf(one, column, so);
  if (typeof fact !== 'object') return value === fact || asText(value) === asText(fact);
  if ('ref' in fact) return refersTo(one, column, { to: fact.ref, so });
  if ('null' in fact) return (value === null) === fact.null;
  if ('gt' in fact) return typeof value === 'number' && value > fact.gt;
  if ('lt' in fact) return typeof value === 'number' && value < fact.lt;
  const offset = typeof value === 'object' && value !== null && 'now' in value ? value.now : null;
  if (offset === null) return false;
  const past = offset.startsWith('-');
  return 'before' in fact ? past : !past;
}

/** What a row holds in a column: as planned, else the column's default, else nothing where it may be so. */
function cellOf({ row }: Given, column: string, { known }: So): Value | undefined {
  const planned = isMade(row) ? row.set[column] : { ...row.match, ...row.update }[column];
  if (planned !== undefined || !isMade(row)) return planned;
  const found = known.get(row.table)?.columns.find(({ name }) => name === column);
  if (found?.default.kind === 'literal') return found.default.value as Value;
  return found?.nullable && found.default.kind === 'none' ? null : undefined;
}

function refersTo(
  one: Given,
  column: string,
  { to, so }: { readonly to: string; readonly so: So },
): boolean {
  const [name = '', key = ''] = to.split('.');
  const target = so.bound.get(name);
  if (!target) return false;
  const own = cellOf(one, column, so);
  const ref = refOf(own);
  if (ref) return ref.row === target.name && ref.column === key;
  return own !== undefined && own !== null && own === cellOf(target, key, so);
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
