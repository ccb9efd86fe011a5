import type { Layout, LayoutTable } from '../db/db.ts';
import type { Unwound } from './back-links.ts';
import type { PlannedKey } from './bulk.ts';
import { type Reading, readExisting } from './existing.ts';
import { keyOf } from './random.ts';
import { type Rules, spreadKey } from './rules.ts';
import type { Spares } from './spares.ts';

export interface Linking {
  readonly group: readonly LayoutTable[];
  readonly returning: Unwound['returning'];
  /** Columns that must have a value, for what refers to them. */
  readonly needed: ReadonlySet<number>;
  readonly counts: ReadonlyMap<number, number>;
  readonly spares: Spares;
  readonly reading: Reading;
  readonly making: { readonly seed: string; readonly rules: Rules };
}

/** A table's foreign keys with what they can point at. */
export async function keysOf(table: LayoutTable, linking: Linking): Promise<PlannedKey[]> {
  const { group, returning, needed, counts, spares, reading, making } = linking;
  const keys: PlannedKey[] = [];
  for (const key of table.foreignKeys) {
    const size = counts.get(key.table) || (await readExisting(key.table, reading)).cells.length;
    const inCycle = group.some(({ oid }) => oid === key.table && oid !== table.oid);
    const parent = reading.layout.tables.find(({ oid }) => oid === key.table);
    // Triggers may ask for a row that points at each of theirs once all are there.
    const evenly = isOnceBelow(table, key, reading.layout) || (parent?.triggers ?? false);
    const back = returning.get(key.name) ?? null;
    const spare = back ? null : spares.from(key);
    const always = inCycle || key.columns.some((column) => needed.has(column));
    const planned = planKey(table, key, { size, seed: making.seed, always, evenly, back, spare });
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
    always,
    evenly,
    back,
    spare,
  }: {
    size: number;
    seed: string;
    always: boolean;
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
    optional: nullable && !always ? 0.1 : 0,
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
