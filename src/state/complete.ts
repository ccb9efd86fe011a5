import type { Column, Table } from '../db/db.ts';
import { type Cell, columnOf, type Draft, fillsItself, type MadeRow } from './draft.ts';
import { fillGenerated } from './fill.ts';
import { type Parents, parentFor } from './parents.ts';

type Open = Omit<MadeRow, 'tuples'> & { readonly tuples: readonly Map<string, Cell>[] };

/**
 * Gives every row what its table demands and the plan left open: parents for foreign keys that can't be
 * null, values for columns without a default. Returns all rows, made parents before their children.
 */
export function completeRows(
  drafts: ReadonlyMap<string, Draft>,
  { tables, seed }: { tables: ReadonlyMap<string, Table>; seed: string },
): Map<string, Draft> {
  const rows = new Map(drafts);
  const done = new Map<string, Draft>();
  const started = new Set<string>();
  const inProgress: string[] = [];

  const complete = (name: string): void => {
    const row = rows.get(name);
    if (!row || started.has(name)) return;
    started.add(name);
    if (row.kind === 'made') {
      const open: Open = { ...row, tuples: row.tuples.map((cells) => new Map(cells)) };
      rows.set(name, open);
      inProgress.push(name);
      linkParents(open, { rows, tables, inProgress, complete });
      inProgress.pop();
    }
    done.set(name, rows.get(name) ?? row);
  };
  for (const name of drafts.keys()) complete(name);
  return fillGenerated(done, seed);
}

/** Foreign keys with more columns first: a composite one settles the tenant that a plain one shares. */
function linkParents(row: Open, at: Parents): void {
  const keys = [...row.table.foreignKeys].sort((a, b) => b.columns.length - a.columns.length);
  for (const key of keys) {
    const target = at.tables.get(key.table);
    if (!target || !key.columns.some((name) => isOpen(row, name))) continue;
    const parent = parentFor(row, key, at);
    row.tuples.forEach((cells, position) => {
      key.columns.forEach((name, at_) => {
        const column = key.references[at_];
        if (cells.has(name) || column === undefined) return;
        const index = parent.each ? position : 0;
        cells.set(name, { kind: 'ref', row: parent.name, column, index });
      });
    });
  }
}

function isOpen(row: Open, name: string): boolean {
  const column: Column | undefined = columnOf(row.table, name);
  return column !== undefined && !fillsItself(column) && !row.tuples[0]?.has(name);
}
