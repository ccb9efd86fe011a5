import type { Condition, Term } from '../../condition/condition.ts';
import type { ForeignKey, Table } from '../../db/db.ts';
import type { Setting } from './setting.ts';

/** A row that points at one the request deletes, for which the database refuses. */
export interface Pointing {
  readonly row: string;
  readonly table: Table;
  /** Its columns with what they hold: what the delete looks its row up by. */
  readonly holds: readonly (readonly [string, Term])[];
}

/** The rows that foreign-key violations of deletes need. */
export function pointingRows(setting: Setting): Pointing[] {
  return setting.when.flatMap((condition) => {
    if (condition.kind !== 'conflict' || !condition.holds || condition.violates !== 'foreignKey')
      return [];
    const write = setting.writes.get(condition.write);
    if (write?.kind !== 'delete') return [];
    for (const table of setting.tables.values()) {
      const key = table.foreignKeys.find((each) => refuses(each, write.table, condition.columns));
      const holds = key?.references.flatMap((name, index) => {
        const term = lookedUpBy(write.where, { row: write.id, column: name });
        const own = key.columns[index];
        return term && own !== undefined ? [[own, term] as const] : [];
      });
      if (key && holds?.length === key.columns.length)
        return [{ row: `${write.id}^`, table, holds }];
    }
    return [];
  });
}

function refuses(key: ForeignKey, table: string, columns: readonly string[]): boolean {
  return (
    key.table === table &&
    /^(no action|restrict)$/.test(key.onDelete) &&
    key.references.join() === columns.join()
  );
}

function lookedUpBy(
  where: readonly Condition[],
  { row, column }: { row: string; column: string },
): Term | undefined {
  for (const condition of where) {
    if (!('op' in condition) || condition.op !== '=') continue;
    const { left, right } = condition;
    if (left.kind === 'column' && left.row === row && left.column === column) return right;
  }
  return undefined;
}
