import type { Table } from '../db/db.ts';
import type { Plan } from '../plan/plan.ts';
import { cellOf } from './cells.ts';
import { type Cell, columnOf, type Draft, type MadeRow } from './draft.ts';
import { compileAbsence, compilePresence } from './locate.ts';
import type { State } from './state.ts';
import { byKey, mayChange } from './steps.ts';

/**
 * What must hold once everything is there: the plan's absences, and, where triggers had a say, the values
 * the plan set. Without triggers PostgreSQL keeps what it was given.
 */
export function expectsOf(
  plan: Plan,
  at: { rows: ReadonlyMap<string, Draft>; tables: ReadonlyMap<string, Table>; seed: string },
): State['expects'] {
  const absences = plan.given.absent.flatMap(({ table: id, where }, index) => {
    const table = at.tables.get(id);
    if (!table) return [];
    const cells = new Map<string, Cell>();
    for (const [name, value] of Object.entries(where)) {
      const column = columnOf(table, name);
      const spot = { seed: at.seed, table, row: `absent ${index}`, index: 0 };
      if (column) cells.set(name, cellOf(value, { ...spot, column }));
    }
    return [compileAbsence(`no ${id} where ${Object.keys(where).join(', ')}`, table, cells)];
  });
  const made = [...at.rows.values()].filter((row) => row.kind === 'made');
  return [...absences, ...(made.some(mayChange) ? made.flatMap(kept) : [])];
}

/** Instants from now are left out: a later step has another now. */
function kept(row: MadeRow): State['expects'] {
  const set = [...(row.tuples[0] ?? [])].filter(
    ([name, cell]) =>
      row.planned.has(name) && !(cell.kind === 'param' && cell.param.kind === 'now'),
  );
  if (set.length === 0) return [];
  const where = new Map([...byKey(row, 0), ...set]);
  return [compilePresence(`${row.name} as planned`, row.table, where)];
}
