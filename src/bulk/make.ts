import type { Layout, LayoutTable } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Existing, Rows } from './bulk.ts';
import { withDomains } from './components.ts';
import { type Course, makeGroup, referencedIn, rowsThere } from './group.ts';
import type { Types } from './literal.ts';
import { groupsOf, planBulk } from './plan.ts';
import { samplesOf } from './samples.ts';
import { sparesOf } from './spares.ts';

type Write = (group: readonly Rows[]) => Promise<void>;

export type Making = Course['making'] & {
  /**
   * Writes a group as soon as it is known, where triggers may refuse rows or add their own: the tables that
   * follow are then worked out from what is there. Not called where no table has triggers and `fewer` is not given.
   */
  readonly write?: Write;
  /**
   * Told of a table that can't have as many rows as it was to get, which then gets as many as it can. Where it
   * isn't given that is an error.
   */
  readonly fewer?: (shortfall: Shortfall) => void;
};

/** A table with how many rows it gets at most instead, and what said so. */
export interface Shortfall {
  readonly table: LayoutTable;
  readonly rows: number;
  readonly error: StatewrightError;
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
  const { sql, fewer } = making;
  const layout = { ...read, tables: read.tables.map((table) => withDomains(table, read.types)) };
  assertLocal(layout.tables.filter(({ oid }) => asked.has(oid)));
  const plan = await planBulk(layout, asked, (table) => rowsThere(table, sql));
  const tables = plan.groups.flat();
  assertLocal(tables);
  const write = fewer || tables.some(({ triggers }) => triggers) ? making.write : undefined;
  const counts = new Map(plan.counts);
  const course: Course = {
    making,
    layout,
    types: await samplesOf({ ...layout, tables }, making),
    spares: sparesOf(tables, counts),
    counts,
    before: new Map(),
    known: new Map(),
    existing: new Map(),
    standing: new Map(),
    ...referencedIn(layout),
  };
  if (write) for (const one of tables) course.before.set(one.oid, await rowsThere(one, sql));
  const groups: Rows[][] = [];
  const waiting = [...plan.groups];
  for (let group = waiting.shift(); group; group = waiting.shift()) {
    const { rows, again } = fewer
      ? await whatFits(group, course, { write, fewer })
      : { rows: await writtenGroup(group, course, write), again: [] };
    if (rows.length > 0) groups.push(rows);
    waiting.unshift(...again);
  }
  const { existing, types } = course;
  return { groups, existing, types, written: write !== undefined };
}

/** What a stamp says of a database it does not say of those that its foreign tables stand for. */
function assertLocal(tables: readonly LayoutTable[]): void {
  const table = tables.find(({ foreign }) => foreign !== null);
  if (!table) return;
  throw new StatewrightError(
    'generate.foreign',
    `Rows of ${table.sql} may go to another server: its partition ${table.foreign} is a foreign table. Nothing was written.`,
    {
      hint: 'Detach it in the test database (alter table … detach partition …), or put a partition of its own in its place.',
      facts: { table: table.sql, partition: table.foreign },
      ending: 'refused',
    },
  );
}

async function writtenGroup(
  group: readonly LayoutTable[],
  course: Course,
  write: Write | undefined,
): Promise<Rows[]> {
  const rows = await makeGroup(group, course);
  if (rows.length > 0) await write?.(rows);
  return rows;
}

/** A group's rows; or, where one of its tables can't have so many, the group as it is to be tried again. */
async function whatFits(
  group: readonly LayoutTable[],
  course: Course,
  { write, fewer }: { write: Write | undefined; fewer: NonNullable<Making['fewer']> },
): Promise<{ rows: Rows[]; again: LayoutTable[][] }> {
  const { sql } = course.making;
  if (write) await sql.query('savepoint statewright_group');
  try {
    const rows = await writtenGroup(group, course, write);
    if (write) await sql.query('release savepoint statewright_group');
    return { rows, again: [] };
  } catch (error) {
    const shortfall = shortfallIn(error, group, course);
    if (!shortfall) throw error;
    if (write) await sql.query('rollback to savepoint statewright_group');
    fewer(shortfall);
    course.counts.set(shortfall.table.oid, shortfall.rows);
    for (const { oid } of group) course.known.delete(oid);
    const left = group.filter(({ oid }) => (course.counts.get(oid) ?? 0) > 0);
    return { rows: [], again: groupsOf(left) };
  }
}

/** All rows before the first that was refused are known to fit; of others only their number is. */
function shortfallIn(
  error: unknown,
  group: readonly LayoutTable[],
  { counts }: Course,
): Shortfall | null {
  if (!(error instanceof StatewrightError)) return null;
  const table = group.find(({ sql }) => sql === error.facts['table']);
  const left = Number(error.facts['left']);
  if (!table || !(left > 0)) return null;
  const { rows: refused } = error.facts;
  const before = Array.isArray(refused) ? Number(refused[0]) - 1 : 0;
  const rows = before > 0 ? before : Math.max(0, (counts.get(table.oid) ?? 0) - left);
  return { table, rows, error };
}
