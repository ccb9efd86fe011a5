import type { Table } from '../../src/db/db.ts';
import type { App, Seeded } from '../../src/model/model.ts';
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

/** The tables of an app, and what migrations put into them. */
type Ground = Pick<App, 'tables' | 'seeded'>;

/** That of all apps of a model together. */
export function groundOf(apps: readonly App[]): Ground {
  return {
    tables: apps.flatMap(({ tables }) => tables),
    seeded: apps.flatMap(({ seeded }) => seeded ?? []),
  };
}

/** Whether a plan's rows hold a state: rows of their own for all of its rows, with every fact. */
export function holdsState(
  state: BusinessState,
  plan: Plan,
  { tables, seeded = [] }: Ground,
): boolean {
  const known = new Map(tables.map((table) => [table.id, table]));
  const seeds = new Map(seeded.map(({ table, rows }) => [table, rows]));
  const wanted = state.rows.flatMap(({ count = 1, ...row }) =>
    Array.from({ length: count }, (): Wanted => ({ ...row, name: row.name })),
  );
  const given = Object.entries(plan.given.rows).flatMap(([name, row]) =>
    Array.from({ length: isMade(row) ? (row.count ?? 1) : 1 }, (): Given => ({ name, row })),
  );
  const all = new Map(given.map((one) => [one.name, one]));
  return assign(wanted, given, { known, seeds, all, bound: new Map() });
}

interface So {
  readonly known: ReadonlyMap<string, Table>;
  readonly seeds: ReadonlyMap<string, Seeded['rows']>;
  readonly all: ReadonlyMap<string, Given>;
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
  const { value } = cellAt(one, column, so);
  if (typeof fact !== 'object') return value === fact || asText(value) === asText(fact);
  if ('ref' in fact) return isCellOf(one, column, { to: fact.ref, so });
  if ('null' in fact) return (value === null) === fact.null;
  if ('gt' in fact) return asNumber(value) > fact.gt;
  if ('lt' in fact) return asNumber(value) < fact.lt;
  const offset = typeof value === 'object' && value !== null && 'now' in value ? value.now : null;
  if (offset === null) return false;
  const past = offset.startsWith('-');
  return 'before' in fact ? past : !past;
}

/** A cell that no longer refers to another, and what is planned for it. */
interface Cell {
  readonly row: string;
  readonly column: string;
  readonly value: Value | undefined;
}

/** Where a chain of refs ends; one that runs in a circle ends nowhere. */
function cellAt(one: Given, column: string, so: So): Cell {
  let cell: Cell = { row: one.name, column, value: plannedIn(one, column, so) };
  for (let hops = so.all.size; hops > 0; hops--) {
    const ref = refOf(cell.value);
    const target = ref && so.all.get(ref.row);
    if (!ref || !target) break;
    cell = { ...ref, value: plannedIn(target, ref.column, so) };
  }
  return cell;
}

/**
 * What a row holds in a column: as planned, else as migrations made the row it binds, else the column's
 * default, else nothing where it may be so.
 */
function plannedIn({ row }: Given, column: string, { known, seeds }: So): Value | undefined {
  if (!isMade(row)) {
    const bound = (seeds.get(row.table) ?? []).find((seed) =>
      Object.entries(row.match).every(([name, value]) => seed[name] === value),
    );
    return { ...bound, ...row.match, ...row.update }[column];
  }
  const planned = row.set[column];
  if (planned !== undefined) return planned;
  const found = known.get(row.table)?.columns.find(({ name }) => name === column);
  if (found?.default.kind === 'literal') return found.default.value as Value;
  return found?.nullable && found.default.kind === 'none' ? null : undefined;
}

function isCellOf(
  one: Given,
  column: string,
  { to, so }: { readonly to: string; readonly so: So },
): boolean {
  const [name = '', key = ''] = to.split('.');
  const target = so.bound.get(name);
  if (!target) return false;
  const [own, wanted] = [cellAt(one, column, so), cellAt(target, key, so)];
  if (own.row === wanted.row && own.column === wanted.column) return true;
  return own.value !== undefined && own.value !== null && own.value === wanted.value;
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Decimals are planned as numbers or as their text. */
function asNumber(value: Value | undefined): number {
  return typeof value === 'number' || typeof value === 'string'
    ? Number.parseFloat(String(value))
    : Number.NaN;
}
