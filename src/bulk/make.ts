import type { Copier, Layout, LayoutTable } from '../db/db.ts';
import { type Unwound, withoutBackLinks } from './back-links.ts';
import type { Existing, Parents, PlannedKey, Rows } from './bulk.ts';
import { compileTable } from './compile.ts';
import { withDomains } from './components.ts';
import { existingRows, NOBODY } from './existing.ts';
import { judge } from './judge.ts';
import type { Types } from './literal.ts';
import { planBulk } from './plan.ts';
import { keyOf } from './random.ts';
import { type Rules, spreadKey } from './rules.ts';
import { samplesOf } from './samples.ts';
import { type Spares, sparesOf } from './spares.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Making {
  readonly sql: Copier;
  readonly seed: string;
  readonly words: Vocabulary;
  readonly rules: Rules;
  /**
   * Writes a group as soon as it is known, where triggers may refuse rows or add their own: the tables that
   * follow are then worked out from what is there. Not called where no table has triggers.
   */
  readonly write?: (group: readonly Rows[]) => Promise<void>;
  /** Called before each table is worked out. */
  readonly started: (table: LayoutTable, rows: number) => void;
}

/** Rows in groups to be written together, with what they were made from besides their plans. */
export interface Made {
  readonly groups: readonly (readonly Rows[])[];
  readonly existing: ReadonlyMap<number, Existing>;
  readonly types: Types;
  /** Whether `write` was given every group. */
  readonly written: boolean;
}

/** The rows of every table asked for and of those they need, in groups to be written together. */
export async function makeRows(
  read: Layout,
  asked: ReadonlyMap<number, number>,
  making: Making,
): Promise<Made> {
  const { sql } = making;
  const layout = { ...read, tables: read.tables.map((table) => withDomains(table, read.types)) };
  const there = (table: LayoutTable) => rowsThere(table, sql);
  const before = new Map<number, number>();
  const plan = await planBulk(layout, asked, there);
  const types = await samplesOf({ ...layout, tables: plan.groups.flat() }, making);
  const write = plan.groups.flat().some(({ triggers }) => triggers) ? making.write : undefined;
  const counts = new Map(plan.counts);
  if (write) for (const table of plan.groups.flat()) before.set(table.oid, await there(table));
  const known = new Map<number, Rows>();
  const existing = new Map<number, Existing>();
  const standing = new Map<number, Parents>();
  const groups: Rows[][] = [];
  const parents = (oid: number): Parents => {
    const found = known.get(oid) ?? standing.get(oid);
    const rows = found ? null : existing.get(oid);
    if (!rows) return found ?? NOBODY;
    standing.set(oid, existingRows(rows));
    return parents(oid);
  };
  const referenced = referencedIn(layout);
  const spares = sparesOf(plan.groups.flat(), counts);
  for (const group of plan.groups) {
    const rows: Rows[] = [];
    const judged: Rows[] = [];
    for (const whole of group) {
      const { table, empty, returning } = withoutBackLinks(whole, group);
      const offset = await there(table);
      // Rows that triggers have made of it meanwhile are some of those asked for.
      const made = offset - (before.get(table.oid) ?? offset);
      const count = Math.max(0, (counts.get(table.oid) ?? 0) - made);
      counts.set(table.oid, count);
      if (count === 0) continue;
      making.started(table, count);
      const below = offset > 0 && isTree(table) && table.triggers;
      const reading = { existing, layout, sql };
      const standing = below ? await readExisting(table.oid, reading) : null;
      const keys = await keysOf(table, { group, returning, counts, spares, reading, making });
      const job = { table, count, offset };
      const own = referenced.get(table.oid) ?? new Set<number>();
      const compiled = await compileTable(job, {
        ...making,
        types,
        referenced: own,
        keys,
        standing,
        parents,
        empty,
        spare: spares.of(table),
        tables: layout.tables,
      });
      known.set(table.oid, compiled.rows);
      rows.push(compiled.rows);
      if (compiled.judged) judged.push(compiled.rows);
    }
    // Rows of a cycle point at each other: they are judged once all of them are known.
    for (const one of judged) await judge(one, { sql, types });
    if (rows.length === 0) continue;
    await write?.(rows);
    groups.push(rows);
  }
  return { groups, existing, types, written: write !== undefined };
}

