import type { LayoutColumn, LayoutTable } from '../db/db.ts';
import type { Parents, PlannedColumn, PlannedKey, RowPlan } from './bulk.ts';
import { isCounter } from './columns.ts';
import { baseOf, type Types } from './literal.ts';
import { put, type Write } from './sink.ts';

/** Forms before this one are only drawn anew. */
export const FIRST_OTHER = 8;

/**
 * How a refused row is made: drawn anew, like the rows it points at, with what it can do without left out, or
 * pointing at a row that only a trigger will make (of a subtype, whose base row comes with it) and like that one.
 */
export function formOf(attempt: number): 'drawn' | 'alike' | 'plain' | 'spare' {
  if (attempt < FIRST_OTHER) return 'drawn';
  return (['alike', 'plain', 'spare', 'drawn'] as const)[attempt % 4] ?? 'drawn';
}

/** Whether that row is none of the other table's own: a trigger makes it from this one, whatever else this one says. */
export function isSpare({ spare }: PlannedKey, link: number): boolean {
  return spare !== null && link >= spare;
}

/** The next form to try of a row that the database's own code refused: it wants agreement or less, not luck. */
export function nextForm(attempt: number): number {
  return Math.max(FIRST_OTHER, attempt + 1);
}

/** The columns of the same name and type in the rows that a row points at. */
export function alikeIn(
  column: LayoutColumn,
  { uniques }: LayoutTable,
  { keys, tables }: { keys: readonly PlannedKey[]; tables: readonly LayoutTable[] },
): PlannedColumn['alike'] {
  const alone = uniques.some(({ columns, uses }) => {
    const only = columns.includes(0) ? uses : columns;
    return only.length === 1 && only[0] === column.number;
  });
  if (column.generated || alone || isCounter(column)) return [];
  return keys.flatMap(({ key }, at) => {
    if (key.columns.includes(column.number)) return [];
    const same = tables
      .find(({ oid }) => oid === key.table)
      ?.columns.find(({ name, type }) => name === column.name && type === column.type);
    return same ? [{ at, column: same.number }] : [];
  });
}

/** The least that a column can hold: nothing, or an empty list. */
export function plainOf(column: LayoutColumn, types: Types): string | null | undefined {
  if (!column.notNull) return null;
  return baseOf(column, types).base.array ? '{}' : undefined;
}

interface Changing {
  readonly plan: RowPlan;
  readonly links: (index: number) => readonly number[];
  readonly parents: (table: number) => Parents;
}

/** Writes as `write` does, but for rows whose form says otherwise. */
export function inForm(
  { alike, plain, keys }: PlannedColumn,
  write: Write,
  { plan, links, parents }: Changing,
): Write {
  return (sink, index) => {
    const form = formOf(plan.attempts.get(index) ?? 0);
    if (form === 'alike' || form === 'spare') {
      const chosen = links(index);
      for (const { at, column } of alike) {
        const planned = plan.keys[at];
        const link = chosen[at] ?? -1;
        if (!planned || link < 0 || (planned.self && link === index)) continue;
        if (form === 'spare' && !isSpare(planned, link)) continue;
        return parents(planned.key.table).writer(column)(sink, link);
      }
    }
    if (form !== 'plain' || plain === undefined || keys.length > 0) return write(sink, index);
    if (plain !== null) put(sink, Buffer.from(plain));
    return plain !== null;
  };
}
