import type { Table } from '../../db/db.ts';

/** Whether a column alone tells rows apart, be it without regard to case: `unique (lower(email))`. */
export function isUniqueAlone(table: Table, column: string): boolean {
  return table.uniques.some(({ columns, expressions }) => {
    if (columns.length + expressions.length !== 1) return false;
    return columns[0] === column || foldedColumn(expressions[0] ?? '') === column;
  });
}

function foldedColumn(expression: string): string | undefined {
  return /^(?:lower|upper)\(\(?"?([^"()]+?)"?\)?(?:::[\w ]+)?\)$/i.exec(expression.trim())?.[1];
}
