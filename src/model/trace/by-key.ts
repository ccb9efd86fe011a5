import type { Machine, Read } from './machine.ts';

/** Whether a read asks for a row by a key of its table: a limit then says nothing. */
export function findsOne(machine: Machine, read: Read): boolean {
  return read.limit !== null && asksByKey(machine, read);
}

export function asksByKey(machine: Machine, { id, table, where }: Read): boolean {
  const found = machine.deps.schema.tables.find((each) => each.id === table);
  const asked = where.flatMap((each) =>
    each.kind === 'compare' &&
    each.op === '=' &&
    each.left.kind === 'column' &&
    each.left.row === id
      ? [each.left.column]
      : [],
  );
  const keys = found
    ? [
        found.primaryKey,
        ...found.uniques
          .filter((unique) => unique.where === null && unique.expressions.length === 0)
          .map(({ columns }) => columns),
      ]
    : [];
  return keys.some((key) => key.length > 0 && key.every((column) => asked.includes(column)));
}