async function rowsThere({ from }: LayoutTable, sql: Copier): Promise<number> {
  const [row] = await sql.query(`select count(*)::int8::float8 as n from ${from}`);
  return Number(row?.['n']);
}

function isTree({ oid, foreignKeys }: LayoutTable): boolean {
  return foreignKeys.some((key) => key.table === oid);
}

interface Linking {
  readonly group: readonly LayoutTable[];
  readonly returning: Unwound['returning'];
  readonly counts: ReadonlyMap<number, number>;
  readonly spares: Spares;
  readonly reading: Reading;
  readonly making: Making;
}

/** A table's foreign keys with what they can point at. */
async function keysOf(table: LayoutTable, linking: Linking): Promise<PlannedKey[]> {
  const { group, returning, counts, spares, reading, making } = linking;
  const keys: PlannedKey[] = [];
  for (const key of table.foreignKeys) {
    const size = counts.get(key.table) || (await readExisting(key.table, reading)).cells.length;
    const inCycle = group.some(({ oid }) => oid === key.table && oid !== table.oid);
    const evenly = isOnceBelow(table, key, reading.layout);
    const back = returning.get(key.name) ?? null;
    const spare = back ? null : spares.from(key);
    const planned = planKey(table, key, { size, seed: making.seed, inCycle, evenly, back, spare });
    keys.push(spreadKey(planned, table, making.rules));
  }
  return keys;
}

function planKey(
  table: LayoutTable,
  key: PlannedKey['key'],
  {
    size,
    seed,
    inCycle,
    evenly,
    back,
    spare,
  }: {
    size: number;
    seed: string;
    inCycle: boolean;
    evenly: boolean;
    back: PlannedKey['returning'];
    spare: number | null;
  },
): PlannedKey {
  const own = table.columns.filter(({ number }) => key.columns.includes(number));
  const nullable = key.full ? own.every((one) => !one.notNull) : own.some((one) => !one.notNull);
  const draw = keyOf(seed, table.sql, ...own.map((one) => one.name), 'link');
  return {
    key,
    size,
    self: key.table === table.oid,
    nullable,
    optional: nullable && !inCycle ? 0.1 : 0,
    once: false,
    returning: back,
    spare,
    free: null,
    skew: evenly ? 0 : 1,
    draw,
  };
}

/** Whether rows of another table take this key's columns from here, each row its own. */
function isOnceBelow(
  { oid }: LayoutTable,
  { columns }: PlannedKey['key'],
  { tables }: Layout,
): boolean {
  return tables.some((below) =>
    below.foreignKeys.some((key) => {
      const taken = columns.map((column) => key.columns[key.references.indexOf(column)] ?? 0);
      return (
        key.table === oid &&
        below.uniques.some(
          (unique) => unique.where === null && unique.columns.every((one) => taken.includes(one)),
        )
      );
    }),
  );
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

const MOST_EXISTING = 10_000;

interface Reading {
  readonly existing: Map<number, Existing>;
  readonly layout: Layout;
  readonly sql: Copier;
}

/** Rows that are there already, for tables of which none are made. */
async function readExisting(oid: number, { existing, layout, sql }: Reading): Promise<Existing> {
  const known = existing.get(oid);
  if (known) return known;
  const table = layout.tables.find((one) => one.oid === oid);
  if (!table) return { columns: [], cells: [] };
  const names = table.columns.map((column) => `${column.sql}::text`).join(', ');
  const keys = table.uniques[0]?.parts.join(', ');
  const rows = await sql.query(`select array[${names}] as cells from ${table.from}
    ${keys ? `order by ${keys}` : ''} limit ${MOST_EXISTING}`);
  const found = {
    columns: table.columns.map(({ number }) => number),
    cells: rows.map((row) => row['cells'] as (string | null)[]),
  };
  existing.set(oid, found);
  return found;
}
