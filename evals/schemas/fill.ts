import type { Rows } from '../../src/bulk/bulk.ts';
import { isCounter } from '../../src/bulk/columns.ts';
import { makeRows, type Shortfall } from '../../src/bulk/make.ts';
import { noRules } from '../../src/bulk/rules.ts';
import { readLayout } from '../../src/db/catalog/layout.ts';
import type { Copier, Layout, LayoutTable } from '../../src/db/db.ts';
import { loadGroup, loadMade } from '../../src/run/load.ts';
import { outlookOf } from '../../src/run/outlook.ts';
import { settle } from '../../src/run/settle.ts';
import { vocabularyOf } from '../../src/state/values/vocabulary.ts';
import { needing, roomsOf } from './room.ts';

export interface Filled {
  readonly tables: number;
  readonly rows: number;
  /** Tables that took the app's next plain INSERT. */
  readonly inserted: number;
  /** Tables that take no further row, as their own constraints prove. */
  readonly full: readonly string[];
  /** Tables of which the database's own code refuses every row, with what it said. */
  readonly closed: readonly string[];
  /** Tables that take no row for they need one of those. */
  readonly below: readonly string[];
  readonly problems: readonly string[];
  /** Tables that got fewer rows than were asked for. */
  readonly fewer: readonly string[];
}

const making = { seed: '7', words: vocabularyOf, rules: noRules, started: () => undefined };

/** Fills every table, then inserts one more row into each as an app would; stops filling after some minutes. */
export async function fillAndInsert(
  sql: Copier,
  { count, minutes }: { count: number; minutes: number },
): Promise<Filled> {
  const layout = await readLayout(sql);
  const rooms = await roomsOf(layout.tables, sql);
  const asked = new Map(
    layout.tables.map(({ oid }) => [oid, Math.min(count, rooms.get(oid) ?? count)]),
  );
  const until = performance.now() + minutes * 60_000;
  const found = await loadWhatFits(layout, asked, { sql, until });
  const { closed, below, fewer } = await shortIn(found.short, layout, sql);
  const shut = {
    closed: closed.map(({ error }) => error.message.replace(' Nothing was written.', '')),
    below: below.map((table) => table.sql),
  };
  const filled = { tables: layout.tables.length, rows: found.rows, fewer, ...shut };
  if (found.problem) return { ...filled, inserted: 0, full: [], problems: [found.problem] };
  const left = await roomsOf(layout.tables, sql);
  const full = found.order.filter(({ oid }) => left.get(oid) === 0);
  const tables = new Set(found.order.filter((table) => !full.includes(table)));
  const problems = new Map<LayoutTable, string>();
  for (const parents of ['present', 'new'] as const) {
    for (const table of tables) {
      try {
        const above = parents === 'new' ? neededBy(table, layout, left) : [];
        await insertPlainly([table, ...above], layout, sql);
        tables.delete(table);
        problems.delete(table);
      } catch (error) {
        problems.set(table, `${table.sql}: ${said(error)}`);
      }
    }
  }
  const inserted = found.order.length - tables.size - full.length;
  const told = full.map((table) => table.sql);
  return { ...filled, inserted, full: told, problems: [...problems.values()] };
}

interface Loaded {
  readonly rows: number;
  readonly order: readonly LayoutTable[];
  /** The last of each table. */
  readonly short: readonly Shortfall[];
  readonly problem: string | null;
}

/** Fills every table with what was asked for, or with what it has room for. */
async function loadWhatFits(
  layout: Layout,
  asked: ReadonlyMap<number, number>,
  { sql, until }: { sql: Copier; until: number },
): Promise<Loaded> {
  const short = new Map<number, Shortfall>();
  const started = ({ sql: name }: LayoutTable) => {
    if (performance.now() > until) throw new Error(`its time was over at ${name}`);
  };
  const fewer = (shortfall: Shortfall) => short.set(shortfall.table.oid, shortfall);
  try {
    const loaded = await loadMade(
      (write) => makeRows(layout, asked, { ...making, sql, write, started, fewer }),
      { sql, now: () => 0, progress: () => undefined },
    );
    const rows = loaded.reduce((sum, table) => sum + table.rows, 0);
    const first = loaded.flatMap(({ table }) => layout.tables.filter((one) => one.sql === table));
    // Triggers filled the others, but for those that have no room at all.
    const others = layout.tables.filter(
      (one) => !first.includes(one) && short.get(one.oid)?.rows !== 0,
    );
    return { rows, order: [...first, ...others], short: [...short.values()], problem: null };
  } catch (error) {
    return { rows: 0, order: [], short: [...short.values()], problem: said(error) };
  }
}

/** Whether a function of the database refused the rows, not a constraint that the table has itself. */
function isByCode({ table, error }: Pick<Shortfall, 'table' | 'error'>): boolean {
  const own = [table.checks, table.uniques, table.foreignKeys, table.excludes].flat();
  const by = error.facts['constraints'];
  return (
    error.code === 'generate.refused' &&
    Array.isArray(by) &&
    by.some((name) => !own.some((one) => one.name === name))
  );
}

