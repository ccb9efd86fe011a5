import type { Copier, Layout, LayoutForeignKey, LayoutTable } from '../db/db.ts';
import { withoutBackLinks } from './back-links.ts';
import type { Existing, Parents, Rows } from './bulk.ts';
import { type Compiled, compileTable } from './compile.ts';
import { existingRows, NOBODY, readExisting } from './existing.ts';
import { judge } from './judge.ts';
import type { Types } from './literal.ts';
import { keysOf } from './planned-keys.ts';
import type { Rules } from './rules.ts';
import type { Spares } from './spares.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What rows are worked out from, group after group; what is found out on the way stands in its maps. */
export interface Course {
  readonly making: {
    readonly sql: Copier;
    readonly seed: string;
    readonly words: Vocabulary;
    readonly rules: Rules;
    readonly started: (table: LayoutTable, rows: number) => void;
  };
  readonly layout: Layout;
  readonly types: Types;
  readonly spares: Spares;
  /** How many rows each table is still to get. */
  readonly counts: Map<number, number>;
  /** How many rows tables had when that was last reckoned. */
  readonly before: Map<number, number>;
  readonly known: Map<number, Rows>;
  readonly existing: Map<number, Existing>;
  /** Those of `existing` that were pointed at, as what can be. */
  readonly standing: Map<number, Parents>;
  /** By table, the columns that foreign keys refer to. */
  readonly referenced: ReadonlyMap<number, ReadonlySet<number>>;
  /** Those of them that foreign keys without NULL refer to. */
  readonly needed: ReadonlyMap<number, ReadonlySet<number>>;
}

/** The rows of tables that need each other; none of a table that has all its rows from triggers. */
export async function makeGroup(group: readonly LayoutTable[], course: Course): Promise<Rows[]> {
  const { making, types } = course;
  const made: Compiled[] = [];
  for (const whole of group) {
    const compiled = await compiledIn(group, whole, course);
    if (!compiled) continue;
    course.known.set(whole.oid, compiled.rows);
    made.push(compiled);
  }
  // Rows of a cycle point at each other: they are judged once all of them are known.
  for (const { judged, rows } of made) if (judged) await judge(rows, { sql: making.sql, types });
  return made.map(({ rows }) => rows);
}

async function compiledIn(
  group: readonly LayoutTable[],
  whole: LayoutTable,
  course: Course,
): Promise<Compiled | null> {
  const { making, layout, types, spares, counts, before, existing } = course;
  const needed = course.needed.get(whole.oid) ?? new Set<number>();
  const { table, empty, returning } = withoutBackLinks(whole, group);
  const offset = await rowsThere(table, making.sql);
  // Rows that triggers have made of it meanwhile are some of those asked for.
  const count = Math.max(
    0,
    (counts.get(table.oid) ?? 0) - (offset - (before.get(table.oid) ?? offset)),
  );
  counts.set(table.oid, count);
  before.set(table.oid, offset);
  if (count === 0) return null;
  making.started(table, count);
  const reading = { existing, layout, sql: making.sql };
  const below = offset > 0 && isTree(table) && table.triggers;
  return await compileTable(
    { table, count, offset },
    {
      ...making,
      types,
      referenced: course.referenced.get(table.oid) ?? new Set(),
      needed,
      keys: await keysOf(table, { group, returning, needed, counts, spares, reading, making }),
      standing: below ? await readExisting(table.oid, reading) : null,
      parents: parentsIn(course),
      empty,
      spare: spares.of(table),
      tables: layout.tables,
    },
  );
}

/** What a key may point at, rows to come before rows that stand; those are made ready once. */
function parentsIn({ known, existing, standing }: Course): (oid: number) => Parents {
  return (oid) => {
    const found = known.get(oid) ?? standing.get(oid);
    const rows = found ? null : existing.get(oid);
    if (!rows) return found ?? NOBODY;
    const ready = existingRows(rows);
    standing.set(oid, ready);
    return ready;
  };
}

export async function rowsThere({ from }: LayoutTable, sql: Copier): Promise<number> {
  const [row] = await sql.query(`select count(*)::int8::float8 as n from ${from}`);
  return Number(row?.['n']);
}

function isTree({ oid, foreignKeys }: LayoutTable): boolean {
  return foreignKeys.some((key) => key.table === oid);
}

export function referencedIn({ tables }: Layout): Pick<Course, 'referenced' | 'needed'> {
  const of = (keys: readonly LayoutForeignKey[]) =>
    new Map(
      [...Map.groupBy(keys, ({ table }) => table)].map(
        ([oid, those]) => [oid, new Set(those.flatMap((key) => key.references))] as const,
      ),
    );
  const withoutNull = ({ columns, foreignKeys }: LayoutTable) => {
    const required = new Set(columns.flatMap((one) => (one.notNull ? [one.number] : [])));
    return foreignKeys.filter((key) => key.columns.every((one) => required.has(one)));
  };
  return {
    referenced: of(tables.flatMap(({ foreignKeys }) => foreignKeys)),
    needed: of(tables.flatMap(withoutNull)),
  };
}
