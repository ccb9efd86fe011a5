import type { LayoutForeignKey, LayoutTable } from '../db/db.ts';

/** A table as its rows can be made one after the other, though they and those of another table need each other. */
export interface Unwound {
  readonly table: LayoutTable;
  /** Columns that stay without a value. */
  readonly empty: ReadonlySet<number>;
  /** Foreign keys, by name, that point at the row which points at theirs: the column pairs both agree on. */
  readonly returning: ReadonlyMap<string, Agreement>;
}

/** Columns of a row, each with the column of the other table that has the same value. */
export interface Agreement {
  readonly columns: readonly number[];
  readonly references: readonly number[];
}

/**
 * The table without foreign keys that take one of its columns from a table which has it from here: a row
 * can't wait for what waits for it. Nullable columns of theirs stay empty; where there are none, the key is left
 * with its other columns, and points at a row that points back.
 */
export function withoutBackLinks(table: LayoutTable, group: readonly LayoutTable[]): Unwound {
  const optional = new Set(table.columns.flatMap((one) => (one.notNull ? [] : one.number)));
  const empty = new Set<number>();
  const returning = new Map<string, Agreement>();
  const kept: LayoutForeignKey[] = [];
  for (const key of table.foreignKeys) {
    const agreed = agreementOf(key, table, group);
    const free = key.columns.filter((column) => optional.has(column));
    const needed = backKeys(key, table, group).some(
      (back) => isRequired(back, group) && back.references.some((one) => free.includes(one)),
    );
    if (agreed && free.length > 0 && !key.full && !needed)
      for (const column of free) empty.add(column);
    else if (agreed && yields(key, table, group)) {
      const own = key.columns.filter((column) => !agreed.columns.includes(column));
      if (own.length === 0) continue;
      returning.set(key.name, agreed);
      kept.push(narrowed(key, own));
    } else kept.push(key);
  }
  if (empty.size === 0 && returning.size === 0 && kept.length === table.foreignKeys.length)
    return { table, empty, returning };
  const foreignKeys = kept.filter(
    (key) =>
      !key.columns.some((column) => empty.has(column)) &&
      !kept.some((other) => returning.has(other.name) && other !== key && implies(other, key)),
  );
  return { table: { ...table, foreignKeys }, empty, returning };
}

/** The columns of `key` that the other table reads from here; null where it reads none. */
function agreementOf(
  key: LayoutForeignKey,
  table: LayoutTable,
  group: readonly LayoutTable[],
): Agreement | null {
  const columns = key.columns.filter((_, part) =>
    backKeys(key, table, group).some((back) => isReturned(key, back, part)),
  );
  if (columns.length === 0) return null;
  const references = columns.map((column) => key.references[key.columns.indexOf(column)] ?? 0);
  return { columns, references };
}

/** Of two keys that need each other the longer one is worked out last; of two alike, that which must have a value. */
function yields(key: LayoutForeignKey, table: LayoutTable, group: readonly LayoutTable[]): boolean {
  const place = (oid: number) => group.findIndex((one) => one.oid === oid);
  return backKeys(key, table, group)
    .filter((back) => key.columns.some((_, part) => isReturned(key, back, part)))
    .every((back) => {
      const longer = key.columns.length - back.columns.length;
      const needier = Number(isRequired(key, group)) - Number(isRequired(back, group));
      return (longer || needier || place(table.oid) - place(key.table)) > 0;
    });
}

function isRequired(key: LayoutForeignKey, group: readonly LayoutTable[]): boolean {
  const table = group.find(({ foreignKeys }) => foreignKeys.includes(key));
  const own = table?.columns.filter(({ number }) => key.columns.includes(number)) ?? [];
  return own.every(({ notNull }) => notNull);
}

function backKeys(key: LayoutForeignKey, { oid }: LayoutTable, group: readonly LayoutTable[]) {
  const other = group.find((one) => one.oid === key.table && one.oid !== oid);
  return (other?.foreignKeys ?? []).filter((back) => back.table === oid);
}

/** Whether that column of `key` is read from a column that `back` reads from it. */
function isReturned(key: LayoutForeignKey, back: LayoutForeignKey, part: number): boolean {
  const at = back.columns.indexOf(key.references[part] ?? 0);
  return at >= 0 && back.references[at] === key.columns[part];
}

function narrowed(key: LayoutForeignKey, columns: readonly number[]): LayoutForeignKey {
  const references = columns.map((column) => key.references[key.columns.indexOf(column)] ?? 0);
  return { ...key, columns, references };
}

/** Whether a row that keeps `key` keeps `other` too. */
function implies(key: LayoutForeignKey, other: LayoutForeignKey): boolean {
  return (
    key.table === other.table &&
    other.columns.every((column, part) => {
      const at = key.columns.indexOf(column);
      return at >= 0 && key.references[at] === other.references[part];
    })
  );
}