/** Tells those that take no row, for the database refuses them or what they need, from those that took fewer. */
async function shortIn(short: readonly Shortfall[], { tables }: Layout, sql: Copier) {
  const closed = short.filter(({ rows, ...one }) => rows === 0 && isByCode(one));
  const oids = new Set(closed.map(({ table }) => table.oid));
  const below = (await needing(tables, oids, sql)).filter(({ oid }) =>
    short.some((one) => one.table.oid === oid && one.rows === 0),
  );
  const shut = new Set([...oids, ...below.map(({ oid }) => oid)]);
  const fewer = short.filter(({ table }) => !shut.has(table.oid));
  const told = fewer.map(({ table, rows }) => `${table.sql}: room for ${rows}`);
  return { closed, below, fewer: told };
}

/** The tables of which a row must be there, and theirs, but for those that take no more. */
function neededBy(
  table: LayoutTable,
  { tables }: Layout,
  left: ReadonlyMap<number, number>,
): LayoutTable[] {
  const found = new Set<LayoutTable>();
  const add = ({ foreignKeys, columns }: LayoutTable) => {
    for (const key of foreignKeys) {
      const parent = tables.find(({ oid }) => oid === key.table);
      const needed = columns.every((one) => one.notNull || !key.columns.includes(one.number));
      if (!parent || !needed || parent === table || found.has(parent)) continue;
      if (left.get(parent.oid) === 0) continue;
      found.add(parent);
      add(parent);
    }
  };
  add(table);
  return [...found];
}

/** One INSERT with literal values, after a row in each table above it; whatever draws from a sequence is left to it. */
export async function insertPlainly(
  [table, ...above]: readonly [LayoutTable, ...LayoutTable[]],
  layout: Layout,
  sql: Copier,
): Promise<void> {
  const { rows, left } = await nextRow([table, ...above], layout, sql);
  const cells = rows.row(0);
  const given = rows.columns.flatMap((column, at) =>
    isCounter(column) || left.includes(column.number)
      ? []
      : [{ name: column.sql, value: cells[at] ?? null }],
  );
  const names = given.map(({ name }) => name).join(', ');
  const places = given.map((_, at) => `$${at + 1}`).join(', ');
  await sql.query(
    given.length > 0
      ? `insert into ${table.sql} (${names}) values (${places})`
      : `insert into ${table.sql} default values`,
    given.map(({ value }) => value),
  );
}

/** The row to insert, known to be one that triggers take; its new parents are there. */
async function nextRow(
  [table, ...above]: readonly [LayoutTable, ...LayoutTable[]],
  layout: Layout,
  sql: Copier,
) {
  const loading = { sql, now: () => 0, progress: () => undefined };
  await sql.query('begin');
  try {
    const ofTable = (group: readonly Rows[]) =>
      group.find(({ job }) => job.table.oid === table.oid);
    const write = async (group: readonly Rows[]) => {
      const rows = ofTable(group);
      const others = group.filter((one) => one !== rows);
      const placed = rows ? others.map((one) => apartFrom(table, one)) : others;
      if (placed.length > 0) await loadGroup(placed, loading);
      if (rows?.job.table.triggers) await tryRow(rows, sql);
    };
    // What else can have no row is done without, where it can be.
    const fewer = ({ table: short, error }: Shortfall) => {
      if (short.oid === table.oid) throw error;
    };
    const asked = new Map([table, ...above].map(({ oid }) => [oid, 1]));
    const { groups } = await makeRows(layout, asked, { ...making, sql, seed: '8', write, fewer });
    const rows = groups.flat().find(({ job }) => job.table.oid === table.oid);
    if (!rows) throw new RangeError(`No row for ${table.sql}.`);
    const { left } = await outlookOf(rows, sql);
    await sql.query('commit');
    return { rows, left };
  } catch (error) {
    await sql.query('rollback');
    throw error;
  }
}

/** Rows of a cycle as they can stand before the row that is still to come. */
function apartFrom({ oid }: LayoutTable, rows: Rows): Rows {
  const { columns, foreignKeys } = rows.job.table;
  const pointing = foreignKeys.filter((key) => key.table === oid).flatMap((key) => key.columns);
  return rows.without(
    columns.flatMap(({ number, notNull }) =>
      pointing.includes(number) && !notNull ? [number] : [],
    ),
  );
}

async function tryRow(rows: Rows, sql: Copier): Promise<void> {
  await sql.query('savepoint next_row');
  const { settings } = await outlookOf(rows, sql);
  for (const setting of settings)
    await sql.query("select set_config($1, 'statewright', false)", [setting]);
  await settle(rows, sql);
  await sql.query('rollback to savepoint next_row');
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
