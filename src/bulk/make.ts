import type { Copier, Layout, LayoutTable } from '../db/db.ts';
import type { Parents, PlannedKey, Rows } from './bulk.ts';
import { compileTable, type Vocabulary } from './compile.ts';
import { withDomains } from './components.ts';
import { type BulkPlan, planBulk } from './plan.ts';
import { keyOf } from './random.ts';
import { samplesOf } from './samples.ts';

export interface Making {
  readonly sql: Copier;
  readonly seed: string;
  readonly words: Vocabulary;
  /** Called before each table is worked out. */
  readonly started: (table: LayoutTable, rows: number) => void;
}

/** The rows of every table asked for and of those they need, in groups to be written together. */
export async function makeRows(
  read: Layout,
  asked: ReadonlyMap<number, number>,
  making: Making,
): Promise<readonly (readonly Rows[])[]> {
  const { sql, seed } = making;
  const types = await samplesOf(read, making);
  const layout = { ...read, tables: read.tables.map((table) => withDomains(table, types)) };
  const there = async (table: LayoutTable) => {
    const [row] = await sql.query(`select count(*)::int8::float8 as n from only ${table.sql}`);
    return Number(row?.['n']);
  };
  const plan = await planBulk(layout, asked, there);
  const made = new Map<number, Rows>();
  const existing = new Map<number, Parents>();
  const groups: Rows[][] = [];
  const referenced = referencedIn(layout);
  for (const group of plan.groups) {
    const rows: Rows[] = [];
    for (const table of group) {
      const count = plan.counts.get(table.oid) ?? 0;
      making.started(table, count);
      const keys: PlannedKey[] = [];
      for (const key of table.foreignKeys) {
        const parents = await parentsOf(key.table, { plan, made, existing, layout, sql });
        const inCycle = group.some(({ oid }) => oid === key.table && oid !== table.oid);
        keys.push(planKey(table, key, { parents, seed, inCycle }));
      }
      const job = { table, count, offset: await there(table) };
      const own = referenced.get(table.oid) ?? new Set<number>();
      const compiled = await compileTable(job, { ...making, types, referenced: own, keys });
      made.set(table.oid, compiled);
      rows.push(compiled);
    }
    groups.push(rows);
  }
  return groups;
}

function planKey(
  table: LayoutTable,
  key: PlannedKey['key'],
  { parents, seed, inCycle }: { parents: Parents; seed: string; inCycle: boolean },
): PlannedKey {
  const own = table.columns.filter(({ number }) => key.columns.includes(number));
  const nullable = key.full ? own.every((one) => !one.notNull) : own.some((one) => !one.notNull);
  const draw = keyOf(seed, table.sql, ...own.map((one) => one.name), 'link');
  return {
    key,
    parents,
    self: key.table === table.oid,
    nullable,
    optional: nullable && !inCycle,
    draw,
  };
}

function referencedIn({ tables }: Layout): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  for (const key of tables.flatMap((table) => table.foreignKeys)) {
    const columns = found.get(key.table) ?? new Set();
    for (const column of key.references) columns.add(column);
    found.set(key.table, columns);
  }
  return found;
}

interface Finding {
  readonly plan: BulkPlan;
  readonly made: ReadonlyMap<number, Rows>;
  readonly existing: Map<number, Parents>;
  readonly layout: Layout;
  readonly sql: Copier;
}

const MOST_EXISTING = 10_000;

/** Rows that are made are asked when they are needed (cycles too); else those that are there already. */
async function parentsOf(oid: number, at: Finding): Promise<Parents> {
  const size = at.plan.counts.get(oid) ?? 0;
  if (size > 0) {
    return { size, cell: (column, index) => at.made.get(oid)?.cell(column, index) ?? null };
  }
  const known = at.existing.get(oid);
  if (known) return known;
  const table = at.layout.tables.find((one) => one.oid === oid);
  if (!table) return { size: 0, cell: () => null };
  const names = table.columns.map((column) => `${column.sql}::text`).join(', ');
  const keys = table.uniques[0]?.parts.join(', ');
  const rows = await at.sql.query(`select array[${names}] as cells from only ${table.sql}
    ${keys ? `order by ${keys}` : ''} limit ${MOST_EXISTING}`);
  const cells = rows.map((row) => row['cells'] as (string | null)[]);
  const positions = new Map(table.columns.map(({ number }, position) => [number, position]));
  const parents: Parents = {
    size: cells.length,
    cell: (column, index) => cells[index]?.[positions.get(column) ?? -1] ?? null,
  };
  at.existing.set(oid, parents);
  return parents;
}
