import type { Condition, Term } from '../../condition/condition.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import type { Query, Write } from '../../model/model.ts';
import { columnOf, type Setting, setTerm } from './setting.ts';

/**
 * What a column holds when it is read after the same request has updated that row: the value written.
 * Undefined where the row is read as the state left it.
 */
export function rereadTerm(setting: Setting, row: string, columnName: string): Term | undefined {
  const query = setting.queries.get(row);
  if (!query || query.many) return undefined;
  for (const id of setting.outcome.writes) {
    const write = setting.writes.get(id);
    if (write?.kind !== 'update' || write.table !== query.table || !isBefore(write, query))
      continue;
    const column = columnOf(setting.tables.get(query.table), columnName);
    const term = column && sameRow(setting, write, query) ? setTerm(write, column) : undefined;
    if (term) return term;
  }
  return undefined;
}

/** Whether the write stands above the read; across functions nothing tells. */
function isBefore(write: Write, query: Query): boolean {
  const together = write.at.file === query.at.file && write.at.symbol === query.at.symbol;
  return together && write.at.line < query.at.line;
}

/** Whether both are about the row with one and the same key. */
function sameRow(setting: Setting, write: Write, query: Query): boolean {
  const keys = setting.tables.get(query.table)?.primaryKey ?? [];
  return (
    keys.length > 0 &&
    keys.every((key) => {
      const ours = keyTerm(write.where, key, write.id);
      return ours !== null && ours === keyTerm(query.where, key, query.id);
    })
  );
}

function keyTerm(where: readonly Condition[], key: string, row: string): string | null {
  for (const part of where) {
    if (!('left' in part) || part.op !== '=') continue;
    for (const [own, other] of [
      [part.left, part.right],
      [part.right, part.left],
    ] as const) {
      if (own.kind === 'column' && own.row === row && own.column === key)
        return canonicalJson(other);
    }
  }
  return null;
}
