import type { Existing, Parents, RowPlan, Rows } from './bulk.ts';
import { existingRows, NOBODY } from './existing.ts';
import { type Binding, rowsOf } from './rows.ts';

/** All that decides the rows of a whole call, as plain data: to be taken up again, or by another thread. */
export interface StoredRows {
  readonly groups: readonly (readonly RowPlan[])[];
  readonly existing: ReadonlyMap<number, Existing>;
}

/** The rows of a stored call: the same bytes as those it was stored from. */
export function bindRows(
  { groups, existing }: StoredRows,
  binding: Pick<Binding, 'types' | 'words'>,
): readonly (readonly Rows[])[] {
  const known = new Map<number, Parents>(
    [...existing].map(([oid, rows]) => [oid, existingRows(rows)]),
  );
  const parents = (oid: number) => known.get(oid) ?? NOBODY;
  return groups.map((group) =>
    group.map((plan) => {
      const rows = rowsOf(plan, { ...binding, parents });
      known.set(plan.job.table.oid, rows);
      return rows;
    }),
  );
}

export function storedText(stored: StoredRows): string {
  return JSON.stringify(stored, (_, value: unknown) =>
    value instanceof Map ? { '@map': [...value] } : value,
  );
}

/** What `storedText` was given; the text is our own. */
export function storedFrom(text: string): StoredRows {
  return JSON.parse(text, (_, value: unknown) => {
    const entries = typeof value === 'object' && value !== null && Reflect.get(value, '@map');
    return entries ? new Map(entries as [number, unknown][]) : value;
  }) as StoredRows;
}
